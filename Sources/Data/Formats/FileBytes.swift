import Glibc

/// The bytes of a file, mapped into memory for as long as this lives.
final class FileBytes {
    let path: String
    let bytes: UnsafeRawBufferPointer

    /// Throws where the file can't be read.
    init(_ path: String) throws {
        self.path = path
        let size = try fileSize(path)
        guard size > 0 else { throw DataError(path, "the file is empty; make it again") }
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw DataError(path, "can't be opened: \(systemError())") }
        defer { close(descriptor) }
        let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let address, address != MAP_FAILED else {
            throw DataError(path, "can't be read: \(systemError())")
        }
        bytes = UnsafeRawBufferPointer(start: address, count: size)
    }

    deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }
}

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
