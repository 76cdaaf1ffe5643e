internal import CKernels

// What a step of an optimizer asks of its arrays.
extension Kernel {
    func checkUpdate(
        _ rule: OptimizerRule, _ arrays: [NDArray], _ numbers: NDArray, _ clip: NDArray?,
        _ gate: NDArray?
    ) {
        let width = 2 + rule.slots
        hasType(numbers, .float64)
        require(
            numbers.isContiguous && numbers.count == Int(FT_RULE_NUMBERS)
                && arrays.count.isMultiple(of: width), "the rule's numbers and arrays", [numbers])
        if let clip {
            hasType(clip, .float64)
            require(
                clip.isContiguous && (clip.count == 1 || clip.count == arrays.count / width),
                "one number to clip by, or one a parameter", [clip])
        }
        if let gate {
            isBool(gate)
            require(gate.count == 1, "one bool as gate", [gate])
        }
        // By index, for a loop over elements copies each.
        for index in arrays.indices {
            let start = index - index % width
            agree(arrays[start], arrays[index])
            require(
                arrays[index].isContiguous && arrays[index].shape == arrays[start].shape
                    && arrays[index].dtype.isWide,
                "a parameter with a gradient and states like it", [arrays[start], arrays[index]])
            if rule.changes(at: index), !arrays[index].storage.isOwned { failForeign() }
        }
        checkApart(arrays, every: width)
    }

    /// Whether no two of the parameters, which are contiguous, share memory, nor one with the
    /// gradient of another.
    private func checkApart(_ arrays: [NDArray], every width: Int) {
        // For a few, comparing is cheaper than a set.
        if arrays.count > 64 * width {
            let storages = stride(from: 0, to: arrays.count, by: width).map {
                ObjectIdentifier(arrays[$0].storage)
            }
            let all = Set(storages)
            let isApart = stride(from: 1, to: arrays.count, by: width).allSatisfy {
                arrays[$0].storage === arrays[$0 - 1].storage
                    || !all.contains(ObjectIdentifier(arrays[$0].storage))
            }
            if all.count == storages.count, isApart { return }
        }
        for first in stride(from: 0, to: arrays.count, by: width) {
            for second in stride(from: first + width, to: arrays.count, by: width)
            where arrays[first].storage === arrays[second].storage
                && arrays[first].overlaps(arrays[second])
            {
                fail(
                    name,
                    "two parameters, of shapes \(arrays[first].shape) and "
                        + "\(arrays[second].shape), share memory",
                    hint: "copy() the data of one, or use one parameter in both places")
            }
        }
        for first in stride(from: 0, to: arrays.count, by: width) {
            for second in stride(from: 0, to: arrays.count, by: width)
            where first != second && arrays[first].storage === arrays[second + 1].storage
                && arrays[first].overlaps(arrays[second + 1])
            {
                fail(
                    name,
                    "a parameter of shape \(arrays[first].shape) shares memory with the gradient "
                        + "of another, which would be read after its change",
                    hint: "copy() the gradient")
            }
        }
    }
}

extension NDArray {
    /// Whether two contiguous arrays of one storage have elements in common.
    fileprivate func overlaps(_ other: NDArray) -> Bool {
        offset < other.offset + other.count && other.offset < offset + count
    }
}
