import Optim
import Tensor
import Testing

// Every optimizer three steps on p = 1 with the gradients 1, −2 and ½, worked by hand. The
// arithmetic stands beside each step.
@Suite("Three steps by hand")
struct TraceTests {
    @Test("SGD")
    func sgd() {
        let found = trace { SGD($0, learningRate: 0.1) }
        // 1 − 0.1·1 = 0.9,  0.9 + 0.1·2 = 1.1,  1.1 − 0.1·0.5 = 1.05
        expectClose(found, [0.9, 1.1, 1.05])
    }

    @Test("SGD with weight decay")
    func sgdDecay() {
        let found = trace { SGD($0, learningRate: 0.1, weightDecay: 0.5) }
        // g = 1 + 0.5·1 = 1.5                 p = 1 − 0.15 = 0.85
        // g = −2 + 0.5·0.85 = −1.575          p = 0.85 + 0.1575 = 1.0075
        // g = 0.5 + 0.5·1.0075 = 1.00375      p = 1.0075 − 0.100375 = 0.907125
        expectClose(found, [0.85, 1.0075, 0.907125])
    }

    @Test("SGD with momentum")
    func momentum() {
        let found = trace { SGD($0, learningRate: 0.1, momentum: 0.9) }
        // v = 1                               p = 1 − 0.1 = 0.9
        // v = 0.9·1 − 2 = −1.1                p = 0.9 + 0.11 = 1.01
        // v = 0.9·(−1.1) + 0.5 = −0.49        p = 1.01 + 0.049 = 1.059
        expectClose(found, [0.9, 1.01, 1.059])
    }

    @Test("SGD with Nesterov momentum")
    func nesterov() {
        let found = trace { SGD($0, learningRate: 0.1, momentum: 0.9, nesterov: true) }
        // v = 1      g + 0.9 v = 1.9                        p = 1 − 0.19 = 0.81
        // v = −1.1   g + 0.9 v = −2 − 0.99 = −2.99          p = 0.81 + 0.299 = 1.109
        // v = −0.49  g + 0.9 v = 0.5 − 0.441 = 0.059        p = 1.109 − 0.0059 = 1.1031
        expectClose(found, [0.81, 1.109, 1.1031])
    }

    @Test("SGD with momentum and weight decay")
    func momentumDecay() {
        let found = trace { SGD($0, learningRate: 0.1, momentum: 0.5, weightDecay: 1) }
        // g = 1 + 1 = 2        v = 2                        p = 1 − 0.2 = 0.8
        // g = −2 + 0.8 = −1.2  v = 1 − 1.2 = −0.2           p = 0.8 + 0.02 = 0.82
        // g = 0.5 + 0.82 = 1.32  v = −0.1 + 1.32 = 1.22     p = 0.82 − 0.122 = 0.698
        expectClose(found, [0.8, 0.82, 0.698])
    }

    @Test("Adam")
    func adam() {
        let found = trace {
            Adam($0, learningRate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 0)
        }
        // m = 0.5·1 = 0.5        v = 0.25·1 = 0.25        m̂ = 0.5/0.5 = 1    v̂ = 0.25/0.25 = 1
        //   p = 1 − 0.1·1/1 = 0.9
        // m = 0.25 − 1 = −0.75   v = 0.1875 + 1 = 1.1875  m̂ = −0.75/0.75 = −1
        //   v̂ = 1.1875/0.4375 = 19/7,  p = 0.9 + 0.1/√(19/7) = 0.9606977
        // m = −0.375 + 0.25 = −0.125   v = 0.890625 + 0.0625 = 0.953125
        //   m̂ = −0.125/0.875 = −1/7   v̂ = 0.953125/0.578125 = 61/37
        //   p = 0.9606977 + 0.1/7/√(61/37) = 0.9718237
        let second = 0.9 + 0.1 / (19.0 / 7).squareRoot()
        let third = second + 0.1 / 7 / (61.0 / 37).squareRoot()
        expectClose(found, [0.9, second, third])
        expectClose(found, [0.9, 0.9606977, 0.9718237], tolerance: 1e-7)
    }

    @Test("Adam with weight decay and epsilon")
    func adamDecay() {
        let found = trace {
            Adam(
                $0, learningRate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 0.5, weightDecay: 1)
        }
        // g = 1 + 1 = 2          m = 1, v = 1       m̂ = 2, v̂ = 4
        //   p = 1 − 0.1·2/(2 + 0.5) = 0.92
        // g = −2 + 0.92 = −1.08  m = 0.5 − 0.54 = −0.04      v = 0.75 + 0.2916 = 1.0416
        //   m̂ = −0.04/0.75,  v̂ = 1.0416/0.4375
        let second = 0.92 + 0.1 * (0.04 / 0.75) / ((1.0416 / 0.4375).squareRoot() + 0.5)
        // g = 0.5 + p            m = −0.02 + g/2             v = 0.7812 + g²/4
        let g = 0.5 + second
        let (m, v) = (-0.02 + g / 2, 0.7812 + g * g / 4)
        let third = second - 0.1 * (m / 0.875) / ((v / 0.578125).squareRoot() + 0.5)
        expectClose(found, [0.92, second, third])
    }

