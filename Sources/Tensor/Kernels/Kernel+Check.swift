internal import CKernels

// What must hold of operands, whoever calls: nothing is read or written outside them.
extension Kernel {
    /// Traps with a sentence where the operands don't fit the kernel.
    @inline(__always)
    func check(_ a: NDArray, _ b: NDArray, _ c: NDArray, _ out: NDArray) {
        switch self {
        case .unary(let function, _, _):
            elementwise(a, out)
            agree(a, out)
            if !a.dtype.isFloat { has(ft_unary_has(Int32(function.rawValue), a.dtype.rawValue), a) }
        case .test:
            elementwise(a, out)
            isBool(out)
        case .binary(let function, _):
            elementwise(a, out)
            elementwise(b, out)
            agree(a, b)
            agree(a, out)
            if !a.dtype.isFloat || Int(function.rawValue) >= FT_BINARY_REAL_COUNT {
                has(ft_binary_has(Int32(function.rawValue), a.dtype.rawValue), a)
            }
        case .binaryScalar(let function, _, _):
            elementwise(a, out)
            agree(a, out)
            if !a.dtype.isFloat || Int(function.rawValue) >= FT_BINARY_REAL_COUNT {
                has(ft_binary_has(Int32(function.rawValue), a.dtype.rawValue), a)
            }
        case .compare:
            elementwise(a, out)
            elementwise(b, out)
            agree(a, b)
            isBool(out)
        case .compareScalar:
            elementwise(a, out)
            isBool(out)
        default: checkOthers(a, b, c, out)
        }
    }

    /// The checks of kernels that do more than a pass over small arrays.
    @inline(never)
    private func checkOthers(_ a: NDArray, _ b: NDArray, _ c: NDArray, _ out: NDArray) {
        checkMemory(a, b, c, out)
        switch self {
        case .unary, .test, .binary, .binaryScalar, .compare, .compareScalar: break
        case .fill, .range: require(out.isContiguous, "a contiguous output", [out])
        case .copy: fits(a, out)
        case .fused(let program, let list):
            checkFused(FusedPart(program: program, reads: list.arrays, out: out))
        case .together(let group): checkTogether(group, out)
        case .select:
            elementwise(a, out)
            elementwise(b, out)
            elementwise(c, out)
            isBool(a)
            agree(b, c)
            agree(b, out)
        case .reduce(let reduction, let map, let axes):
            checkReduce(reduction, map, axes, a, b, out)
        case .argExtreme:
            rows(a, out, keepingLast: false)
            hasType(out, .int64)
        case .scan(let reduction):
            rows(a, out, keepingLast: true)
            hasType(out, reduction.resultType(of: a.dtype))
        case .ordering(let ordering): checkOrdering(ordering, a, b, out)
        case .matmul(let bias, let relu, _):
            checkProduct(a, b, bias ? c : nil, fuses: bias || relu, out)
        case .convolution(let part, let window, let bias, _, _):
            checkConvolution(part, window, a, b, bias: bias ? c : nil, out)
        case .channels(let kernel): checkChannels(kernel, a, b, c, out)
        case .pool(let part, let pooling): checkPool(part, pooling, a, b, out)
        case .attention(let rule, let list):
            checkAttention(rule, a, b, c, mask: list.arrays.first, gradient: nil, out)
        case .attentionBackward(let rule, let list):
            let (gradient, mask) = (list.arrays[0], list.arrays.dropFirst().first)
            checkAttention(rule, a, b, c, mask: mask, gradient: gradient, out)
        case .recurrence(let rule, let list):
            checkRecurrence(rule, a, b, list.arrays, out)
        case .recurrenceBackward(let rule, let list):
            checkRecurrenceBackward(rule, a, b, c, list.arrays, out)
        case .distances(let order): checkDistances(order, a, b, out)
        case .factor(let factor, _): checkFactor(factor, a, out)
        case .solve(let system, _): checkSolve(system, a, b, out)
        case .softmax, .productOfOthers:
            logits(a, out)
            alike(a, out)
        case .normalize(_, let list): checkNormalize(a, list, out)
        case .normalizeBackward(_, let list): checkNormalizeBackward(a, b, list, out)
        case .softmaxBackward:
            logits(a, out)
            logits(b, out)
            alike(a, out)
            alike(b, out)
        case .logSumExp:
            logits(a, out)
            require(
                a.count > 0 && out.shape == a.shape.replacing(a.rank - 1, with: 1),
                "rows with elements and an output of one number a row", [a, out])
        case .labelWeights(_, let weights, let classes):
            checkLabelWeights(a, weights, classes: classes, out)
        case .crossEntropy(_, let weights): checkCrossEntropy(a, b, weights, out)
        case .crossEntropyBackward(_, let weights): checkCrossEntropyBackward(a, b, weights, c, out)
        case .positions, .requirement:
            hasType(a, .int64)
            hasType(out, .int64)
            require(
                a.isContiguous && out.isContiguous && a.shape == out.shape, "a contiguous index",
                [a, out])
        case .gather:
            indexing(table: a, items: out, b)
        case .scatter:
            indexing(table: out, items: a, b)
        case .draw(let draw, _): checkDraw(draw, a, out)
        case .update(let rule, let list, let clips, let gated):
            checkUpdate(rule, list.arrays, a, clips ? b : nil, gated ? c : nil)
        case .squaredNorm(let list):
            checkTotal(list.arrays, out, .float64, orEach: true)
        case .allFinite(let list): checkTotal(list.arrays, out, .bool, orEach: false)
        }
    }

