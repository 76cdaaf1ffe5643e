import Tensor

/// Rows of a dataset that are at hand, and the order in which an epoch visits them.
struct Window: Sendable {
    /// The part of the epoch that it covers.
    let positions: Range<Int>
    let inputs: NDArray
    let targets: NDArray
    let order: [Int]

    init(_ dataset: Dataset, _ window: Sampler.Window) throws {
        positions = window.start..<window.start + window.count
        let blocks = window.blocks.map { block in
            dataset.start + block.lowerBound..<dataset.start + block.upperBound
        }
        inputs = try dataset.inputs.read(blocks)
        targets = try dataset.targets.read(blocks)
        order = window.order
    }
}

/// The windows of an epoch from a position on. When streaming, the next is read while the one
/// before is used.
struct Windows {
    private let loader: Loader
    private let state: SamplerState
    private var ahead: Prefetcher<Window>?

    init(_ loader: Loader, from state: SamplerState) {
        self.loader = loader
        self.state = state
        guard !loader.dataset.isInMemory, loader.sampler.order != .sequential else { return }
        ahead = Prefetcher(ahead: 1) { emit in
            for window in loader.sampler.windows(epoch: state.epoch)
            where window.start + window.count > state.position {
                guard emit(try Window(loader.dataset, window)) else { return }
            }
        }
    }

    /// The next window; in memory, the one of all rows.
    func next() throws -> Window? {
        if let ahead { return try ahead.next().element }
        return try loader.sampler.windows(epoch: state.epoch).first.map {
            try Window(loader.dataset, $0)
        }
    }
}