    @Test("AdamW decays the parameter, not the gradient")
    func adamW() {
        let found = trace {
            AdamW(
                $0, learningRate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 0, weightDecay: 0.5)
        }
        // Adam's steps −0.1, +0.1/√(19/7) and +0.1/7/√(61/37), each after p·(1 − 0.1·0.5).
        let first = 0.95 - 0.1
        let second = first * 0.95 + 0.1 / (19.0 / 7).squareRoot()
        let third = second * 0.95 + 0.1 / 7 / (61.0 / 37).squareRoot()
        expectClose(found, [first, second, third])
    }

    @Test("RMSprop")
    func rmsprop() {
        let found = trace { RMSprop($0, learningRate: 0.1, alpha: 0.75, epsilon: 0) }
        // s = 0.25                        p = 1 − 0.1·1/0.5 = 0.8
        // s = 0.1875 + 1 = 1.1875         p = 0.8 + 0.2/√1.1875
        // s = 0.890625 + 0.0625 = 0.953125   p −= 0.05/√0.953125
        let second = 0.8 + 0.2 / 1.1875.squareRoot()
        expectClose(found, [0.8, second, second - 0.05 / 0.953125.squareRoot()])
    }

    @Test("RMSprop with momentum, weight decay and epsilon")
    func rmspropMomentum() {
        let found = trace {
            RMSprop(
                $0, learningRate: 0.1, alpha: 0.75, epsilon: 1, momentum: 0.5, weightDecay: 1)
        }
        // g = 2   s = 1   u = 2/(1 + 1) = 1   b = 1   p = 0.9
        // g = −2 + 0.9 = −1.1   s = 0.75 + 0.3025 = 1.0525   u = −1.1/(√1.0525 + 1)   b = 0.5 + u
        let b = 0.5 - 1.1 / (1.0525.squareRoot() + 1)
        let second = 0.9 - 0.1 * b
        // g = 0.5 + p   s = 0.789375 + g²/4
        let g = 0.5 + second
        let u = g / ((0.789375 + g * g / 4).squareRoot() + 1)
        expectClose(found, [0.9, second, second - 0.1 * (0.5 * b + u)])
    }

    @Test("Adagrad")
    func adagrad() {
        let found = trace { Adagrad($0, learningRate: 0.1, epsilon: 0) }
        // s = 1   p = 0.9;   s = 5   p = 0.9 + 0.2/√5;   s = 5.25   p −= 0.05/√5.25
        let second = 0.9 + 0.2 / 5.0.squareRoot()
        expectClose(found, [0.9, second, second - 0.05 / 5.25.squareRoot()])
    }

    @Test("Adagrad with weight decay and epsilon")
    func adagradDecay() {
        let found = trace { Adagrad($0, learningRate: 0.1, epsilon: 1, weightDecay: 1) }
        // g = 2    s = 4               p = 1 − 0.1·2/3
        let first = 1 - 0.2 / 3
        // g = p − 2, s = 4 + g²;   g = p + 0.5, s += g²
        let g2 = first - 2
        let second = first - 0.1 * g2 / ((4 + g2 * g2).squareRoot() + 1)
        let g3 = second + 0.5
        let third = second - 0.1 * g3 / ((4 + g2 * g2 + g3 * g3).squareRoot() + 1)
        expectClose(found, [first, second, third])
    }

    @Test("Lion")
    func lion() {
        let found = trace { Lion($0, learningRate: 0.1, beta1: 0.5, beta2: 0.75) }
        // sign(0.5·0 + 0.5·1) = 1          p = 0.9   m = 0.25
        // sign(0.125 − 1) = −1             p = 1.0   m = 0.1875 − 0.5 = −0.3125
        // sign(−0.15625 + 0.25) = 1        p = 0.9
        expectClose(found, [0.9, 1.0, 0.9])
    }

    @Test("Lion with weight decay")
    func lionDecay() {
        let found = trace {
            Lion($0, learningRate: 0.1, beta1: 0.5, beta2: 0.75, weightDecay: 0.5)
        }
        // p = 1 − 0.1 (1 + 0.5·1) = 0.85
        // p = 0.85 − 0.1 (−1 + 0.5·0.85) = 0.85 + 0.0575 = 0.9075
        // p = 0.9075 − 0.1 (1 + 0.5·0.9075) = 0.9075 − 0.145375 = 0.762125
        expectClose(found, [0.85, 0.9075, 0.762125])
    }

    @Test("float32 takes the same steps")
    func single() {
        let double = trace { Adam($0, learningRate: 0.1) }
        expectClose(trace(.float32) { Adam($0, learningRate: 0.1) }, double, tolerance: 1e-6)
    }

    @Test("the learning rate may change before any step")
    func schedule() {
        let found = trace {
            SGD($0, learningRate: 1)
        } before: { optimizer, index in
            optimizer.learningRate = [0.1, 0.2, 0.4][index]
        }
        // 1 − 0.1,  0.9 + 0.4,  1.3 − 0.2
        expectClose(found, [0.9, 1.3, 1.1])
    }

    @Test("clipping by norm scales what the kernel sees")
    func clipNorm() {
        let found = trace {
            SGD($0, learningRate: 0.1)
        } before: { optimizer, _ in
            optimizer.clipping = .norm(0.8)
        }
        // 1 becomes 0.8, −2 becomes −0.8, 0.5 stays
        expectClose(found, [0.92, 1.0, 0.95])
    }

    @Test("clipping by value cuts")
    func clipValue() {
        let found = trace {
            SGD($0, learningRate: 0.1)
        } before: { optimizer, _ in
            optimizer.clipping = .value(0.7)
        }
        // 0.7, −0.7, 0.5
        expectClose(found, [0.93, 1.0, 0.95])
    }
}
