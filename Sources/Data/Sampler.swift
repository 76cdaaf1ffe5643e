import Tensor

/// Where a run stands in its data: all that a resumed run needs to go on with the same examples.
public struct SamplerState: Sendable, Hashable {
    /// Epochs that were completed.
    public var epoch: Int
    /// Examples of this epoch that were used.
    public var position: Int

    /// A place in an epoch; by default the very start.
    public init(epoch: Int = 0, position: Int = 0) {
        self.epoch = epoch
        self.position = position
    }
}

/// Decides the order of the examples in each epoch, from a seed and the epoch's number alone.
public struct Sampler: Sendable {
    /// How an epoch visits the examples.
    public enum Order: Sendable, Hashable {
        /// As they are stored.
        case sequential
        /// Every order equally likely.
        case shuffled
        /// Blocks of neighbouring rows in random order, and the rows of each `window` blocks that
        /// follow each other mixed: nearly as good, and read in large pieces.
        case blockwise(rows: Int, window: Int)
        /// Rows drawn from so many, each as likely as another every time.
        case drawn(from: Int)
        /// As many of each class as of another, rare ones again and again.
        case balanced(ClassRows)
    }

    /// The number of examples.
    public let count: Int
    /// How an epoch visits them.
    public let order: Order
    /// What all orders are drawn from.
    public let seed: UInt64

    /// An order of `count` examples for each epoch.
    public init(count: Int, order: Order, seed: UInt64) {
        self.count = count
        self.order = order
        self.seed = seed
    }

    /// The rows in the order in which an epoch visits them.
    public func rows(epoch: Int) -> [Int] {
        switch order {
        case .sequential: Array(0..<count)
        case .shuffled: random(epoch).permutation(count)
        case .drawn(let rows): Sampler.draws(count, from: rows, random(epoch))
        case .balanced(let classes): classes.visits(count, random(epoch))
        case .blockwise:
            windows(epoch: epoch).flatMap { window in
                let rows = window.blocks.flatMap { $0 }
                return window.order.map { rows[$0] }
            }
        }
    }

    /// Rows that are read together and mixed.
    struct Window {
        /// The position in the epoch of the first.
        let start: Int
        let blocks: [Range<Int>]
        /// How many of the rows are drawn; nil where each is visited once.
        var drawn: Int?
        /// What mixes the rows; nil where they stay in order.
        let random: Random?
        /// The order, where it follows from something else.
        var given: [Int]?

        var count: Int { drawn ?? rows }
        private var rows: Int { blocks.reduce(0) { $0 + $1.count } }
        /// Positions within the concatenated blocks, in visiting order.
        var order: [Int] {
            if let given { return given }
            guard let random else { return Array(0..<count) }
            if drawn != nil {
                return Sampler.draws(
                    count, from: rows, Random(seed: random.seed, stream: random.stream))
            }
            return Random(seed: random.seed, stream: random.stream).permutation(count)
        }
    }

    /// The windows of an epoch; a single one of all rows unless the order is blockwise.
    func windows(epoch: Int) -> [Window] {
        if case .drawn(let rows) = order {
            return [Window(start: 0, blocks: [0..<rows], drawn: count, random: random(epoch))]
        }
        if case .balanced = order {
            return [
                Window(start: 0, blocks: [0..<count], random: nil, given: rows(epoch: epoch))
            ]
        }
        guard case .blockwise(let rows, let window) = order, rows > 0, window > 0 else {
            let random = order == .shuffled ? random(epoch) : nil
            return [Window(start: 0, blocks: [0..<count], random: random)]
        }
        let order = random(epoch).permutation((count + rows - 1) / rows)
        var start = 0
        return stride(from: 0, to: order.count, by: window).map { first in
            let blocks = order[first..<min(first + window, order.count)].map { block in
                block * rows..<min((block + 1) * rows, count)
            }
            let result = Window(
                start: start, blocks: blocks,
                random: Random(seed: seed).fork("sampler-\(epoch)-\(first)"))
            start += result.count
            return result
        }
    }

    private static func draws(_ count: Int, from rows: Int, _ random: Random) -> [Int] {
        random.uniform([count], .float64).values(as: Double.self).map {
            min(rows - 1, Int($0 * Double(rows)))
        }
    }

    private func random(_ epoch: Int) -> Random { Random(seed: seed).fork("sampler-\(epoch)") }
}

extension Dataset {
    /// Bytes of the rows that are mixed at a time when streaming. Three times as much is in memory:
    /// what is used, what waits and what is read.
    private static let windowBytes = 12 << 20

    /// The order for training: shuffled in memory, blockwise where rows are streamed.
    public var shuffledOrder: Sampler.Order {
        if drawn != nil { return .drawn(from: count) }
        guard case .stream(let source) = inputs[0] else { return .shuffled }
        let rowBytes = max(1, self.rowBytes)
        let piece = max(1, (256 << 10) / rowBytes)
        let rows = max(source.chunkRows, piece / source.chunkRows * source.chunkRows)
        return .blockwise(rows: rows, window: max(1, Dataset.windowBytes / (rows * rowBytes)))
    }
}
