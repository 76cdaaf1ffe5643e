/// An n-dimensional array: a shape and strides over shared storage.
///
/// A value by convention: no operation here changes an existing array's elements except those
/// whose name says so (`withUnsafeMutableBytes`). Views share storage with what they view.
public struct NDArray: Sendable {
    /// The memory that the elements lie in, shared with other views of it.
    package internal(set) var storage: Storage
    /// The type of the elements.
    public let dtype: DType
    /// The sizes of the dimensions; empty for a scalar.
    public let shape: Shape
    /// Steps between neighbours along each axis, in elements; 0 where broadcast.
    public let strides: Shape
    /// The first element's position in the storage, in elements.
    public let offset: Int
    /// The number of elements.
    public let count: Int
    /// Whether the elements lie in row-major order without gaps.
    public let isContiguous: Bool

    /// The number of dimensions.
    public var rank: Int { shape.rank }
    /// The bytes that the elements take without gaps.
    public var byteCount: Int { count * dtype.size }
    package var backend: any Backend { storage.backend }

    /// Whether another array is the same elements in memory.
    package func isSamePlace(as other: NDArray) -> Bool {
        storage === other.storage && offset == other.offset && strides == other.strides
            && shape == other.shape
    }
    /// Where the elements lie.
    public var device: Device { storage.backend.device }

    /// Uninitialized elements on a backend; whoever makes it fills it.
    package init(uninitialized shape: Shape, _ dtype: DType, on backend: any Backend) {
        let count = shape.elementCount
        let (byteCount, isTooLarge) = count.multipliedReportingOverflow(by: dtype.size)
        if isTooLarge { Shape.failCount(shape) }
        self.shape = shape
        self.dtype = dtype
        self.count = count
        strides = shape.contiguousStrides
        offset = 0
        isContiguous = true
        storage = Storage(byteCount: byteCount, backend: backend)
    }

    /// A view of `storage`. The caller vouches that every index lies inside it.
    package init(storage: Storage, dtype: DType, shape: Shape, strides: Shape, offset: Int) {
        self.storage = storage
        self.dtype = dtype
        self.shape = shape
        self.strides = strides
        self.offset = offset
        count = shape.elementCount
        isContiguous = NDArray.isContiguous(shape, strides)
    }

    /// An array without elements; new ones beside it are made on `backend`.
    package init(
        absent shape: Shape, _ dtype: DType, _ reason: AbsentBackend.Reason,
        beside backend: any Backend
    ) {
        let absent = AbsentBackend(reason, home: backend.home)
        // Never touched: every kernel of this backend fails before it looks.
        guard let nowhere = UnsafeMutableRawPointer(bitPattern: 64) else { absent.refuse() }
        storage = Storage(wrapping: nowhere, byteCount: 0, backend: absent, owner: absent)
        self.dtype = dtype
        self.shape = shape
        strides = Shape(repeating: 0, count: shape.rank)
        offset = 0
        count = shape.elementCount
        isContiguous = false
    }

    /// The address of the first element.
    package var pointer: UnsafeMutableRawPointer {
        storage.pointer + offset * dtype.size
    }
    /// The address of an element of a contiguous array.
    func pointer(at element: Int) -> UnsafeMutableRawPointer { pointer + element * dtype.size }

    /// Bytes on the CPU from the start of a contiguous array.
    public func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try withHostBytes(of: dtype, body)
    }

    /// The bytes, on the CPU, of the elements converted to a dtype.
    func withHostBytes<R>(
        of dtype: DType, _ body: (UnsafeRawBufferPointer) throws -> R
    ) rethrows -> R {
        let source = Recorder.reading(self) {
            cast(to: dtype).contiguous().on(CPUBackend.shared)
        }
        defer { withExtendedLifetime(source.storage) {} }
        source.backend.synchronize()
        return try body(UnsafeRawBufferPointer(start: source.pointer, count: source.byteCount))
    }

    /// Writable bytes of a contiguous array on the CPU. Unsafe: views change too, and the caller
    /// sees to it that nobody else reads or writes the elements meanwhile, on another thread for
    /// instance.
    public func withUnsafeMutableBytes<R>(
        _ body: (UnsafeMutableRawBufferPointer) throws -> R
    ) rethrows -> R {
        guard isContiguous, backend === CPUBackend.shared else {
            fail("withUnsafeMutableBytes", "needs a contiguous array on the CPU")
        }
        guard storage.isOwned else {
            fail(
                "withUnsafeMutableBytes", "this array maps a file and can't be written",
                hint: "write to a copy()")
        }
        storage.version &+= 1
        if Recorder.mayBeOpen { Recorder.current?.refuse("it writes elements on the host") }
        defer { withExtendedLifetime(storage) {} }
        return try body(UnsafeMutableRawBufferPointer(start: pointer, count: byteCount))
    }

    @usableFromInline static func isContiguous(_ shape: Shape, _ strides: Shape) -> Bool {
        var step = 1
        var axis = shape.rank - 1
        while axis >= 0 {
            let size = shape[axis]
            if size == 0 { return true }
            if size != 1 && strides[axis] != step { return false }
            step &*= size
            axis -= 1
        }
        return true
    }
}
