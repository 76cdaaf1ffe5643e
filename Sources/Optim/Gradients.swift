internal import Autograd
internal import CKernels
public import Tensor

// Gradients as a whole: their norm, limits, and what is wrong with them.
extension Array where Element: Tensor {
    /// √Σ g² over all gradients, in double precision; NaN or infinite if one of them is.
    public var gradientNorm: Double {
        reduce(0) { $0 + ($1.grad?.data.sumOfSquares ?? 0) }.squareRoot()
    }

    /// Scales all gradients together so that their norm is at most `limit`; returns the norm they
    /// had, a float64 scalar.
    ///
    ///     let norm = model.parameters.clipGradients(toNorm: 1)
    ///     optimizer.step()
    ///     print(norm.item)
    ///
    /// Nothing waits for the norm until it is read, so this may stand in a captured step. The
    /// gradients lie on one device; one that is not finite makes all of them NaN. An optimizer's
    /// `clipping` does the same without a pass over them.
    @discardableResult
    public func clipGradients(toNorm limit: Double) -> Tensor {
        let squared = NDArray.squaredNorm(compactMap { $0.grad?.data })
        let factor = squared.clipFactor(toNorm: limit)
        for tensor in self {
            tensor.grad = tensor.grad.map {
                $0.detach() * Tensor(factor.cast(to: $0.dtype))
            }
        }
        return Tensor(squared.map(.sqrt))
    }

    /// Cuts each element of the gradients to −limit...limit.
    public func clipGradients(toValue limit: Double) {
        for tensor in self {
            tensor.grad = tensor.grad.map { $0.detach().clip(lower: -limit, upper: limit) }
        }
    }

    /// Multiplies all gradients: by 1/n after n backward passes, for their mean.
    public func scaleGradients(by factor: Double) {
        for tensor in self { tensor.grad = tensor.grad.map { $0.detach() * factor } }
    }
}

extension NDArray {
    /// What multiplies gradients whose squared norm this is, so that their norm is at most `limit`.
    func clipFactor(toNorm limit: Double) -> NDArray {
        map(.sqrt).zip(.div, Scalar(limit), isFirst: true).zip(.minimum, Scalar(1))
    }
}

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

/// The factor that losses are multiplied by so that gradients in half precision don't underflow.
///
/// Micikevicius et al., "Mixed precision training", 2018: halved, and the step skipped, when a
/// gradient overflows; doubled after 2000 steps without.
public struct LossScale: Sendable, Equatable {
    /// What losses are multiplied by, and gradients divided by: 1 to 2³².
    public private(set) var value: Double
    /// Steps since the last change.
    public private(set) var cleanSteps: Int
    /// After how many steps without overflow the scale doubles.
    public let growthInterval: Int

    private static let range = 1.0...4_294_967_296.0

    /// A scale of `value`, kept in 1...2³², after `cleanSteps` steps without overflow.
    public init(_ value: Double = 65536, cleanSteps: Int = 0, growthInterval: Int = 2000) {
        self.value = min(max(value, LossScale.range.lowerBound), LossScale.range.upperBound)
        self.cleanSteps = cleanSteps
        self.growthInterval = max(1, growthInterval)
    }

    /// Notes whether the gradients overflowed; says whether to make the step.
    public mutating func update(overflowed: Bool) -> Bool {
        if overflowed {
            value = max(value / 2, LossScale.range.lowerBound)
            cleanSteps = 0
            return false
        }
        cleanSteps += 1
        if cleanSteps == growthInterval {
            value = min(value * 2, LossScale.range.upperBound)
            cleanSteps = 0
        }
        return true
    }
}
