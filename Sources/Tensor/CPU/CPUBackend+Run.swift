// The list of what the CPU owes: a kernel is a case here. The kernels are never inlined, for their
// closures would all be made in one frame.
extension CPUBackend {
    package func run(
        _ kernel: Kernel, _ a: NDArray, _ b: NDArray, _ c: NDArray, into out: NDArray
    ) {
        switch kernel {
        case .fill(let number): fill(number, into: out)
        case .range(let start, let step): range(start: start, step: step, into: out)
        case .copy: copy(a, into: out)
        case .unary(let function, let p0, let p1): unary(function, p0, p1, a, into: out)
        case .test(let function): test(function, a, into: out)
        case .binary(let function, let p0): binary(function, p0, a, b, into: out)
        case .binaryScalar(let function, let number, let isFirst):
            binaryScalar(function, number, isFirst: isFirst, a, into: out)
        case .compare(let function): compare(function, a, b, into: out)
        case .compareScalar(let function, let number): compareScalar(function, number, a, into: out)
        case .select: select(a, b, c, into: out)
        case .fused(let program, let list):
            fused(FusedPart(program: program, reads: list.arrays, out: out))
        case .together(let group): for part in group.parts { fused(part) }
        case .reduce(let reduction, let map, let axes):
            reduce(reduction, map, a, b, axes: axes, into: out)
        case .argExtreme(let maximum): argExtreme(maximum: maximum, a, into: out)
        case .scan(let reduction): scan(reduction, a, into: out)
        case .productOfOthers: productOfOthers(a, into: out)
        case .ordering(let ordering): run(ordering, a, b, into: out)
        case .matmul(let hasBias, let relu, _):
            matmul(a, b, bias: hasBias ? c : nil, relu: relu, into: out)
        case .attention(let rule, let list):
            attention(rule, a, b, c, mask: list.arrays.first, into: out)
        case .attentionBackward(let rule, let list):
            let (gradient, mask) = (list.arrays[0], list.arrays.dropFirst().first)
            attentionBackward(rule, a, b, c, mask: mask, gradient: gradient, into: out)
        case .recurrence(let rule, let list):
            recurrence(rule, a, weight: b, list.arrays, into: out)
        case .recurrenceBackward(let rule, let list):
            recurrenceBackward(rule, a, weight: b, lengths: list.arrays.first, c, into: out)
        case .convolution(let part, let window, let hasBias, let relu, _):
            convolution(part, window, a, b, bias: hasBias ? c : nil, relu: relu, into: out)
        case .channels(let kernel): channels(kernel, a, b, c, into: out)
        case .pool(let part, let pooling): poolWindows(part, pooling, a, b, into: out)
        case .distances(let order): distances(a, b, order: order, into: out)
        case .factor(let factor, let operation): self.factor(factor, a, operation, into: out)
        case .solve(let system, let operation): solve(system, a, b, operation, into: out)
        case .normalize(let norm, let list): normalize(a, norm, list, into: out)
        case .normalizeBackward(let norm, let list):
            normalizeBackward(a, b, norm, list, into: out)
        case .softmax(let logarithm): softmax(a, logarithm: logarithm, into: out)
        case .softmaxBackward(let logarithm):
            softmaxBackward(a, b, logarithm: logarithm, into: out)
        case .logSumExp: logSumExp(a, into: out)
        case .labelWeights(let target, let weights, let classes):
            labelWeights(target, weights, classes: classes, labels: a, into: out)
        case .crossEntropy(let target, let weights):
            crossEntropy(target, weights, a, labels: b, into: out)
        case .crossEntropyBackward(let target, let weights):
            crossEntropyBackward(target, weights, a, labels: b, dy: c, into: out)
        case .positions(let size, let operation):
            positions(a, below: size, into: out) {
                .place($0, below: size, operation: operation)
            }
        case .requirement(let operation, let problem):
            positions(a, below: 1, into: out) { _ in .requirement(operation, problem: problem) }
        case .gather: gather(a, b, into: out)
        case .scatter(let rule): scatter(rule, a, b, into: out)
        case .draw(let draw, let key): self.draw(draw, key, a, into: out)
        case .update(let rule, let list, let clips, let gated):
            update(
                rule, list.arrays, numbers: a, clip: clips ? b : nil, gate: gated ? c : nil)
        case .squaredNorm(let list): squaredNorm(list.arrays, into: out)
        case .allFinite(let list): allFinite(list.arrays, into: out)
        }
    }
}
