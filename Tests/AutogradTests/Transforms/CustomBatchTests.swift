import Autograd
import Tensor
import Testing

@Suite("Operations given by closures, on a batch")
struct CustomBatchTests {
    let x = Tensor([[1, 2], [3, 4], [-1, 0.5]], .float64)
    let w = Tensor([2, -3], .float64)

    /// a² b with everything given.
    private let product = CustomOp(
        name: "product", forward: { (a: Tensor, b: Tensor) in a * a * b },
        backward: { dy, a, b, y in (dy * a * b * 2, dy * a * a) },
        tangent: { da, db, a, b, y in
            (da.map { $0 * a * b * 2 } ?? y * 0) + (db.map { $0 * a * a } ?? y * 0)
        })

    @Test("see one example, and give values, gradients and tangents of each")
    func operation() {
        let (product, w) = (product, w)
        let plain = { (a: Tensor, b: Tensor) in a * a * b }
        let values = vmap({ product($0, $1) }, in: (0, nil))(x, w)
        expect(values, plain(x, w).doubles)
        let byExample = vmap { (x: Tensor) in grad { (x: Tensor) in product(x, w).sum() }(x) }(x)
        expect(byExample, (x * w * 2).doubles)
        let byShared = grad { (w: Tensor) in vmap { (x: Tensor) in product(x, w) }(x) }(w)
        expect(byShared, (x * x).sum(axis: 0).doubles)
        let perExample = vmap { (x: Tensor) in grad { (w: Tensor) in product(x, w) }(w) }(x)
        expect(perExample, (x * x).doubles)
        let tangents = vmap { (x: Tensor) in
            jvp({ (x: Tensor) in product(x, w) }, at: x, along: x).tangent
        }(x)
        expect(tangents, (x * x * w * 2).doubles)
        let outside = jvp(
            { (w: Tensor) in vmap { (x: Tensor) in product(x, w) }(x) }, at: w, along: w
        ).tangent
        expect(outside, (x * x * w).doubles)
    }

    @Test("of second order, in a batch of a batch")
    func nested() {
        let (product, w) = (product, w)
        let second = vmap { (x: Tensor) in
            vmap { (x: Tensor, w: Tensor) in
                grad(grad { (x: Tensor) in product(x, w) })(x)
            }(x, w)
        }(x)
        expect(second, [4, -6, 4, -6, 4, -6])
    }

    @Test("with a pullback made beside the value")
    func pullback() {
        let w = w
        let cube = customGradient { (pair: TreePair<Tensor, Tensor>) in
            let square = pair.first * pair.first
            return (
                (square * pair.first * pair.second).sum(),
                { dy in
                    TreePair(dy * square * pair.second * 3, dy * square * pair.first)
                }
            )
        }
        let each = vmap { (x: Tensor) in cube(TreePair(x, w)) }(x)
        expect(each, (x ** 3 * w).sum(axis: 1).doubles)
        let slopes = vmap(grad { (x: Tensor) in cube(TreePair(x, w)) })(x)
        expect(slopes, (x * x * w * 3).doubles)
        let byShared = grad { (w: Tensor) in vmap { (x: Tensor) in cube(TreePair(x, w)) }(x) }(w)
        expect(byShared, (x ** 3).sum(axis: 0).doubles)
        let curvature = vmap(
            grad { (x: Tensor) in
                grad { (x: Tensor) in cube(TreePair(x, w)) }(x).sum()
            })(x)
        expect(curvature, (x * w * 6).doubles)
    }

    @Test("that read values stop the program with a sentence")
    func values() async {
        expectSentence(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                let sign = CustomOp(name: "sign", forward: { (x: Tensor) in x.item > 0 ? x : -x })
                _ = vmap { (x: Tensor) in sign(x) }(Tensor([1, -2]))
            }, "vmap: the elements of a single example were asked for")
    }
}
