import Autograd
import Tensor
import Testing

@Suite("Shapes of gradients")
struct GradientShapeTests {
    /// y = x², whose backward gives what it is told to.
    private static func square(_ shape: Shape) -> CustomOp {
        CustomOp(
            name: "square", forward: { $0 * $0 },
            backward: { (_: Tensor, _: Tensor, _: Tensor) in Tensor.zeros(shape, .float64) + 1 })
    }

    @Test("are summed over axes that the operation repeated")
    func repeated() {
        let product = CustomOp(
            name: "product", forward: { $0 * $1 },
            backward: { dy, a, b, _ in (dy * b, dy * a) })
        let (a, b) = (Tensor.leaf([[1.0], [2]]), Tensor.leaf([3.0, 4, 5]))
        product(a, b).backward()
        expect(a.grad, [12, 12])
        expect(b.grad, [3, 3, 3])
        let (row, empty) = (Tensor.leaf([1.0]), Tensor.leaf([Double]()))
        product(row, empty).backward()
        expect(row.grad, [0])
        // Batch axes of a matrix product are repeated too, though its last ones differ.
        let (matrix, batch) = (Tensor.leaf([[1.0, 2]]), Tensor.leaf([[[1.0], [2]], [[3], [4]]]))
        matrix.matmul(batch).backward()
        expect(matrix.grad, [4, 6])
    }

    @Test("that no broadcasting explains stop the program")
    func unexplained() async {
        let longer = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            Self.square([7])(Tensor.leaf([3.0])).backward()
        }
        expectSentence(
            longer, "square: backward gave a gradient of shape [7] for an input of shape [1]")
        let deeper = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            Self.square([2, 3])(Tensor.leaf([1.0, 2, 3])).sum().backward()
        }
        expectSentence(deeper, "square: backward gave a gradient of shape [2, 3]")
        let shorter = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            Self.square([])(Tensor.leaf([1.0, 2, 3])).sum().backward()
        }
        expectSentence(shorter, "square: backward gave a gradient of shape []")
    }

    @Test("that no broadcasting explains stop the program inside vmap and customGradient too")
    func unexplainedInTransforms() async {
        let batched = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = vmap(grad { (x: Tensor) in Self.square([7])(x) })(Tensor.constant([[1.0], [2]]))
        }
        expectSentence(
            batched, "square: backward gave a gradient of shape [7] for an input of shape [1]")
        let pulled = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let f = customGradient { (x: Tensor) in (x * x, { _ in Tensor.zeros([7], .float64) }) }
            f(Tensor.leaf([3.0])).backward()
        }
        expectSentence(pulled, "customGradient: backward gave a gradient of shape [7]")
    }

    @Test("inside vmap are summed over the batch for inputs that all examples share")
    func shared() {
        let weighted = CustomOp(
            name: "weighted", forward: { ($0 * $1).sum() },
            backward: { dy, x, w, _ in (dy * w, dy * x) })
        let w = Tensor.leaf([1.0, 2, 3])
        let x = Tensor.constant([[1.0, 2, 3], [4, 5, 6]])
        vmap { (x: Tensor) in weighted(x, w) }(x).backward()
        expect(w.grad, [5, 7, 9])
    }
}