    /// Whether arrays that come with the kernel lie where its output does, and nothing is read that
    /// the output replaces, except where a kernel may write over what it reads.
    private func checkMemory(_ a: NDArray, _ b: NDArray, _ c: NDArray, _ out: NDArray) {
        let traits = traits
        if !traits.isInPlace {
            let isShared =
                traits.operands > 0 && a.storage === out.storage
                || traits.operands > 1 && b.storage === out.storage
                || traits.operands > 2 && c.storage === out.storage
            if isShared { failAliased() }
        }
        guard let list else { return }
        for index in list.arrays.indices {
            if list.arrays[index].storage.backend !== out.storage.backend {
                failPlace(list.arrays[index], out)
            }
            if !traits.isInPlace, list.arrays[index].storage === out.storage { failAliased() }
        }
    }

    // Pieces of the checks. `@inline(__always)` where most calls come by.

    /// Whether `x` is broadcast to `out`, which is contiguous.
    @inline(__always)
    private func elementwise(_ x: NDArray, _ out: NDArray) {
        require(out.isContiguous, "a contiguous output", [out])
        fits(x, out)
        if x.storage === out.storage, !(x.isContiguous && x.offset == out.offset) { failAliased() }
    }

    @inline(__always)
    func fits(_ x: NDArray, _ out: NDArray) {
        if x.shape == out.shape { return }
        require(
            Shape.broadcast(x.shape, out.shape) == out.shape, "shapes that broadcast", [x, out])
    }

    func alike(_ x: NDArray, _ out: NDArray) {
        require(x.shape == out.shape, "arrays of one shape", [x, out])
    }

    @inline(__always)
    func agree(_ a: NDArray, _ b: NDArray) {
        if a.dtype != b.dtype {
            fail(name, "operands have dtypes \(a.dtype) and \(b.dtype)", hint: "cast one of them")
        }
    }

    @inline(__always)
    func isBool(_ x: NDArray) { hasType(x, .bool) }

    @inline(__always)
    func hasType(_ x: NDArray, _ dtype: DType) {
        if x.dtype != dtype { fail(name, "needs \(dtype), not \(x.dtype) \(x.shape)") }
    }

    @inline(__always)
    func require(
        _ holds: Bool, _ wanted: StaticString, _ arrays: @autoclosure () -> [NDArray]
    ) {
        if !holds { failOperands(wanted, arrays()) }
    }

    @inline(__always)
    func has(_ exists: Bool, _ x: NDArray) {
        if !exists { fail(name, "there is none for \(x.dtype)", hint: "cast to a float dtype") }
    }

    private func rows(_ x: NDArray, _ out: NDArray, keepingLast: Bool) {
        require(x.rank > 0 && x.isContiguous && out.isContiguous, "contiguous rows", [x, out])
        let shape = keepingLast ? x.shape : x.shape.removing(at: x.rank - 1)
        require(out.shape == shape, "an output that fits the rows", [x, out])
        require(x.count > 0, "rows with elements", [x])
    }

    /// Contiguous rows of floats, both of one dtype, or of float32 and halves.
    func rows(_ x: NDArray, _ out: NDArray) {
        require(
            x.rank > 0 && x.isContiguous && x.dtype.isFloat && out.isContiguous
                && FusedProgram.mixes(x.dtype, out.dtype),
            "contiguous rows of floats that mix", [x, out])
    }

    func logits(_ x: NDArray, _ out: NDArray) {
        require(
            x.rank > 0 && x.isContiguous && x.dtype.isWide && out.isContiguous,
            "contiguous rows of float32 or float64", [x, out])
        agree(x, out)
    }

    private func checkDistances(_ order: Double, _ a: NDArray, _ b: NDArray, _ out: NDArray) {
        logits(a, out)
        logits(b, out)
        let (rank, k) = (a.rank, a.shape.last ?? 0)
        require(
            rank >= 2 && b.rank == rank && b.shape[rank - 2] == k
                && out.shape == a.shape.replacing(rank - 1, with: b.shape[rank - 1])
                && b.shape.prefix(rank - 2).elementsEqual(a.shape.prefix(rank - 2)),
            "rows and columns of one size with equal leading axes", [a, b, out])
        if !(order > 0) { fail(name, "there is no norm of order \(order)") }
    }

    private func indexing(table: NDArray, items: NDArray, _ index: NDArray) {
        hasType(index, .int64)
        agree(table, items)
        require(
            table.rank > 0 && table.isContiguous && items.isContiguous && index.isContiguous,
            "a contiguous table, items and index", [table, items, index])
        require(
            items.shape.count == index.rank + table.rank - 1
                && zip(items.shape, index.shape).allSatisfy { $0 == $1 }
                && zip(items.shape.dropFirst(index.rank), table.shape.dropFirst())
                    .allSatisfy { $0 == $1 },
            "items of the table's shape", [table, items, index])
    }

    @inline(never)
    func failOperands(_ wanted: StaticString, _ arrays: [NDArray]) -> Never {
        let list = arrays.map { "\($0.dtype) \($0.shape)" }.joined(separator: ", ")
        fail(name, "needs \(wanted), not \(list)")
    }

    func failAliased() -> Never {
        fail(name, "the output shares memory with an operand", hint: "copy() the operand")
    }
}
