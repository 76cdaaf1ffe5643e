package import Tensor

// What elements must be. It is asked where they can be read without changing what is recorded: not
// in `vmap`, and not while a step is captured.

extension Tensor {
    /// These integers in int64, each of which must lie in 0...limit: another one ends the program,
    /// with a sentence on a problem of an operation, when the device comes to it.
    package final func within(
        _ limit: Int, _ operation: StaticString, _ problem: StaticString
    ) -> Tensor {
        let isOutside = (self .< 0).logicalOr(self .> limit)
        return cast(to: .int64) + Requirement(operation, problem)(isOutside.cast(to: .int64))
    }

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
