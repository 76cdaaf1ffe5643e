import Autograd
import Optim
import Tensor
import Testing

// Optimizers that came after Adam, three steps on p = 1 with the gradients 1, −2 and ½, worked by
// hand from the formula of the paper in PyTorch's form. With β₁ = ½ and β₂ = ¾ all have
//   m = 0.5, −0.75, −0.125     m / (1 − β₁ᵗ) = 1, −1, −1/7
//   v = 0.25, 1.1875, 0.953125     v / (1 − β₂ᵗ) = 1, 19/7, 61/37
@Suite("Three steps by hand: Adam's relatives")
struct RelativesTraceTests {
    private let roots = [1, (19.0 / 7).squareRoot(), (61.0 / 37).squareRoot()]

    @Test("NAdam with one μ")
    func nadam() {
        let found = trace {
            NAdam($0, learningRate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 0, momentumDecay: 0)
        }
        // μ = ½·½ = ¼ in all steps, Π = 1/4, 1/16, 1/64, 1/256
        // ¼·0.5 / (15/16) + ¾·1 / (3/4) = 2/15 + 1
        let first = 1 - 0.1 * (2.0 / 15 + 1)
        // ¼·(−0.75) / (63/64) + ¾·(−2) / (15/16) = −4/21 − 8/5
        let second = first + 0.1 * (4.0 / 21 + 8.0 / 5) / roots[1]
        // ¼·(−0.125) / (255/256) + ¾·0.5 / (63/64) = −8/255 + 8/21
        let third = second - 0.1 * (8.0 / 21 - 8.0 / 255) / roots[2]
        expectClose(found, [first, second, third])
    }

    @Test("NAdam with a rising μ")
    func nadamRising() {
        let found = trace {
            NAdam($0, learningRate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 0, momentumDecay: 1)
        }
        // μₜ = ½ (1 − ½·0.96ᵗ) = 0.26, 0.2696, 0.278816, 0.28766336
        // Π = 0.26, 0.070096, 0.019543886336, …·0.28766336
        let fourth = 0.019543886336 * 0.28766336
        let means = [
            0.2696 * 0.5 / (1 - 0.070096) + 0.74 * 1 / (1 - 0.26),
            0.278816 * -0.75 / (1 - 0.019543886336) + 0.7304 * -2 / (1 - 0.070096),
            0.28766336 * -0.125 / (1 - fourth) + 0.721184 * 0.5 / (1 - 0.019543886336),
        ]
        var p = 1.0
        let expected = zip(means, roots).map { mean, root in
            p -= 0.1 * mean / root
            return p
        }
        expectClose(found, expected)
    }

    @Test("NAdam goes on the same after thousands of steps")
    func nadamLate() throws {
        // Where Π no longer counts, rate · m / √v̂ is left, here of the constant gradient 1.
        let found = trace(gradients: Array(repeating: 1, count: 5000)) {
            NAdam($0, learningRate: 1, beta1: 0.5, beta2: 0.5, momentumDecay: 0)
        }
        expectClose([found[4998] - found[4999]], [1], tolerance: 1e-6)
    }

    @Test("Adadelta")
    func adadelta() {
        let found = trace { Adadelta($0, rho: 0.5, epsilon: 1) }
        // s = 0.5    Δ = 1/√1.5                    d = ½/1.5 = 1/3
        let first = 1 - 1 / 1.5.squareRoot()
        // s = 2.25   Δ = −2 √(4/3)/√3.25           d = 1/6 + ½·64/39 = 77/78
        let second = first + 2 * (4.0 / 3).squareRoot() / 3.25.squareRoot()
        // s = 1.25   Δ = ½ √(155/78)/√2.25 = √(155/78)/3
        let third = second - (155.0 / 78).squareRoot() / 3
        expectClose(found, [first, second, third])
    }

    @Test("Adadelta with weight decay and a rate")
    func adadeltaDecay() {
        let found = trace { Adadelta($0, learningRate: 0.5, rho: 0.5, epsilon: 1, weightDecay: 1) }
        // g = 2            s = 2        Δ = 2/√3                 d = ½·4/3 = 2/3
        let first = 1 - 1 / 3.0.squareRoot()
        // g = p − 2        s = 1 + g²/2                          Δ = √(5/3)/√(s + 1) g
        let g2 = first - 2
        let s2 = 1 + g2 * g2 / 2
        let change2 = (5.0 / 3).squareRoot() / (s2 + 1).squareRoot() * g2
        let second = first - change2 / 2
        let g3 = second + 0.5
        let d2 = 1.0 / 3 + change2 * change2 / 2
        let s3 = s2 / 2 + g3 * g3 / 2
        let third = second - (d2 + 1).squareRoot() / (s3 + 1).squareRoot() * g3 / 2
        expectClose(found, [first, second, third])
    }

