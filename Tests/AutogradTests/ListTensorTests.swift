import Autograd
import Tensor
import Testing

@Suite("Tensors of a list and a shape")
struct ListTensorTests {
    @Test("have the list's numbers in row-major order, in the dtype asked for")
    func shapes() {
        let x = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
        #expect(x.dtype == .float32 && x.shape == [2, 3])
        #expect(x[1].values() == [Float(4), 5, 6])
        let labels = Tensor([0, 1, 2, 3], shape: [2, 2], .int64)
        #expect(labels.dtype == .int64 && labels[1, 0].item == 2)
        #expect(Tensor([true, false], shape: [2, 1]).dtype == .bool)
        #expect(Tensor([1.5], shape: [1, 1], requiresGrad: true).requiresGrad)
        #expect(Tensor([] as [Float], shape: [0, 4]).count == 0)
    }

    @Test("need as many numbers as the shape has elements")
    func counts() async {
        await #expect(processExitsWith: .failure) { _ = Tensor([1, 2, 3], shape: [2, 2]) }
    }

    @Test("become parameters and buffers of their own memory")
    func parameters() {
        let values = Tensor([1, 2])
        let parameter = Parameter(values)
        let buffer = Buffer(values)
        values.assign(Tensor([5, 5]))
        #expect(parameter.values() == [Float(1), 2] && parameter.requiresGrad)
        #expect(buffer.values() == [Float(1), 2] && !buffer.requiresGrad)
        #expect(!Parameter(values, frozen: true).requiresGrad)
    }
}
