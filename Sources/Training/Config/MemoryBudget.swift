import FTConfig
import FTSupport

/// What training takes of memory at least, counted before anything is made: batches of examples,
/// weights with their gradients and the optimizer's state, what layers keep of a batch for the
/// backward pass, and the largest of what is there only for a moment.
struct MemoryBudget {
    /// Bytes that there are.
    private let limit: Int
    /// Examples in a batch.
    private let batchSize: Int
    /// Arrays that each trained weight has beside it: its gradient and the optimizer's state.
    private let arraysPerWeight: Int
    private var examples = 0
    private var weights = 0
    private var kept = 0
    private var passing = 0

    init(limit: Int = Machine.memory, batchSize: Int, statesPerWeight: Int) {
        self.limit = limit
        self.batchSize = batchSize
        arraysPerWeight = statesPerWeight + 1
    }

    /// Counts batches of examples of these shapes that are made ahead.
    mutating func addExamples(_ shapes: [[Int]], ahead: Int) {
        for shape in shapes {
            examples = MemoryBudget.sum(examples, bytes(shape + [batchSize, ahead + 1]))
        }
    }

    /// Counts a weight.
    mutating func addWeight(_ sizes: [Int], isTrained: Bool) {
        weights = MemoryBudget.sum(weights, bytes(sizes + [isTrained ? arraysPerWeight + 1 : 1]))
    }

    /// Counts a batch of outputs of a layer and its gradient.
    ///
    /// - Parameter isKept: whether it is an array of its own that the backward pass needs.
    mutating func addOutput(_ sizes: [Int], isKept: Bool) {
        let batch = bytes(sizes + [batchSize])
        if isKept { kept = MemoryBudget.sum(kept, batch) }
        passing = max(passing, batch)
    }

    /// Counts what a layer makes for a moment, once for each thread that works on an example.
    mutating func addScratch(_ sizes: [Int], threads: Int) {
        passing = max(passing, bytes(sizes + [max(1, min(threads, batchSize))]))
    }

    /// Throws where this can't be had.
    ///
    /// - Parameters:
    ///   - value: where the config asks for it.
    ///   - key: what to lower there; nil where no single key decides.
    func check(_ value: ConfigValue, at key: String? = nil) throws(ConfigError) {
        let batch = [examples, kept, passing].reduce(0, MemoryBudget.sum)
        guard MemoryBudget.sum(weights, batch) > limit else { return }
        let all = MemoryBudget.text(MemoryBudget.sum(weights, batch))
        let own = key.map { "lower \($0)" } ?? "use smaller layers"
        let remedy = weights > limit / 2 ? own : own + " or data.batchSize"
        throw ConfigError([
            value.issue(
                "this does not fit into memory: training takes at least \(all) up to here (weights, "
                    + "gradients and optimizer \(MemoryBudget.text(weights)), batches of "
                    + "\(Format.count(batchSize, "example")) \(MemoryBudget.text(batch))), and there "
                    + "are \(Format.bytes(limit)); \(remedy)", at: key)
        ])
    }

    /// Sizes beyond this are impossible, and would overflow what is made of them.
    private static let most = 1 << 60

    private static func sum(_ a: Int, _ b: Int) -> Int { min(a + b, most) }

    private static func text(_ bytes: Int) -> String {
        bytes < most ? Format.bytes(bytes) : "more than 2⁶⁰ bytes"
    }

    /// The bytes of so many floats.
    private func bytes(_ sizes: [Int]) -> Int {
        var product = 4
        for size in sizes {
            let (next, overflow) = product.multipliedReportingOverflow(by: size)
            if overflow || next > MemoryBudget.most { return MemoryBudget.most }
            product = next
        }
        return product
    }
}
