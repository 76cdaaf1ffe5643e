import Autograd
import Tensor
import Testing

@Suite("The kernels of a profile")
struct KernelCountTests {
    @Test("are counted with their bytes and operations")
    func counts() {
        let a = Tensor.ones([8, 16])
        let b = Tensor.ones([16, 4])
        let (_, profile) = profile { a.matmul(b).exp().sum() }
        let rows = Dictionary(uniqueKeysWithValues: profile.kernels.map { ($0.name, $0) })
        #expect(rows["matmul"]?.launches == 1)
        #expect(rows["matmul"]?.operations == 2 * 8 * 16 * 4)
        #expect(rows["matmul"]?.bytes == 4 * (8 * 16 + 16 * 4 + 8 * 4))
        #expect(rows["exp"]?.bytes == 2 * 4 * 8 * 4)
        #expect(rows["sum"]?.operations == 8 * 4)
        #expect(profile.description.contains("million operations"))
    }
}
