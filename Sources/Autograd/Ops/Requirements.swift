package import Tensor

// What elements must be. The device says so when it comes to them, in `vmap` and in replays of a
// captured step too.

extension Tensor {
    /// These integers in int64, each of which must lie in 0...limit: another one ends the program,
    /// with a sentence on a problem of an operation, when the device comes to it.
    package final func within(
        _ limit: Int, _ operation: StaticString, _ problem: StaticString
    ) -> Tensor {
        let isOutside = (self .< 0).logicalOr(self .> limit)
        return cast(to: .int64) + Requirement(operation, problem)(isOutside.cast(to: .int64))
    }

    /// Ends the program where a condition fails for an element, when the device comes to it.
    package final func require(
        _ operation: StaticString, _ problem: StaticString, _ condition: (Tensor) -> Tensor
    ) {
        noGrad {
            _ = Requirement(operation, problem)(
                condition(detach()).logicalNot().cast(to: .int64))
        }
    }
}
