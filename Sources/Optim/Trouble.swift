internal import Autograd
public import Tensor

/// How many elements of an array are out of the ordinary.
public struct Trouble: Sendable, Equatable {
    /// Elements that are NaN.
    public let nan: Int
    /// Elements that are infinite.
    public let infinite: Int
    /// Elements that are 0.
    public let zero: Int

    /// Counts the elements of an array.
    public init(in array: NDArray) {
        let tensor = Tensor(array)
        nan = Trouble.count(tensor.isNaN())
        infinite = Trouble.count(tensor.isInfinite())
        zero = Trouble.count(tensor .== 0)
    }

    private static func count(_ mask: Tensor) -> Int {
        Int(mask.cast(to: .int64).sum().item)
    }
}
