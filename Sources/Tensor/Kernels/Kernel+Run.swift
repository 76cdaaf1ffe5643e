internal import CKernels

// The one way to run a kernel: operands are checked, in-place changes counted and watchers told
// here.
extension Kernel {
    /// Computes `out`, which may be `a` or `b` itself where an elementwise kernel reads each
    /// element before it writes it.
    ///
    /// Operands that a kernel doesn't have repeat another one. Without elements in `out` there is
    /// nothing to do.
    @inline(never)
    package func run(_ a: NDArray, _ b: NDArray, _ c: NDArray, into out: NDArray) {
        let backend = out.storage.backend
        guard a.storage.backend === backend, b.storage.backend === backend,
            c.storage.backend === backend
        else { failPlace(a, b, c, out) }
        if out.count == 0 { return }
        if !out.storage.isOwned { failForeign() }
        check(a, b, c, out)
        out.storage.version &+= 1
        countChangesInList()
        if KernelWatch.isOpen { tell(a, b, c, out) }
        backend.run(self, a, b, c, into: out)
    }

    /// Tells whoever looks at kernels.
    private func tell(_ a: NDArray, _ b: NDArray, _ c: NDArray, _ out: NDArray) {
        Recorder.current?.note(self, a, b, c, out)
        KernelCounter.note(self, a, b, c, out)
    }

    package func run(_ a: NDArray, _ b: NDArray, into out: NDArray) { run(a, b, a, into: out) }
    package func run(_ a: NDArray, into out: NDArray) { run(a, a, a, into: out) }
    package func run(into out: NDArray) { run(out, out, out, into: out) }

    private func failPlace(_ a: NDArray, _ b: NDArray, _ c: NDArray, _ out: NDArray) -> Never {
        for array in [a, b, c] {
            array.requireElements()
            array.requirePlace(of: out, name)
        }
        fail(name, "operands lie on several devices")
    }

    func failPlace(_ a: NDArray, _ out: NDArray) -> Never { failPlace(a, a, a, out) }

    func failForeign() -> Never {
        fail(name, "this array maps a file and can't be written", hint: "write to a copy()")
    }
}

extension NDArray {
    /// Traps where this array and `other` lie on different devices.
    func requirePlace(of other: NDArray, _ operation: String) {
        if backend === other.backend { return }
        fail(
            operation, "operands lie on \(device) and \(other.device)", hint: "move one with to(_:)"
        )
    }
}

extension FusedProgram {
    fileprivate var name: String { instructions.map(\.kernel.name).joined(separator: "+") }
}

extension Kernel {
    /// The name in messages and profiles.
    package var name: String {
        switch self {
        case .fill: "fill"
        case .range: "range"
        case .copy: "copy"
        case .unary(let function, _, _): String(cString: ft_unary_name(Int32(function.rawValue)))
        case .test(let function): String(cString: ft_test_name(Int32(function.rawValue)))
        case .binary(let function, _), .binaryScalar(let function, _, _):
            String(cString: ft_binary_name(Int32(function.rawValue)))
        case .compare(let function), .compareScalar(let function, _):
            String(cString: ft_compare_name(Int32(function.rawValue)))
        case .select: "where"
        case .fused(let program, _): program.name
        case .together(let group):
            group.parts.map(\.program.name).reduce(into: [String]()) { names, name in
                if !names.contains(name) { names.append(name) }
            }.joined(separator: ", ")
        case .reduce(let reduction, map: _, _): reduction.name
        case .argExtreme(let maximum): maximum ? "argmax" : "argmin"
        case .scan(let reduction): "running \(reduction.name)"
        case .productOfOthers: "productOfOthers"
        case .ordering(let ordering): ordering.name
        case .matmul: "matmul"
        case .convolution(.output, _, _, _, _): "convolution"
        case .convolution(.input, _, _, _, _): "convolutionInput"
        case .convolution(.weight, _, _, _, _): "convolutionWeight"
        case .channels(let kernel): kernel.name
        case .pool(let part, _): part.name
        case .attention: "attention"
        case .attentionBackward: "attentionBackward"
        case .recurrence(let rule, _): rule.kind.name
        case .recurrenceBackward(let rule, _): rule.kind.name + "Backward"
        case .distances: "distances"
        case .factor(_, let operation), .solve(_, let operation): "\(operation)"
        case .softmax(let logarithm): logarithm ? "logSoftmax" : "softmax"
        case .softmaxBackward(let logarithm): logarithm ? "logSoftmaxBackward" : "softmaxBackward"
        case .logSumExp: "logSumExp"
        case .normalize: "normalize"
        case .normalizeBackward: "normalizeBackward"
        case .labelWeights: "labelWeights"
        case .crossEntropy: "crossEntropy"
        case .crossEntropyBackward: "crossEntropyBackward"
        case .positions: "positions"
        case .requirement: "requirement"
        case .gather: "gather"
        case .scatter(let rule): rule.name
        case .draw(let draw, _): draw.name
        case .update(let rule, _, clips: _, gated: _):
            String(cString: ft_rule_name(Int32(rule.rawValue)))
        case .squaredNorm: "squaredNorm"
        case .allFinite: "allFinite"
        }
    }
}
