package import Tensor

// What elements must be. It is asked where they can be read without changing what is recorded: not
// in `vmap`, and not while a step is captured.

extension Tensor {
    /// Traps where a condition fails for an element.
    package final func require(
        _ operation: String, _ problem: String, hint: String? = nil,
        _ condition: (Tensor) -> Tensor
    ) {
        guard trace == nil, Recorder.current == nil else { return }
        let holds = noGrad { condition(detach()).all().item != 0 }
        if !holds { fail(operation, problem, hint: hint) }
    }
}