    @Test("AdaBelief")
    func adaBelief() {
        let found = trace {
            AdaBelief($0, learningRate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 0)
        }
        // (g − m)² = 0.25, 1.5625, 0.390625    v = 0.0625, 0.4375, 0.42578125
        // v / (1 − β₂ᵗ) = 1/4, 1, 109/148
        expectClose(found, [0.8, 0.9, 0.9 + 0.1 / 7 / (109.0 / 148).squareRoot()])
    }

    @Test("AdaBelief with an epsilon, which counts twice")
    func adaBeliefEpsilon() {
        let found = trace {
            AdaBelief($0, learningRate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 0.25)
        }
        // v = 0.3125, 0.875, 1.00390625        v / (1 − β₂ᵗ) = 5/4, 2, 257/148
        let first = 1 - 0.1 / (1.25.squareRoot() + 0.25)
        let second = first + 0.1 / (2.0.squareRoot() + 0.25)
        let third = second + 0.1 / 7 / ((257.0 / 148).squareRoot() + 0.25)
        expectClose(found, [first, second, third])
    }

    @Test("RAdam before its squares can be trusted")
    func radam() {
        let found = trace { RAdam($0, learningRate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 0) }
        // ρ∞ = 7 and ρ = 1, 13/7, 2.6: the step is rate · m / (1 − β₁ᵗ)
        expectClose(found, [0.9, 1, 1 + 0.1 / 7])
    }

    @Test("RAdam with weight decay, before and after")
    func radamTrusted() {
        let found = trace(gradients: [-2, -3, -4, -5, -6, -8]) {
            RAdam($0, learningRate: 1, beta1: 0, beta2: 0.9, epsilon: 0, weightDecay: 1)
        }
        // m = g: −2 + 1 = −1, p = 2;  −3 + 2 = −1, p = 3;  … p = 6
        // v before the sixth: 0.1 (1 + 0.9 + 0.81 + 0.729 + 0.6561) = 0.40951
        // g = −8 + 6 = −2       v = 0.9·0.40951 + 0.4 = 0.768559
        // ρ∞ = 19   β₂⁶ = 0.531441   ρ = 19 − 12·0.531441/0.468559
        let rho = 19 - 12 * 0.531441 / 0.468559
        let trust = (rho - 4) * (rho - 2) * 19 / (15 * 17 * rho)
        let last = 6 + 2 * (trust * 0.468559 / 0.768559).squareRoot()
        expectClose(found, [2, 3, 4, 5, 6, last])
    }

    @Test("LAMB makes each parameter's step as long as the parameter")
    func lamb() {
        let pair = Parameter(doubles: [3, 4])
        let zero = Parameter(doubles: [0])
        let optimizer = LAMB(
            [pair, zero], learningRate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 0, weightDecay: 0)
        pair.grad = Tensor(NDArray([2, -7] as [Double]))
        zero.grad = Tensor(NDArray([5] as [Double]))
        optimizer.step()
        // u = [1, −1], |u| = √2, |p| = 5;  a ratio of 0/1 counts as 1
        let length = 0.1 * 5 / 2.0.squareRoot()
        expectClose(pair.doubles + zero.doubles, [3 - length, 4 + length, -0.1])
    }

    @Test("LAMB with weight decay and a clipped gradient")
    func lambDecay() {
        let parameter = Parameter(doubles: [3, 4])
        let optimizer = LAMB(
            parameter, learningRate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 0.5, weightDecay: 0.5)
        optimizer.clipping = .norm(5)
        parameter.grad = Tensor(NDArray([6, -8] as [Double]))
        optimizer.step()
        // g = [3, −4]   m̂ / (√v̂ + ½) = [6/7, −8/9]   u = [33/14, 10/9]
        let u = [33.0 / 14, 10.0 / 9]
        let ratio = 5 / (u[0] * u[0] + u[1] * u[1]).squareRoot()
        expectClose(parameter.doubles, [3 - 0.1 * ratio * u[0], 4 - 0.1 * ratio * u[1]])
        #expect(optimizer.gradientNorm == 10)
    }

    @Test("LAMB measures each parameter by itself, whatever its size")
    func lambSizes() {
        func values(_ sizes: [Int]) -> [[Float]] {
            let parameters = sizes.map { size in
                let random = Random(seed: UInt64(size))
                let parameter = Parameter(random.normal([size]))
                parameter.grad = Tensor(random.normal([size]))
                return parameter
            }
            let optimizer = LAMB(parameters, learningRate: 0.1)
            for _ in 0..<2 { optimizer.step() }
            return parameters.map { $0.values() }
        }
        let sizes = [40_000, 3, 20_000, 1]
        #expect(values(sizes) == sizes.flatMap { values([$0]) })
    }
}
