import Autograd
import Foundation
import Tensor
import Testing

// The code of docs/custom-ops.md, run.

/// y = x where x > threshold, otherwise 0; dx = dy there.
final class Threshold: UnaryOp {
    let threshold: Double
    init(_ threshold: Double) { self.threshold = threshold }

    override var saves: Saved { .inputs }
    override func forward(_ x: NDArray) -> NDArray {
        let values = x.values(as: Double.self).map { $0 > threshold ? $0 : 0 }
        return NDArray(values, x.shape).cast(to: x.dtype)
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        dy * (x .> threshold).cast(to: dy.dtype)
    }
    override func tangent(_ dx: Tensor, x: Tensor, y: Tensor) -> Tensor? {
        backward(dx, x: x, y: y)
    }
    override func batch(_ x: Tensor) -> Tensor? { self(x) }
}

func adversarialLoss(_ features: Tensor, _ critic: (Tensor) -> Tensor) -> Tensor {
    let reversed = features.reverseGradient()  // the features learn to confuse the critic
    let limited = reversed.clipGradient(to: 1)  // each element of the gradient in −1…1
    return critic(limited.scaleGradient(by: 0.1))
}

/// y = x / (1 + |x|),  dx = dy / (1 + |x|)²
final class Bounded: UnaryOp {
    override func forward(_ x: NDArray) -> NDArray {
        noGrad {
            let x = Tensor(x)
            return x / (x.abs() + 1)
        }.data
    }
    override func backward(_ dy: Tensor, x: Tensor, y: Tensor) -> Tensor {
        dy / (x.abs() + 1).square()
    }
}

@Suite("The page on custom operations")
struct CustomOpsPageTests {
    let cube = CustomOp(
        name: "cube",
        forward: { x in x * x * x },
        backward: { dy, x, y in dy * x * x * 3 })

    @Test("by closure")
    func closures() {
        let x = Tensor([1, 2], .float64, requiresGrad: true)
        cube(x).backward()
        expect(x.grad, [3, 12])
        let cube = self.cube
        let curvature = derivative({ cube($0) }, order: 2)
        expect(curvature(Tensor(2, .float64)), [12])
        #expect(checkGradients({ cube($0).sum() }, at: x).passed)
    }

    @Test("of two tensors, with a tangent")
    func pairs() {
        let hypotenuse = CustomOp(
            name: "hypotenuse",
            forward: { a, b in (a * a + b * b).sqrt() },
            backward: { dy, a, b, y in (dy * a / y, dy * b / y) },
            tangent: { da, db, a, b, y in
                let rise = da.map { $0 * a / y } ?? Tensor.zeros(like: y)
                return db.map { rise + $0 * b / y } ?? rise
            })
        let x = Tensor([1, 2], .float64)
        let check = checkGradients({ hypotenuse($0[0], $0[1]).sum() }, at: [x, x + 1], order: 2)
        print(check)
        #expect(check.passed)
        let (a, b) = (Tensor.leaf([3.0, 5]), Tensor.leaf([[4.0], [12]]))
        hypotenuse(a, b).backward()
        expect(a.grad, [0.6 + 3 / 153.0.squareRoot(), 5 / 41.0.squareRoot() + 5 / 13])
        let pushed = jvp(
            { hypotenuse($0, .constant(4.0)) }, at: .constant(3.0), along: .constant(1.0))
        expect(pushed.tangent, [0.6])
        let sign = CustomOp(name: "sign", isDifferentiable: false, forward: { $0.sign() })
        #expect(!sign(a).requiresGrad)
    }

    @Test("with a gradient of its own")
    func softplus() {
        let softplus = customGradient { (x: Tensor) in
            let tail = (-x.abs()).exp()
            let value = x.maximum(Tensor.zeros(like: x)) + (tail + 1).log()
            return (value, { dy in dy * x.sigmoid() })
        }
        let slope = grad(softplus)
        expect(slope(Tensor([-1000, 0, 1000], .float64)), [0, 0.5, 1])
        expect(softplus(.constant([0.0, 1000])), [0.6931471805599453, 1000])
    }

    @Test("by class")
    func classes() {
        let x = Tensor.leaf([0.5, 1.5])
        Threshold(1)(x).backward()
        expect(x.grad, [0, 1])
        expect(Threshold(1)(x), [0, 1.5])
        let pushed = jvp({ Threshold(1)($0) }, at: x.detach(), along: .constant([1.0, 1]))
        expect(pushed.tangent, [0, 1])
        expect(vmap { Threshold(1)($0) }(Tensor.constant([[0.5], [2]])), [0, 2])
        expect(Bounded()(.constant([1.0, -3])), [0.5, -0.75])
        #expect(checkGradients({ Bounded()($0).sum() }, at: x + 1, order: 2).passed)
    }

    @Test("that changes the gradient on its way")
    func shaping() {
        let features = Tensor.leaf([1.0, 2])
        adversarialLoss(features) { ($0 * .constant([5.0, 50])).sum() }.backward()
        expect(features.grad, [-0.5, -1])
        let x = Tensor.leaf([1.0, 2])
        let hidden = cube(x)
        hidden.onGradient { gradient in gradient / gradient.square().sum().sqrt() }
        hidden.sum().backward()
        expect(x.grad, [3 / 2.0.squareRoot(), 12 / 2.0.squareRoot()])
    }

    @Test("shows no line of code that isn't run here")
    func page() throws {
        let here = URL(fileURLWithPath: #filePath)
        let root = (0..<4).reduce(here) { url, _ in url.deletingLastPathComponent() }
        let page = root.appendingPathComponent("docs/custom-ops.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let source = try String(contentsOf: here, encoding: .utf8)
        func plain(_ line: some StringProtocol) -> String {
            let code = line.components(separatedBy: "  //")[0]
            return code.trimmingCharacters(in: .whitespaces)
        }
        let run = Set(source.split(separator: "\n").map(plain))
        var isCode = false
        var count = 0
        for line in text.split(separator: "\n") {
            if line.hasPrefix("```") {
                isCode = line == "```swift"
            } else if isCode, plain(line) != "x.grad", !plain(line).hasPrefix("///") {
                // A bare expression stands in an expectation here.
                let isRun = run.contains(plain(line)) || run.contains { $0.contains(plain(line)) }
                #expect(isRun, "\(line)")
                count += 1
            }
        }
        #expect(count > 50)
    }
}
