import FTSupport
public import Tensor

/// N examples: row i of the inputs belongs to row i of the targets. There may be several inputs, of
/// shapes and dtypes of their own.
///
/// The rows lie in memory, in the dtype they were stored in, or are read from files as they are
/// needed.
public final class Dataset: Sendable {
    enum Source: Sendable {
        case memory(NDArray)
        case stream(any RowReader)
    }

    /// What messages call it: the file and the paths inside it.
    public let name: String
    /// What messages call each of the inputs: the file and the path inside it.
    package let inputNames: [String]
    /// What messages call the targets.
    package let targetName: String
    /// The number of examples.
    public let count: Int
    /// Whether all rows are held in memory.
    public let isInMemory: Bool
    let inputs: [Source]
    let targets: Source
    /// Where row 0 lies in the sources, if the rows follow one another there.
    let start: Int
    /// The rows of the file that these are, in order; nil where they follow one another.
    let picked: [Int]?
    /// How many neighbouring rows hold the same elements, those of a text, one place apart.
    let overlap: Int
    /// How many rows an epoch of training draws; nil where it visits each once.
    let drawn: Int?

    init(
        name: String, inputs: [Source], named inputNames: [String], targets: Source,
        named targetName: String, rows: Range<Int>, overlap: Int = 1, drawn: Int? = nil,
        picked: [Int]? = nil
    ) {
        self.overlap = overlap
        self.picked = picked
        self.drawn = drawn
        self.name = name
        self.inputNames = inputNames
        self.targetName = targetName
        self.inputs = inputs
        self.targets = targets
        start = rows.lowerBound
        count = rows.count
        isInMemory = (inputs + [targets]).allSatisfy { source in
            if case .memory = source { true } else { false }
        }
    }

    /// Examples in the CPU's memory: both arrays have N rows.
    ///
    /// Throws where the row counts differ or are 0.
    public convenience init(inputs: NDArray, targets: NDArray, name: String = "data") throws {
        try self.init(inputs: [inputs], targets: targets, name: name)
    }

    /// Examples of several inputs in memory: all arrays have N rows.
    ///
    /// Throws where the row counts differ or are 0, or there is no input.
    public convenience init(inputs: [NDArray], targets: NDArray, name: String = "data") throws {
        guard !inputs.isEmpty else { throw DataError(name, "there are no inputs") }
        guard (inputs + [targets]).allSatisfy({ $0.rank > 0 }) else {
            throw DataError(
                name, "inputs and targets need a first axis that counts the examples")
        }
        for input in inputs { try Dataset.checkCounts(name, input.shape[0], targets.shape[0]) }
        let inputNames = inputs.indices.map {
            "\(name): inputs" + (inputs.count > 1 ? " \($0)" : "")
        }
        self.init(
            name: name, inputs: inputs.map { .memory($0.on(.cpu).contiguous()) },
            named: inputNames, targets: .memory(targets.on(.cpu).contiguous()),
            named: "\(name): targets", rows: 0..<targets.shape[0])
    }

    static func checkCounts(_ name: String, _ inputs: Int, _ targets: Int) throws {
        guard inputs == targets else {
            throw DataError(
                name,
                "\(Format.grouped(inputs)) inputs but \(Format.grouped(targets)) targets; each input needs one"
                    + " target")
        }
        guard inputs > 0 else {
            throw DataError(name, "there are no examples; fill it or name another dataset")
        }
    }

    /// The shapes of one example of each input.
    public var inputShapes: [Shape] { inputs.map(\.rowShape) }
    /// The dtypes of the inputs as they are stored.
    public var inputDTypes: [DType] { inputs.map(\.dtype) }
    /// The shape of one target; empty where it is one number.
    public var targetShape: Shape { targets.rowShape }
    /// The dtype of the targets as they are stored.
    public var targetDType: DType { targets.dtype }

    /// Bytes of all rows in memory.
    public var byteCount: Int { count * rowBytes }

    /// Bytes of one example.
    var rowBytes: Int { inputs.reduce(targets.rowBytes) { $0 + $1.rowBytes } }

    /// A range of the examples, sharing what this holds.
    public func subset(_ rows: Range<Int>) -> Dataset {
        guard rows.lowerBound >= 0, rows.upperBound <= count, !rows.isEmpty else {
            fail("dataset", "\(rows) is not a range of the \(count) examples")
        }
        return Dataset(
            name: name, inputs: inputs, named: inputNames, targets: targets, named: targetName,
            rows: start + rows.lowerBound..<start + rows.upperBound, overlap: overlap,
            drawn: drawn, picked: picked.map { Array($0[rows]) })
    }

    /// The examples in order cut in two, the second part being the given share, for validation.
    ///
    /// Throws where a part would be empty.
    public func split(second share: Double) throws -> (first: Dataset, second: Dataset) {
        let size = share > 0 && share < 1 ? Int((Double(count) * share).rounded()) : 0
        guard size > 0, size < count else { throw unsplittable(share) }
        return (subset(0..<count - size), subset(count - size..<count))
    }

    func unsplittable(_ share: Double) -> DataError {
        DataError(
            name,
            "\(Format.grouped(count)) examples can't be split with a share of \(share);"
                + " use a share between 0 and 1 that leaves some on both sides")
    }

    /// The examples of a range, untransformed.
    public func read(_ rows: Range<Int>) throws -> (inputs: [NDArray], targets: NDArray) {
        (try readInputs(rows), try readTargets(rows))
    }

    package func readInputs(_ rows: Range<Int>) throws -> [NDArray] {
        try inputs.map { try read($0, [rows]) }
    }

    package func readTargets(_ rows: Range<Int>) throws -> NDArray { try read(targets, [rows]) }

    /// Ranges of the examples of one source, one after the other.
    func read(_ source: Source, _ ranges: [Range<Int>]) throws -> NDArray {
        if let picked, case .stream(let rows) = source {
            return try rows.read(rows: ranges.flatMap { picked[$0] })
        }
        return try source.read(ranges.map { start + $0.lowerBound..<start + $0.upperBound })
    }

    /// Which row of the file an example is.
    package func storedRow(_ example: Int) -> Int { picked?[example] ?? start + example }
}

extension Dataset.Source {
    var shape: Shape {
        switch self {
        case .memory(let array): array.shape
        case .stream(let rows): rows.shape
        }
    }

    var dtype: DType {
        switch self {
        case .memory(let array): array.dtype
        case .stream(let rows): rows.dtype
        }
    }

    var rowShape: Shape { shape.removing(at: 0) }
    var rowBytes: Int { rowShape.elementCount * dtype.size }

    /// Ranges of rows, one after the other. In memory, one range is a view.
    func read(_ ranges: [Range<Int>]) throws -> NDArray {
        switch self {
        case .memory(let array):
            if ranges.count == 1 {
                return array.slice(axis: 0, start: ranges[0].lowerBound, count: ranges[0].count)
            }
            return array.gather(NDArray(ranges.flatMap { $0 }))
        case .stream(let rows): return try rows.read(ranges: ranges)
        }
    }
}
