extension CaptureProgram {
    /// Has kernels that widen halves as they read them, or round to halves as they write, do so in
    /// place of a pass of its own, before or behind them. The bits are the same.
    mutating func joinConversions() {
        readHalves()
        writeHalves()
        dropDead()
    }

    /// Operands that are copies of halves become these.
    private mutating func readHalves() {
        let uses = uses
        for index in calls.indices where calls[index].bytes == nil {
            for operand in calls[index].convertedOperands {
                let array = calls[index][keyPath: operand]
                guard isTemporary(array), array.isWhole, array.dtype == .float32,
                    let written = uses[ObjectIdentifier(array.storage)]?.writes, written.count == 1,
                    written[0] < index, calls[written[0]].isConversion,
                    calls[written[0]].out.isWhole
                else { continue }
                let half = calls[written[0]].a
                let changes = uses[ObjectIdentifier(half.storage)]?.writes ?? []
                if changes.contains(where: { (written[0]...index).contains($0) }) { continue }
                calls[index][keyPath: operand] = half.view(
                    array.shape, array.shape.contiguousStrides)
            }
        }
    }

    /// A result that nobody reads but a conversion to a half becomes that half.
    private mutating func writeHalves() {
        let uses = uses
        var dropped: Set<Int> = []
        for index in calls.indices where calls[index].kernel.convertsOutput {
            let out = calls[index].out
            let key = ObjectIdentifier(out.storage)
            guard isTemporary(out), out.isWhole, out.dtype == .float32, let use = uses[key],
                use.writes == [index], use.reads.count == 1, use.reads[0] > index,
                calls[use.reads[0]].isConversion, calls[use.reads[0]].a.isWhole
            else { continue }
            let reader = use.reads[0]
            let half = calls[reader].out
            let touched = uses[ObjectIdentifier(half.storage)]?.all ?? []
            guard half.isContiguous,
                !touched.contains(where: { (index..<reader).contains($0) })
            else { continue }
            calls[index].out = half.view(out.shape, out.shape.contiguousStrides)
            dropped.insert(reader)
        }
        calls = calls.indices.filter { !dropped.contains($0) }.map { calls[$0] }
    }
}

extension CaptureProgram.Call {
    /// Whether this copies an array, which may be a part of what its storage holds, converted between
    /// float32 and a half.
    fileprivate var isConversion: Bool {
        guard bytes == nil, case .copy = kernel else { return false }
        return a.isContiguous && out.isContiguous && a.count == out.count && a.dtype != out.dtype
            && FusedProgram.mixes(a.dtype, out.dtype)
            && (a.dtype == .float32 || out.dtype == .float32)
    }

    /// The operands of float32 that may be halves instead: what is computed is that of their values.
    fileprivate var convertedOperands: [WritableKeyPath<CaptureProgram.Call, NDArray>] {
        switch kernel {
        case .crossEntropy, .crossEntropyBackward: return [\.a]
        case .normalizeBackward: return [\.b]
        case .reduce(_, map: nil, let axes):
            // Neighbours in memory may be added up in another order where more fit into a load.
            let last = a.shape.lastIndex { $0 != 1 }
            return last.map(axes.contains) ?? true ? [] : [\.a]
        default: return []
        }
    }
}

extension Kernel {
    /// Whether an output of float32 may be halves instead, each rounded once.
    fileprivate var convertsOutput: Bool {
        switch self {
        case .crossEntropyBackward, .normalize: true
        default: false
        }
    }
}
