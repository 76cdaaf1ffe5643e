internal import CUDA
internal import CUDAKernels

// Recurrent layers: in one launch, or where W is too large for a block to read it at every step in
// two for each step, a product with W and the functions of its gates.
extension CUDABackend {
    func recurrence(
        _ rule: RecurrenceRule, _ x: NDArray, weight: NDArray, _ list: [NDArray], into out: NDArray
    ) throws(CUDAProblem) {
        var list = list
        let projections = try projected(rule, x, &list)
        var arguments = planned(rule, out, weight)
        var rest = list[...]
        func next() -> UnsafeRawPointer? { rest.popFirst().map { UnsafeRawPointer($0.pointer) } }
        arguments.projections = UnsafeRawPointer(projections.pointer)
        arguments.initial = next()
        if rule.kind == .lstm { arguments.initial_cell = next() }
        if rule.hasBias { arguments.bias = next() }
        arguments.setLengths(rest.popFirst())
        if arguments.rows > 0 {
            try context.launch(FT_KERNEL_recurrence, arguments)
        } else {
            try runSteps(rule, weight, &arguments, into: out)
        }
        withExtendedLifetime(projections) {}
    }

    /// The projections of a layer's inputs, as a product of their own; what that takes leaves the
    /// list.
    private func projected(
        _ rule: RecurrenceRule, _ x: NDArray, _ list: inout [NDArray]
    ) throws(CUDAProblem) -> NDArray {
        guard let projection = rule.projection, let index = rule.inputWeightIndex else { return x }
        let weight = list.remove(at: index)
        let bias = projection.hasBias ? list.remove(at: index) : nil
        let rows = rule.steps * rule.batch
        let out = NDArray(uninitialized: [rows, weight.shape[1]], x.dtype, on: self)
        try matmul(
            x.reshape([rows, projection.inputs]), weight, bias: bias, relu: false, mayRound: false,
            into: out)
        return out
    }

    private func planned(
        _ rule: RecurrenceRule, _ made: NDArray, _ weight: NDArray
    ) -> ft_cuda_recurrence {
        var arguments = ft_cuda_recurrence(rule, made, weight)
        ft_cuda_recurrence_plan(&arguments, Int64(context.info.processors))
        return arguments
    }

    private func runSteps(
        _ rule: RecurrenceRule, _ weight: NDArray, _ arguments: inout ft_cuda_recurrence,
        into out: NDArray
    ) throws(CUDAProblem) {
        for number in 0...rule.steps {
            if number > 0 {
                let step = rule.step(number - 1)
                let state = rule.rows(rule.start(of: step), rule.width, of: out, from: 0)
                let gates = rule.rows(
                    step, rule.kind.parts * rule.width, of: out, from: rule.gatesPlace)
                try multiply(state, weight, into: gates)
            }
            arguments.number = Int64(number)
            try context.launch(FT_KERNEL_recurrence_step, arguments)
        }
    }

    func recurrenceBackward(
        _ rule: RecurrenceRule, _ made: NDArray, weight: NDArray, lengths: NDArray?,
        _ gradient: NDArray, into out: NDArray
    ) throws(CUDAProblem) {
        var arguments = planned(rule, made, weight)
        arguments.setLengths(lengths)
        arguments.setGradients(rule, gradient, into: out)
        if arguments.rows > 0 {
            try context.launch(FT_KERNEL_recurrence_backward, arguments)
        } else {
            try runStepsBackward(rule, weight, &arguments, into: out)
        }
    }

    private func runStepsBackward(
        _ rule: RecurrenceRule, _ weight: NDArray, _ arguments: inout ft_cuda_recurrence,
        into out: NDArray
    ) throws(CUDAProblem) {
        let sums = NDArray(uninitialized: [rule.batch, rule.width], out.dtype, on: self)
        arguments.sums = UnsafeRawPointer(sums.pointer)
        for number in (0...rule.steps).reversed() {
            arguments.number = Int64(number)
            try context.launch(FT_KERNEL_recurrence_step_backward, arguments)
            if number == 0 { continue }
            let gates = rule.rows(
                rule.step(number - 1), rule.kind.parts * rule.width, of: out,
                from: rule.throughPlace)
            try multiply(gates, weight, into: sums)
        }
        withExtendedLifetime(sums) {}
    }

    private func multiply(
        _ rows: NDArray, _ weight: NDArray, into out: NDArray
    ) throws(CUDAProblem) {
        if out.count == 0 { return }
        try matmul(rows, weight, bias: nil, relu: false, mayRound: false, into: out)
    }
}

extension RecurrenceRule {
    /// Of arrays [steps or states, batch, width] from a place of a flat one on, one of the first
    /// axis: [batch, width].
    fileprivate func rows(
        _ index: Int, _ width: Int, of array: NDArray, from place: Int
    ) -> NDArray {
        array.view(
            [batch, width], [width, 1], offset: array.offset + place + index * batch * width)
    }
}

extension ft_cuda_recurrence {
    /// Over what the forward pass gives.
    fileprivate init(_ rule: RecurrenceRule, _ made: NDArray, _ weight: NDArray) {
        self.init()
        dtype = made.dtype.rawValue
        kind = rule.kind.code
        reversed = rule.isReversed ? 1 : 0
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
        ends = rule.givesEnds ? 1 : 0
        d_states = UnsafeRawPointer(gradient.pointer)
        d_cells = UnsafeRawPointer(gradient.pointer(at: gradient.count / rule.kind.states))
        d_projections = out.pointer
        d_inner = out.pointer(at: rule.throughPlace)
        d_initial = out.pointer(at: rule.firstStatePlace)
        d_initial_cell = out.pointer(at: rule.firstCellPlace)
    }
}
