import Tensor

/// Bytes in the order of the other kind of machine, element by element.
func swapBytes(_ bytes: UnsafeMutableRawBufferPointer, elementSize: Int) {
    guard elementSize > 1 else { return }
    for start in stride(from: 0, to: bytes.count - elementSize + 1, by: elementSize) {
        for index in 0..<elementSize / 2 {
            bytes.swapAt(start + index, start + elementSize - 1 - index)
        }
    }
}

/// The product of sizes and an element's bytes, or nil where an Int can't hold it.
func byteCount(_ sizes: [Int], elementSize: Int) -> Int? {
    var product = elementSize
    for size in sizes {
        // Strides of an empty array must be countable, too.
        let (next, overflow) = product.multipliedReportingOverflow(by: max(size, 1))
        if overflow { return nil }
        product = next
    }
    return sizes.contains(0) ? 0 : product
}

extension NDArray {
    /// The elements of `dtype` that lie at `bytes` in this machine's order.
    init(copying bytes: UnsafeRawBufferPointer, _ shape: Shape, _ dtype: DType) {
        self.init(uninitialized: shape, dtype, on: CPUBackend.shared)
        withUnsafeMutableBytes { $0.copyMemory(from: .init(rebasing: bytes[..<$0.count])) }
    }
}
