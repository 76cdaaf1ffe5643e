import Autograd
import NN
import Tensor
import Testing

/// A normalization with weights in one pass beside the same made of several operations.
@Suite("Normalization with weights")
struct ScaledNormalizeTests {
    private struct Parts { let x, w, b: Tensor }

    private func parts(_ shape: Shape, axes: Int = 1) -> Parts {
        let random = Random(seed: 5), size = Shape(shape.suffix(axes))
        return Parts(
            x: .normal(shape, .float64, using: random),
            w: .normal(size, .float64, using: random) + 1,
            b: .normal(size, .float64, using: random))
    }

    private func whole(_ p: [Tensor], _ axes: Int, isCentred: Bool) -> Tensor {
        isCentred
            ? p[0].layerNorm(axes: axes, epsilon: 0.1, weight: p[1], bias: p[2])
            : p[0].rmsNorm(axes: axes, epsilon: 0.1, weight: p[1]) + p[2] * 0
    }

    private func composed(_ p: [Tensor], _ axes: Int, isCentred: Bool) -> Tensor {
        isCentred
            ? p[0].layerNorm(axes: axes, epsilon: 0.1) * p[1] + p[2]
            : p[0].rmsNorm(axes: axes, epsilon: 0.1) * p[1] + p[2] * 0
    }

    @Test(
        "is what its parts are, with all derivatives to second order", arguments: [1, 2],
        [true, false])
    func derivatives(axes: Int, isCentred: Bool) {
        let p = parts([3, 2, 5], axes: axes)
        func results(_ f: @escaping ([Tensor]) -> Tensor) -> [Tensor] {
            let x = [p.x, p.w, p.b], along = x.map { $0.cos() }
            let loss = { (x: [Tensor]) in f(x).sin().sum() }
            let slopes = { (x: [Tensor]) in
                grad(loss)(x).map { $0.square().sum() }.reduce(Tensor(0, .float64), +)
            }
            return [f(x), jvp(f, at: x, along: along).tangent] + grad(loss)(x) + grad(slopes)(x)
                + hvp(loss, at: x, along: along)
        }
        let found = results { whole($0, axes, isCentred: isCentred) }
        let wanted = results { composed($0, axes, isCentred: isCentred) }
        for (a, b) in zip(found, wanted) {
            #expect(a.allClose(b, relative: 1e-9, absolute: 1e-10))
        }
    }

    @Test("takes a batch of examples, of weights, or of both")
    func batches() {
        let p = parts([4, 3, 5])
        let weights = Tensor.normal([4, 5], .float64, using: Random(seed: 9))
        let f = { (x: Tensor, w: Tensor) in x.rmsNorm(epsilon: 0.1, weight: w) }
        let slope = { (x: Tensor, w: Tensor) in
            let slopes = grad { (x: Tensor, w: Tensor) in f(x, w).sin().sum() }(x, w)
            return slopes.0.sum() + slopes.1
        }
        let both = vmap(slope)(p.x, weights), one = vmap { slope($0, p.w) }(p.x)
        for index in 0..<4 {
            #expect(both[index].allClose(slope(p.x[index], weights[index])))
            #expect(one[index].allClose(slope(p.x[index], p.w)))
        }
    }

    @Test("gives the same bits on any number of rows at once", arguments: [1, 40, 700])
    func rows(count: Int) {
        let x = Tensor.normal([count, 33], using: Random(seed: 2))
        let w = Tensor.normal([33], using: Random(seed: 3))
        let all = x.rmsNorm(weight: w)
        for row in [0, count - 1] {
            let alone = x[row].unsqueeze(0).rmsNorm(weight: w)
            #expect(alone[0].values(as: Float.self) == all[row].values(as: Float.self))
        }
    }

    @Test("has gradients by weights of no rows, which are zero")
    func empty() {
        let w = leaf([3])
        Tensor.zeros([0, 3], .float64).layerNorm(weight: w, bias: w).sum().backward()
        #expect(w.grad?.values(as: Double.self) == [0, 0, 0])
    }
}
