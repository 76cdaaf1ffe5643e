import Autograd
import Tensor

/// A call that takes an integer, and the name with which its refusals begin.
struct IntegerCall {
    let name: String
    let call: (Int) -> Void

    init(_ name: String, _ call: @escaping (Int) -> Void) { (self.name, self.call) = (name, call) }

    /// Integers at which sums, products and differences of sizes leave the range of Int, and one
    /// that is beyond 32 bits and any memory.
    static let extremes = [Int.min, .min + 1, -1 << 62, -1, 0, 1 << 44, 1 << 62, .max]
}

/// What the calls are made on.
struct Operands {
    let cube = Tensor.arange(24, .float32).reshape([2, 3, 4])
    let square = Tensor([[2, 1, 0], [1, 3, 1], [0, 1, 4]])
    let row = Tensor([3, 1, 2, 5, 4, 0])
    let integers = Tensor([3, 1, 2, 5, 4, 0], .int64)
    let bytes = Tensor([3, 1, 2, 5, 4, 0], .int8)
    let index = Tensor([0, 1], .int64)
    let signal = Tensor.arange(32, .float32).reshape([1, 4, 8])
    let image = Tensor.arange(144, .float32).reshape([1, 4, 6, 6])
    let volume = Tensor.arange(256, .float32).reshape([1, 4, 4, 4, 4])
    let random = Random(seed: 1)

    func number(_ value: Int) -> Tensor { Tensor(NDArray([value], [1])) }
}
