extension NDArray {
    /// All that a recurrent layer makes of these projections or inputs, flat.
    ///
    /// - Parameters:
    ///   - weight: W, [parts · width, width].
    ///   - others: the first state, of an LSTM the first cell, the bias, V [parts · width, inputs]
    ///     with its bias if these are inputs, and the lengths.
    package func recurrence(
        _ rule: RecurrenceRule, _ weight: NDArray, _ others: [NDArray]
    ) -> NDArray {
        let out = NDArray(uninitialized: [rule.count], dtype, on: backend)
        let turned = weight.transpose(0, 1).contiguous()
        let list = ArrayList(
            others.enumerated().map { index, array in
                let given = index == rule.inputWeightIndex ? array.transpose(0, 1) : array
                return given.contiguous()
            })
        Kernel.recurrence(rule, list).run(contiguous(), turned, into: out)
        return out
    }

    /// The gradients of a recurrent layer that gave this, flat, from those by its states.
    package func recurrenceBackward(
        _ rule: RecurrenceRule, _ weight: NDArray, _ gradient: NDArray, lengths: NDArray?
    ) -> NDArray {
        let out = NDArray(uninitialized: [rule.gradientCount], dtype, on: backend)
        let list = ArrayList(lengths.map { [$0.contiguous()] } ?? [])
        Kernel.recurrenceBackward(rule, list).run(
            self, weight.contiguous(), gradient.contiguous(), into: out)
        return out
    }
}
