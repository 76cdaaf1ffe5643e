/// The sizes of an array's dimensions, or its strides, held inline: no heap allocation.
///
/// At most eight dimensions; more trap with a sentence.
public struct Shape: Sendable, RandomAccessCollection, MutableCollection,
    ExpressibleByArrayLiteral
{
    public static let maximumRank = 8

    @usableFromInline var dimensions: InlineArray<8, Int>
    @usableFromInline var rankStorage: Int

    /// The number of dimensions; 0 for a scalar.
    @inlinable public var rank: Int { rankStorage }
    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { rankStorage }
    @inlinable public var count: Int { rankStorage }

    /// The shape of a scalar.
    @inlinable public init() {
        dimensions = InlineArray(repeating: 0)
        rankStorage = 0
    }

    @inlinable public init(repeating value: Int, count: Int) {
        if count < 0 || count > Shape.maximumRank { Shape.failRank(count) }
        dimensions = InlineArray(repeating: value)
        rankStorage = count
    }

    @inlinable public init(_ values: some Collection<Int>) {
        self.init(repeating: 0, count: values.count)
        var axis = 0
        for value in values {
            dimensions[axis] = value
            axis += 1
        }
    }

    public init(arrayLiteral elements: Int...) { self.init(elements) }

    @inlinable public subscript(axis: Int) -> Int {
        get {
            check(axis)
            return dimensions[axis]
        }
        set {
            check(axis)
            dimensions[axis] = newValue
        }
    }

    @inlinable func check(_ axis: Int) {
        if axis < 0 || axis >= rankStorage { failAxis(axis, "shape") }
    }

    /// The product of the dimensions; 1 for a scalar.
    @inlinable public var elementCount: Int {
        var product = 1
        for axis in 0..<rankStorage {
            let (value, overflow) = product.multipliedReportingOverflow(by: dimensions[axis])
            if overflow || dimensions[axis] < 0 { Shape.failCount(self) }
            product = value
        }
        return product
    }

    /// Strides, in elements, of a contiguous row-major array of this shape.
    @inlinable public var contiguousStrides: Shape {
        var result = self
        var step = 1
        var axis = rankStorage - 1
        while axis >= 0 {
            result.dimensions[axis] = step
            step &*= Swift.max(dimensions[axis], 1)
            axis -= 1
        }
        return result
    }

    @inlinable public mutating func append(_ value: Int) {
        if rankStorage == Shape.maximumRank { Shape.failRank(rankStorage + 1) }
        dimensions[rankStorage] = value
        rankStorage += 1
    }

    public func appending(_ value: Int) -> Shape {
        var result = self
        result.append(value)
        return result
    }

    public func removing(at axis: Int) -> Shape {
        check(axis)
        var result = Shape()
        for index in 0..<rankStorage where index != axis { result.append(dimensions[index]) }
        return result
    }

    public func inserting(_ value: Int, at axis: Int) -> Shape {
        if axis != rankStorage { check(axis) }
        var result = Shape()
        for index in 0...rankStorage {
            if index == axis { result.append(value) }
            if index < rankStorage { result.append(dimensions[index]) }
        }
        return result
    }

    public func replacing(_ axis: Int, with value: Int) -> Shape {
        var result = self
        result[axis] = value
        return result
    }

    /// Turns a possibly negative axis into 0..<rank, or traps.
    public func axis(_ axis: Int, _ operation: String) -> Int {
        let resolved = axis < 0 ? axis + rankStorage : axis
        guard resolved >= 0, resolved < rankStorage else { failAxis(axis, operation) }
        return resolved
    }

    /// The shape that both broadcast to by the NumPy rule, or nil where they don't match.
    @inlinable public static func broadcast(_ a: Shape, _ b: Shape) -> Shape? {
        if a == b { return a }
        let rank = Swift.max(a.rankStorage, b.rankStorage)
        var result = Shape(repeating: 1, count: rank)
        for axis in 0..<rank {
            let fromA = axis - (rank - a.rankStorage)
            let fromB = axis - (rank - b.rankStorage)
            let x = fromA >= 0 ? a.dimensions[fromA] : 1
            let y = fromB >= 0 ? b.dimensions[fromB] : 1
            guard x == y || x == 1 || y == 1 else { return nil }
            result.dimensions[axis] = x == 1 ? y : x
        }
        return result
    }

    @usableFromInline func failAxis(_ axis: Int, _ operation: String) -> Never {
        fail(
            operation, "axis \(axis) is out of range for shape \(self)",
            hint: rankStorage == 0
                ? "a scalar has no axes"
                : "axes run from \(-rankStorage) to \(rankStorage - 1)")
    }

    @usableFromInline static func failRank(_ rank: Int) -> Never {
        if rank < 0 { fail("shape", "there are no \(rank) dimensions") }
        fail("shape", "\(rank) dimensions are more than the \(maximumRank) supported")
    }

    @usableFromInline static func failCount(_ shape: Shape) -> Never {
        if shape.contains(where: { $0 < 0 }) { fail("shape", "\(shape) has a negative size") }
        fail("shape", "\(shape) has more elements than an Int can count")
    }
}

extension Shape: Hashable {
    @inlinable public static func == (a: Shape, b: Shape) -> Bool {
        guard a.rankStorage == b.rankStorage else { return false }
        for axis in 0..<a.rankStorage where a.dimensions[axis] != b.dimensions[axis] {
            return false
        }
        return true
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(rankStorage)
        for axis in 0..<rankStorage { hasher.combine(dimensions[axis]) }
    }
}

extension Shape: CustomStringConvertible {
    public var description: String { "[" + map(String.init).joined(separator: ", ") + "]" }
}
