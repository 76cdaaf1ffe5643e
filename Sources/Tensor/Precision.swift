import Synchronization

/// In which numbers products are computed.
public enum AutocastPrecision: String, Sendable, CaseIterable {
    /// 24 significant bits, everywhere: the default.
    case float32 = "fp32"
    /// float32 tensors, whose matrix products a GPU may take of 11 significant bits; float32 on the
    /// CPU.
    case tf32 = "tf32"
    /// Products of bfloat16: 8 significant bits and float32's range.
    case bfloat16 = "bf16"
    /// Products of float16: 11 significant bits, 65,504 at most. Gradients need a `LossScale`.
    case float16 = "fp16"

    /// The dtype that products take; nil where they take what they are given.
    package var half: DType? {
        switch self {
        case .float32, .tf32: nil
        case .bfloat16: .bfloat16
        case .float16: .float16
        }
    }

    /// What is left of it where the dtypes are decided: inside an operation and in backward.
    package var ofKernels: AutocastPrecision { self == .tf32 ? .tf32 : .float32 }
}

/// Runs `body` with products computed in a precision, as the model's part of a training step is:
///
///     let output = autocast(.bfloat16) { model(x) }
///     loss(output.cast(to: .float32), y).backward()
///
/// Products (`matmul`, `linear`, convolutions, attention, recurrent layers) take float32 and half
/// inputs as halves, add up in float32 and give halves. Reductions, softmax, losses, norms, exp, log
/// and powers take halves as float32 and give float32. All others take what they are given. float64
/// stays. Which are which says `Op.autocast`.
///
/// Parameters stay float32, and so do their gradients. A backward pass computes in the dtypes of
/// its forward, wherever it is called; call it inside for TF32. Scopes nest, and the innermost
/// counts: `autocast(.float32) { … }` leaves dtypes alone.
@discardableResult
public func autocast<R>(_ precision: AutocastPrecision, _ body: () throws -> R) rethrows -> R {
    if precision != .float32 { Autocast.begin() }
    return try Recording.with({ $0.precision = precision }, body)
}

/// As above, for a tensor: see `noGrad`.
@_disfavoredOverload
@discardableResult
public func autocast(
    _ precision: AutocastPrecision, _ body: () throws -> Tensor
) rethrows -> Tensor {
    if precision != .float32 { Autocast.begin() }
    return try Recording.with({ $0.precision = precision }, body)
}

/// The precision of the current scope.
public enum Autocast {
    /// Whether a scope of another precision than float32 was ever opened: until then, nobody looks
    /// for one. It stays, for a task may outlive the scope that it was started in.
    private static let wasOpened = Atomic(false)

    fileprivate static func begin() { wasOpened.store(true, ordering: .relaxed) }

    @inline(__always)
    package static var mayBeOpen: Bool { wasOpened.load(ordering: .relaxed) }

    /// The precision that `autocast` chose; float32 outside.
    public static var precision: AutocastPrecision {
        mayBeOpen ? Recording.current.precision : .float32
    }
}

/// In which dtype an operation takes its inputs inside `autocast`. float64, integers and bool stay
/// as they are.
public enum AutocastRule: Sendable {
    /// In that of the inputs.
    case asGiven
    /// Float32 and the halves in float32.
    case float32
    /// Float32 and the halves in the scope's half.
    case half
    /// In that half, but the operation computes in float32 what its method makes of halves and
    /// rounds once.
    case halfAround

    /// Inputs as the methods of such an operation take them in this scope.
    package func cast(_ inputs: [Tensor]) -> [Tensor] {
        guard let half = Autocast.precision.half else { return inputs }
        switch self {
        case .asGiven: return inputs
        case .float32: return inputs.map { $0.recast(.float32) }
        case .half, .halfAround: return inputs.map { $0.recast(half) }
        }
    }
}

extension Op {
    /// The operation on inputs as `autocast` has them; nil where that is as they are.
    final func applyRecast(_ inputs: [Tensor]) -> Tensor? {
        guard let half = Recording.current.precision.half else { return nil }
        let dtype: DType
        switch autocast {
        case .asGiven, .halfAround:
            // Rules of derivatives and batches are written for the dtypes of the inputs.
            guard inputs.contains(where: { $0.trace != nil }) else { return nil }
            return within { apply(inputs) }
        case .float32: dtype = .float32
        case .half: dtype = half
        }
        let isTraced = inputs.contains { $0.trace != nil }
        guard isTraced || inputs.contains(where: { $0.isRecast(dtype) }) else { return nil }
        let inputs = inputs.map { $0.recast(dtype) }
        return within { apply(inputs) }
    }

    private func within(_ body: () -> Tensor) -> Tensor {
        Recording.with({ $0.precision = $0.precision.ofKernels }, body)
    }
}

extension Tensor {
    /// Whether `recast` makes another tensor.
    fileprivate final func isRecast(_ dtype: DType) -> Bool {
        self.dtype != dtype && self.dtype.isRecast
    }
}

extension DType {
    /// Whether `autocast` may choose another dtype.
    package var isRecast: Bool { isFloat && self != .float64 }
}
