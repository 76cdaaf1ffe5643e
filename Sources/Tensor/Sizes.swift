internal import FTSupport

// Sizes are computed from what a caller says, which may be anything. Where they leave the range of
// Int they stop at its end, and whoever checks the size next says what is wrong.
extension Int {
    /// The sum, or the end of the range that it lies beyond.
    package func plus(_ other: Int) -> Int {
        let (sum, isBeyond) = addingReportingOverflow(other)
        return isBeyond ? (other < 0 ? .min : .max) : sum
    }

    /// The product, or the end of the range that it lies beyond.
    package func times(_ other: Int) -> Int {
        let (product, isBeyond) = multipliedReportingOverflow(by: other)
        return isBeyond ? ((self < 0) == (other < 0) ? .max : .min) : product
    }

    /// The number without its sign; the largest Int of the smallest.
    package var size: Int { Int(clamping: magnitude) }
}

/// The bytes of memory that this process may use.
enum HostMemory {
    static let byteCount = Machine.memory
}

/// Stops if a list of so many things of `bytes` bytes each is more than the machine can hold.
package func failUnlessHeld(
    _ operation: String, _ count: Int, _ things: String, bytes: Int, hint: String? = nil
) {
    if count.times(bytes) <= HostMemory.byteCount { return }
    let number = count == .max ? "more \(things) than an Int can count" : "\(count) \(things)"
    fail(operation, "\(number) don't fit into this machine's memory", hint: hint)
}
