/// The sizes of an array's dimensions, or its strides, held inline: no heap allocation.
///
/// At most eight dimensions; more trap with a sentence.
public struct Shape: Sendable, RandomAccessCollection, MutableCollection,
    ExpressibleByArrayLiteral
{
    /// The most dimensions that a shape can have.
    public static let maximumRank = 8

    @usableFromInline var dimensions: InlineArray<8, Int>
    @usableFromInline var rankStorage: Int

    /// The number of dimensions; 0 for a scalar.
    @inlinable public var rank: Int { rankStorage }
    /// Always 0.
    @inlinable public var startIndex: Int { 0 }
    /// The number of dimensions.
    @inlinable public var endIndex: Int { rankStorage }
    /// The number of dimensions, as a collection counts them; `elementCount` multiplies them.
    @inlinable public var count: Int { rankStorage }

    /// The shape of a scalar.
    @inlinable public init() {
        dimensions = InlineArray(repeating: 0)
        rankStorage = 0
    }

    /// `count` dimensions of one size; more than eight trap.
    @inlinable public init(repeating value: Int, count: Int) {
        if count < 0 || count > Shape.maximumRank { Shape.failRank(count) }
        dimensions = InlineArray(repeating: value)
        rankStorage = count
    }

    /// The sizes in order; more than eight trap.
    @inlinable public init(_ values: some Collection<Int>) {
        self.init(repeating: 0, count: values.count)
        var axis = 0
        for value in values {
            dimensions[axis] = value
            axis += 1
        }
    }

    /// The sizes in order, as in `[2, 3]`; more than eight trap.
    public init(arrayLiteral elements: Int...) { self.init(elements) }

    /// The size of a dimension, counted from 0; `axis(_:_:)` resolves negative ones.
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

    /// Adds a dimension behind the others; a ninth traps.
    @inlinable public mutating func append(_ value: Int) {
        if rankStorage == Shape.maximumRank { Shape.failRank(rankStorage + 1) }
        dimensions[rankStorage] = value
        rankStorage += 1
    }

    /// With a dimension behind the others.
    public func appending(_ value: Int) -> Shape {
        var result = self
        result.append(value)
        return result
    }

    /// Without the dimension `axis`, from 0; traps if there is none of that number.
    public func removing(at axis: Int) -> Shape {
        check(axis)
        var result = Shape()
        for index in 0..<rankStorage where index != axis { result.append(dimensions[index]) }
        return result
    }

    /// With a dimension in front of `axis`, from 0 to `rank`, where it becomes the last.
    public func inserting(_ value: Int, at axis: Int) -> Shape {
        if axis != rankStorage { check(axis) }
        var result = Shape()
        for index in 0...rankStorage {
            if index == axis { result.append(value) }
            if index < rankStorage { result.append(dimensions[index]) }
        }
        return result
    }

    /// With another size of the dimension `axis`, from 0.
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
    /// Whether rank and sizes are equal.
    @inlinable public static func == (a: Shape, b: Shape) -> Bool {
        guard a.rankStorage == b.rankStorage else { return false }
        for axis in 0..<a.rankStorage where a.dimensions[axis] != b.dimensions[axis] {
            return false
        }
        return true
    }

    /// Takes in rank and sizes.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(rankStorage)
        for axis in 0..<rankStorage { hasher.combine(dimensions[axis]) }
    }
}

extension Shape: CustomStringConvertible {
    /// The sizes in brackets, as in `[2, 3]`; `[]` for a scalar.
    public var description: String { "[" + map(String.init).joined(separator: ", ") + "]" }
}
