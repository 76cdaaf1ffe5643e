// What a step does with its inputs, of which it is given copies while it is recorded.
extension Recorder {
    /// The refusal of a step that changes what it is given.
    package static let writesInput =
        "it writes into an input; return what is new, or keep it in a tensor of its own"

    /// Gives the copies what was written into the inputs by another name.
    func refreshInputs() {
        guard isInputStale else { return }
        isInputStale = false
        Recorder.unrecorded {
            for (original, copy) in inputs {
                let version = copy.storage.version
                copy.assign(original)
                copy.storage.version = version
            }
        }
    }

    /// Notes that a storage is about to be changed.
    func noteChange(of storage: Storage) {
        guard inputs.contains(where: { $0.original.storage === storage }) else { return }
        postpone("it changes an input by another name")
        isInputStale = true
    }

    /// Gives the inputs what was written into their copies.
    func writeBack() {
        // Copying was the first change.
        for (original, copy) in inputs where copy.storage.version > 1 {
            refuse(Recorder.writesInput)
            original.assign(copy)
        }
    }

    /// Refuses what would go on with the copy of an input after the step.
    func refuseInputsLeft() {
        let isLeft = notes.gradients.contains { _, gradient in
            guard let storage = gradient?.data.storage else { return false }
            return inputs.contains { $0.copy.storage === storage }
        }
        if isLeft { refuse("it leaves an input, or a view of one, as a gradient; give it a copy") }
    }
}
