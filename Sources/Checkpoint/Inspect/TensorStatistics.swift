/// What the elements of one tensor look like; NaN and infinities are counted and left out of the
/// rest.
public struct TensorStatistics: Sendable, Equatable {
    /// The smallest finite element; NaN when there is none.
    public private(set) var minimum = Double.nan
    /// The mean of the finite elements; NaN when there is none.
    public private(set) var mean = Double.nan
    /// The largest finite element; NaN when there is none.
    public private(set) var maximum = Double.nan
    /// The standard deviation (of the whole, not of a sample) of the finite elements.
    public private(set) var deviation = Double.nan
    /// Elements in all.
    public private(set) var count = 0
    /// Elements that are zero.
    public private(set) var zeros = 0
    /// Elements that are NaN.
    public private(set) var nans = 0
    /// Elements that are infinite.
    public private(set) var infinities = 0
    /// Finite elements in eight equal intervals from minimum to maximum.
    public private(set) var histogram = [Int](repeating: 0, count: 8)

    /// Whether there is no NaN and no infinity.
    public var isFinite: Bool { nans == 0 && infinities == 0 }

    /// The histogram as eight characters, lowest for none.
    public var bars: String {
        let largest = histogram.max() ?? 0
        let marks = Array("▁▂▃▄▅▆▇█")
        return String(
            histogram.map { count in
                count == 0 ? marks[0] : marks[max(1, (count * 7 + largest - 1) / largest)]
            })
    }

    /// Hands over all elements, as pieces of memory that hold elements of a type.
    package typealias Source = ((SafetensorsType, UnsafeRawBufferPointer) -> Void) throws -> Void

    /// Of one piece; nil for types that can't be read one by one.
    init?(_ type: SafetensorsType, _ bytes: UnsafeRawBufferPointer) {
        guard ElementDecoder.reads(type) else { return nil }
        self.init { $0(type, bytes) }
    }

    /// Reads the elements twice, in blocks.
    package init(_ source: Source) rethrows {
        var sum = 0.0
        var (low, high) = (Double.infinity, -Double.infinity)
        try source { type, bytes in
            ElementDecoder.forEachBlock(type, bytes) { block in
                for value in block {
                    if value.isFinite {
                        sum += value
                        low = min(low, value)
                        high = max(high, value)
                        if value == 0 { zeros += 1 }
                    } else if value.isNaN {
                        nans += 1
                    } else {
                        infinities += 1
                    }
                }
                count += block.count
            }
        }
        let finite = count - nans - infinities
        guard finite > 0 else { return }
        minimum = low
        maximum = high
        // A sum beyond the range of doubles must not lose a mean that is within it.
        mean = sum.isFinite ? sum / Double(finite) : low / 2 + high / 2
        try spread(source, finite)
    }

    private mutating func spread(_ source: Source, _ finite: Int) rethrows {
        var squares = 0.0
        var bins = histogram
        // Halved, so that the width of the whole range of doubles is still a double.
        let width = maximum / 2 - minimum / 2
        try source { type, bytes in
            ElementDecoder.forEachBlock(type, bytes) { block in
                for value in block where value.isFinite {
                    let distance = value - mean
                    squares += distance * distance
                    let place = width > 0 ? (value / 2 - minimum / 2) / width * 8 : 0
                    bins[min(Int(place), 7)] += 1
                }
            }
        }
        histogram = bins
        deviation = (squares / Double(finite)).squareRoot()
    }
}
