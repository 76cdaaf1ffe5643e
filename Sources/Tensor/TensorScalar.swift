/// A number that may stand beside a tensor in an expression. It adopts the tensor's dtype, except
/// that a fraction beside integers makes them float32.
public protocol TensorScalar: Sendable {
    /// The number as kernels take it.
    var asScalar: Scalar { get }
}

extension Float: TensorScalar {
    /// The same number as a Double, which holds every Float.
    public var asScalar: Scalar { Scalar(Double(self)) }
}
extension Double: TensorScalar {
    /// The number itself, NaN and infinities included.
    public var asScalar: Scalar { Scalar(self) }
}
extension Int: TensorScalar {
    /// The number itself, exact in 64 bits.
    public var asScalar: Scalar { Scalar(self) }
}
extension TensorScalar where Self: FixedWidthInteger {
    /// The number itself, exact in 64 bits.
    public var asScalar: Scalar {
        Int(exactly: self).map { Scalar($0) } ?? Scalar(UInt64(self))
    }
}
extension Int8: TensorScalar {}
extension UInt8: TensorScalar {}
extension Int16: TensorScalar {}
extension UInt16: TensorScalar {}
extension Int32: TensorScalar {}
extension UInt32: TensorScalar {}
extension Int64: TensorScalar {}
extension UInt64: TensorScalar {}
extension UInt: TensorScalar {}
extension Scalar: TensorScalar {
    /// This number.
    public var asScalar: Scalar { self }
}
