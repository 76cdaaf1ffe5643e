internal import CKernels
import Glibc
public import Tensor

// Compositions, with the gradients of what they are composed of.
extension Tensor {
    /// x + weight · (end − x), exactly `end` at weight 1.
    public final func lerp(_ end: Tensor, _ weight: Tensor) -> Tensor {
        let (a, b) = Tensor.promoted(self, end, "lerp", toFloat: true)
        return Tensor.roundedOnce([a, b, weight.cast(to: a.dtype)]) {
            let (x, end, weight) = ($0[0], $0[1], $0[2])
            let step = end - x
            let near = weight.abs() .< 0.5
            return Tensor.where(near, x + weight * step, end - step * (1 - weight))
        }
    }
    /// The point a share `weight` of the way from this to `end`: exact at 0 and 1, beyond them
    /// outside.
    public final func lerp(_ end: Tensor, _ weight: Double) -> Tensor {
        let (a, b) = Tensor.promoted(self, end, "lerp", toFloat: true)
        return Tensor.roundedOnce([a, b]) {
            let step = $0[1] - $0[0]
            return Swift.abs(weight) < 0.5 ? $0[0] + step * weight : $0[1] - step * (1 - weight)
        }
    }

    /// x + value · a · b.
    public final func addcmul(_ a: Tensor, _ b: Tensor, value: some TensorScalar = 1) -> Tensor {
        let (x, left, right) = Tensor.promoted(self, a, b, "addcmul")
        return Tensor.roundedOnce([x, left, right]) { $0[0] + $0[1] * $0[2] * value }
    }

    /// x + value · a / b. Integers become float32.
    public final func addcdiv(_ a: Tensor, _ b: Tensor, value: some TensorScalar = 1) -> Tensor {
        let (x, left, right) = Tensor.promoted(floating, a, b, "addcdiv")
        return Tensor.roundedOnce([x, left, right]) { $0[0] + $0[1] / $0[2] * value }
    }

    private static func promoted(
        _ a: Tensor, _ b: Tensor, _ c: Tensor, _ operation: String
    ) -> (Tensor, Tensor, Tensor) {
        let (x, y) = promoted(a, b, operation)
        let (first, z) = promoted(x, c, operation)
        return (first, y.cast(to: first.dtype), z)
    }

    /// NaN and the infinities replaced, those by the dtype's largest and least numbers if none are
    /// given; what is replaced has no gradient. Integers stay as they are.
    public final func nanToNum(
        nan: Double = 0, positiveInfinity: Double? = nil, negativeInfinity: Double? = nil
    ) -> Tensor {
        guard dtype.isFloat else { return self }
        let largest =
            switch dtype {
            case .float16: 65504.0
            case .bfloat16: 0x1.fep127
            case .float32: Double(Float.greatestFiniteMagnitude)
            default: Double.greatestFiniteMagnitude
            }
        return maskedFill(isNaN(), nan)
            .maskedFill(isPositiveInfinity(), positiveInfinity ?? largest)
            .maskedFill(isNegativeInfinity(), negativeInfinity ?? -largest)
    }

    /// The fraction, with the sign of x.
    public final func frac() -> Tensor { floating - floating.trunc() }

    /// 0 below 0 and for NaN, 1 above, and `values` at 0. Only `values` has a gradient.
    public final func heaviside(_ values: Tensor) -> Tensor {
        let (x, level) = Tensor.promoted(self, values, "heaviside")
        return Tensor.where(x .== 0, level, (x .> 0).cast(to: level.dtype))
    }

    /// Degrees as radians.
    public final func deg2rad() -> Tensor {
        Tensor.roundedOnce([floating]) { $0[0] * (Double.pi / 180) }
    }
    /// Radians as degrees.
    public final func rad2deg() -> Tensor {
        Tensor.roundedOnce([floating]) { $0[0] * (180 / Double.pi) }
    }

    /// To a number of decimals, before the point if negative; ties to even. An element with too few
    /// digits to have that decimal stays as it is.
    public final func round(decimals: Int) -> Tensor {
        if decimals == 0 { return round() }
        guard dtype.isFloat else {
            if decimals > 0 { return arithmetic.copy() }
            fail("round", "\(dtype) can't be rounded to tens", hint: "cast to a float dtype")
        }
        let scale: Double = Glibc.pow(10.0, Double(decimals.magnitude))
        return Tensor.roundedOnce([self]) { (inputs: [Tensor]) -> Tensor in
            let x = inputs[0]
            if decimals > 0 {
                let scaled = x * scale
                return Tensor.where(scaled.isFinite(), scaled.round() / scale, x.detach())
            }
            let largest = x.dtype == .float64 ? Double.greatestFiniteMagnitude : 0x1.fffffep127
            if scale > largest { return Tensor.where(x.isFinite(), x * 0.0, x.detach()) }
            return (x / scale).round() * scale
        }
    }

    /// The elements limited by tensors, which broadcast. The gradient goes where the value comes
    /// from, inside and at the bounds to x; NaN wins, and `upper` over a `lower` above it.
    public final func clip(lower: Tensor, upper: Tensor) -> Tensor {
        clip(lower: lower).clip(upper: upper)
    }
    /// The elements, but at least those of a broadcast `lower`; NaN of either wins.
    public final func clip(lower: Tensor) -> Tensor {
        let (x, bound) = Tensor.promoted(self, lower, "clip")
        return Where.of((x .< bound).logicalOr(bound .!= bound), bound, x)
    }
    /// The elements, but at most those of a broadcast `upper`; NaN of either wins.
    public final func clip(upper: Tensor) -> Tensor {
        let (x, bound) = Tensor.promoted(self, upper, "clip")
        return Where.of((x .> bound).logicalOr(bound .!= bound), bound, x)
    }

    /// Whether the sign is negative, that of −0 and of NaN included.
    public final func signBit() -> Tensor { Predicate(.signbit)(arithmetic) }
    /// Where an element is +∞: bool, false for integers.
    public final func isPositiveInfinity() -> Tensor { floating .== Double.infinity }
    /// Where an element is −∞: bool, false for integers.
    public final func isNegativeInfinity() -> Tensor { floating .== -Double.infinity }

    /// Whether |x − other| ≤ absolute + relative · |other|, or both are equal, or both NaN if
    /// `equalNaN`.
    public final func isClose(
        _ other: Tensor, relative: Double = 1e-5, absolute: Double = 1e-8, equalNaN: Bool = false
    ) -> Tensor {
        if relative < 0 || absolute < 0 {
            fail("isClose", "relative \(relative) and absolute \(absolute): one is negative")
        }
        let (a, b) = Tensor.promoted(self, other, "isClose")
        var result = a .== b
        if equalNaN { result = result.logicalOr((a .!= a).logicalAnd(b .!= b)) }
        let gap = (a - b).abs().floating
        let allowed = b.abs().floating * relative + absolute
        return result.logicalOr(gap.isFinite().logicalAnd(gap .<= allowed))
    }

    /// Whether all elements are close to those of `other`, by the rule of `isClose`. Waits for the
    /// result.
    public final func allClose(
        _ other: Tensor, relative: Double = 1e-5, absolute: Double = 1e-8, equalNaN: Bool = false
    ) -> Bool {
        let close = isClose(
            other, relative: relative, absolute: absolute, equalNaN: equalNaN)
        return close.all().item != 0
    }
}
