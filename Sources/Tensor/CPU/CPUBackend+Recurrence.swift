internal import CKernels

extension CPUBackend {
    /// All steps of a recurrent layer, some rows of the batch at a time.
    @inline(never)
    func recurrence(
        _ rule: RecurrenceRule, _ x: NDArray, weight: NDArray, _ list: [NDArray],
        into out: NDArray
    ) {
        var plan = ft_recurrence(rule, out, weight)
        var list = list[...]
        func next() -> UnsafeRawPointer? { list.popFirst().map { UnsafeRawPointer($0.pointer) } }
        plan.initial = next()
        if rule.kind == .lstm { plan.initial_cell = next() }
        if rule.hasBias { plan.bias = next() }
        if let projection = rule.projection {
            plan.inputs = Int64(projection.inputs)
            plan.x = UnsafeRawPointer(x.pointer)
            plan.input_weight = next()
            if projection.hasBias { plan.input_bias = next() }
        } else {
            plan.projections = UnsafeRawPointer(x.pointer)
        }
        plan.setLengths(list.popFirst())
        parallelRows(rule, plan) { kernels.recurrence($0, $1, $2, $3) }
    }

    /// The gradients of all that a recurrent layer was given, but those by weights.
    @inline(never)
    func recurrenceBackward(
        _ rule: RecurrenceRule, _ made: NDArray, weight: NDArray, lengths: NDArray?,
        _ gradient: NDArray, into out: NDArray
    ) {
        var plan = ft_recurrence(rule, made, weight)
        plan.setLengths(lengths)
        plan.setGradients(rule, gradient, into: out)
        parallelRows(rule, plan) { kernels.recurrence_backward($0, $1, $2, $3) }
    }

    /// Calls `body` with some rows of the batch at a time, and with memory for packed weights.
    private func parallelRows(
        _ rule: RecurrenceRule, _ plan: ft_recurrence,
        _ body: (UnsafePointer<ft_recurrence>, Int64, Int64, UnsafeMutableRawPointer?) -> Void
    ) {
        withUnsafePointer(to: plan) { plan in
            parallel(rule.batch, grain: grain(rule)) { begin, end in
                let space = Int(ft_recurrence_space(plan, end - begin))
                let memory = space > 0 ? allocate(byteCount: space) : nil
                body(plan, begin, end, memory)
                if let memory { deallocate(memory, byteCount: space) }
            }
        }
    }

    /// Rows that one thread takes, so that weights read from cache serve several.
    private func grain(_ rule: RecurrenceRule) -> Int {
        let work = rule.steps * rule.kind.parts * rule.width * rule.width
        let even = (rule.batch + pool.threads - 1) / pool.threads
        return max(min(even, 96), min(12, rule.batch), (1 << 18) / max(1, work))
    }
}

extension ft_recurrence {
    /// Over what the forward pass gives.
    fileprivate init(_ rule: RecurrenceRule, _ made: NDArray, _ weight: NDArray) {
        self.init()
        dtype = made.dtype.rawValue
        kind = rule.kind.code
        reversed = rule.isReversed
        steps = Int64(rule.steps)
        batch = Int64(rule.batch)
        width = Int64(rule.width)
        parts = Int64(rule.kind.parts)
        self.weight = UnsafeRawPointer(weight.pointer)
        states = made.pointer
        cells = made.pointer(at: rule.stateCount)
        gates = made.pointer(at: rule.gatesPlace)
        inner = made.pointer(at: rule.innerPlace)
    }

    fileprivate mutating func setLengths(_ array: NDArray?) {
        lengths = array.map { UnsafePointer($0.pointer.assumingMemoryBound(to: Int64.self)) }
    }

    /// Gradients by states, and where those go that are made of them.
    fileprivate mutating func setGradients(
        _ rule: RecurrenceRule, _ gradient: NDArray, into out: NDArray
    ) {
        ends = rule.givesEnds
        d_states = UnsafeRawPointer(gradient.pointer)
        d_cells = UnsafeRawPointer(gradient.pointer(at: gradient.count / rule.kind.states))
        d_projections = out.pointer
        d_inner = out.pointer(at: rule.throughPlace)
        d_initial = out.pointer(at: rule.firstStatePlace)
        d_initial_cell = out.pointer(at: rule.firstCellPlace)
    }
}
