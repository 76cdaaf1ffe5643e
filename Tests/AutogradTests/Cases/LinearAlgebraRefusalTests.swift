import Autograd
import Tensor
import Testing

@Suite("What linear algebra refuses")
struct LinearAlgebraRefusalTests {
    @Test("a singular matrix is named by its place in the batch")
    func singular() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let a = Tensor([[[1, 2], [3, 4]], [[1, 2], [2, 4]]])
            _ = a.inverse()
        }
        expectSentence(
            result,
            "inverse: matrix 1 of the batch is singular: pivot 2 of its LU factorization is 0")
    }

    @Test("a matrix that is not positive definite has no factor")
    func indefinite() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tensor([[1, 2], [2, 1]]).cholesky() }
        expectSentence(
            result, "cholesky: the matrix is not positive definite: its leading 2×2 part")
    }

    @Test("NaN has no singular values")
    func notANumber() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tensor([[1, Double.nan], [2, 1]]).svd() }
        expectSentence(result, "svd: the matrix has elements that are NaN or infinite")
    }

    @Test("halves and integers are cast by whoever means it")
    func dtypes() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tensor([[1, 2], [2, 1]]).cast(to: .float16).inverse() }
        expectSentence(
            result, "inverse: there is none for float16 (cast(to: .float32), or .float64)")
    }

    @Test("shapes that don't fit are told")
    func shapes() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tensor.eye(3).solve(.ones([2, 2])) }
        expectSentence(result, "solve: a right side [2, 2] doesn't fit matrices [3, 3]")
    }

    @Test("complete factors of high matrices have no gradient")
    func complete() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = grad { $0.qr(complete: true).q.sum() }(Tensor.ones([3, 2])) }
        expectSentence(result, "qr: complete factors of [3, 2] have no gradient")
    }

    @Test("an expression that can't be read is quoted")
    func einsumLetters() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = einsum("i1,j", .ones([2]), .ones([2])) }
        expectSentence(result, "einsum: \"i1,j\": '1' is not a letter")
    }

    @Test("sizes of one letter agree")
    func einsumSizes() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = einsum("ij,jk", .ones([2, 3]), .ones([4, 2])) }
        expectSentence(result, "einsum: \"ij,jk\": 'j' has size 4 in operand 1 and 3 before")
    }

    @Test("a result has axes of operands only")
    func einsumResult() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = einsum("ij->ik", .ones([2, 3])) }
        expectSentence(result, "einsum: \"ij->ik\": the result's 'k' is no axis of an operand")
    }
}
