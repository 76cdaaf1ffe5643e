import Autograd
import Tensor
import Testing

@Suite("Writing where elements lie")
struct SharedMemoryCaseTests {
    @Test("rows are written from other rows of the same tensor")
    func rows() {
        let x = Tensor([0, 1, 2, 3])
        x[Tensor([2, 3], .int64)] = x[0..<2]
        expect(x, [0, 1, 0, 1])
        let y = Tensor([[0, 1], [2, 3], [4, 5]])
        y[Tensor([0, 1], .int64)] = y[1..<3]
        expect(y, [2, 3, 4, 5, 4, 5])
        let z = Tensor([0, 1, 2, 3])
        z[2..<4] = z[0..<2]
        expect(z, [0, 1, 0, 1])
    }

    @Test("windows that overlap can't be written, whatever their steps", arguments: 0..<3)
    func overlapping(index: Int) async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { [index] in
            let x = Tensor.zeros([10])
            switch index {
            case 0: x.unfold(axis: 0, size: 2).assign(Tensor.zeros([9, 2]))
            case 1: x.unfold(axis: 0, size: 3, step: 2).assign(Tensor(1))
            default: x.reshape([10, 1]).expand(to: [10, 4]).transpose().assign(Tensor(1))
            }
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("some are the same in memory"), "\(text)")
    }

    @Test("windows that lie apart can")
    func apart() {
        let x = Tensor.zeros([6])
        x.unfold(axis: 0, size: 2, step: 3).assign(Tensor([[1, 2], [3, 4]]))
        expect(x, [1, 2, 0, 3, 4, 0])
        let y = Tensor.zeros([2, 3])
        y.transpose().flip(0).assign(Tensor([[1, 2], [3, 4], [5, 6]]))
        expect(y, [5, 3, 1, 6, 4, 2])
    }
}
