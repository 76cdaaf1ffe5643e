internal import CUDA
internal import CUDAKernels

// The list of what a GPU owes: a kernel is a case here, and nothing is computed elsewhere.
extension CUDABackend {
    package func run(
        _ kernel: Kernel, _ a: NDArray, _ b: NDArray, _ c: NDArray, into out: NDArray
    ) {
        requireMemory(kernel, a, b, c, out)
        if let notes {
            return notes.attempt { () throws(CUDAProblem) in
                try launch(kernel, a, b, c, into: out)
            }
        }
        perform(kernel.name) { () throws(CUDAProblem) in
            try launch(kernel, a, b, c, into: out)
            if context.waitsForEach { try context.synchronize() }
        }
    }

    private func launch(
        _ kernel: Kernel, _ a: NDArray, _ b: NDArray, _ c: NDArray, into out: NDArray
    ) throws(CUDAProblem) {
        switch kernel {
        case .fill(let number): try fill(number, into: out)
        case .range(let start, let step): try range(start: start, step: step, into: out)
        case .copy: try copy(a, into: out)
        case .unary(let function, let p0, let p1): try unary(function, p0, p1, a, into: out)
        case .test(let function): try test(function, a, into: out)
        case .binary(let function, let p0): try binary(function, p0, a, b, into: out)
        case .binaryScalar(let function, let number, let isFirst):
            try binaryScalar(function, number, isFirst: isFirst, a, into: out)
        case .compare(let function): try compare(function, a, b, into: out)
        case .compareScalar(let function, let number):
            try compareScalar(function, number, a, into: out)
        case .select: try select(a, b, c, into: out)
        case .fused(let program, let list):
            try fused(FusedPart(program: program, reads: list.arrays, out: out))
        case .together(let group): try together(group.parts)
        case .reduce(let reduction, let map, let axes):
            try reduce(reduction, map, a, b, axes: axes, into: out)
        case .argExtreme(let maximum): try argExtreme(maximum: maximum, a, into: out)
        case .scan(let reduction): try scan(reduction, a, into: out)
        case .productOfOthers: try productOfOthers(a, into: out)
        case .ordering(let ordering): try run(ordering, a, b, into: out)
        case .matmul(let hasBias, let relu, let mayRound):
            try matmul(
                a, b, bias: hasBias ? c : nil, relu: relu, mayRound: mayRound, into: out)
        case .convolution(let part, let window, let hasBias, let relu, let factors):
            try convolution(
                part, window, a, b, bias: hasBias ? c : nil, relu: relu, factors: factors,
                into: out)
        case .channels(let kernel): try channels(kernel, a, b, c, into: out)
        case .pool(let part, let pooling): try pool(part, pooling, a, b, into: out)
        case .attention(let rule, let list):
            try attention(rule, a, b, c, mask: list.arrays.first, into: out)
        case .attentionBackward(let rule, let list):
            let (gradient, mask) = (list.arrays[0], list.arrays.dropFirst().first)
            try attentionBackward(rule, a, b, c, mask: mask, gradient: gradient, into: out)
        case .recurrence(let rule, let list):
            try recurrence(rule, a, weight: b, list.arrays, into: out)
        case .recurrenceBackward(let rule, let list):
            try recurrenceBackward(rule, a, weight: b, lengths: list.arrays.first, c, into: out)
        case .distances(let order): try distances(a, b, order: order, into: out)
        case .normalize(let norm, let list): try normalize(a, norm, list, into: out)
        case .normalizeBackward(let norm, let list):
            try normalizeBackward(a, b, norm, list, into: out)
        case .softmax(let logarithm): try softmax(a, logarithm: logarithm, into: out)
        case .softmaxBackward(let logarithm):
            try softmaxBackward(a, b, logarithm: logarithm, into: out)
        case .logSumExp: try logSumExp(a, into: out)
        case .labelWeights(let target, let weights, let classes):
            try labelWeights(target, weights, classes: classes, labels: a, into: out)
        case .crossEntropy(let target, let weights):
            try crossEntropy(target, weights, a, labels: b, into: out)
        case .crossEntropyBackward(let target, let weights):
            try crossEntropyBackward(target, weights, a, labels: b, dy: c, into: out)
        case .positions(let size, let operation):
            try positions(a, below: size, into: out) { _, index in
                .place(Int64(index), below: size, operation: operation)
            }
        case .requirement(let operation, let problem):
            try positions(a, below: 1, into: out) { _, _ in
                .requirement(operation, problem: problem)
            }
        case .gather: try gather(a, b, into: out)
        case .scatter(let rule): try scatter(rule, a, b, into: out)
        case .draw(let draw, let key): try self.draw(draw, key, a, into: out)
        case .update(let rule, let list, let clips, let gated):
            try update(
                rule, list.arrays, numbers: a, clip: clips ? b : nil, gate: gated ? c : nil)
        case .squaredNorm(let list): try squaredNorm(list.arrays, into: out)
        case .allFinite(let list): try allFinite(list.arrays, into: out)
        case .factor(let factor, let operation):
            try self.factor(factor, a, operation, into: out)
        case .solve(let system, let operation): try solve(system, a, b, operation, into: out)
        }
    }
}
