import Tensor

/// Rows of a dataset that are at hand, and the order in which an epoch visits them.
struct LoadedWindow: Sendable {
    /// The part of the epoch that it covers.
    let positions: Range<Int>
    let inputs: [NDArray]
    let targets: NDArray
    let order: [Int]

    init(_ dataset: Dataset, _ window: Sampler.Window) throws {
        positions = window.start..<window.start + window.count
        inputs = try dataset.inputs.map { try dataset.read($0, window.blocks) }
        targets = try dataset.read(dataset.targets, window.blocks)
        order = window.order
    }
}

/// The windows of an epoch from a position on. When streaming, the next is read while the one
/// before is used.
struct LoadedWindows {
    private let loader: Loader
    private let state: SamplerState
    private var ahead: Prefetcher<LoadedWindow>?

    init(_ loader: Loader, from state: SamplerState) {
        self.loader = loader
        self.state = state
        guard !loader.dataset.isInMemory else { return }
        ahead = Prefetcher(ahead: 1) { emit in
            for window in loader.windows(epoch: state.epoch)
            where window.start + window.count > state.position {
                guard emit(try LoadedWindow(loader.dataset, window)) else { return }
            }
        }
    }

    /// The next window; in memory, the one of all rows.
    func next() throws -> LoadedWindow? {
        if let ahead { return try ahead.next().element }
        return try loader.windows(epoch: state.epoch).first.map {
            try LoadedWindow(loader.dataset, $0)
        }
    }
}

extension Loader {
    /// The windows of an epoch. Rows that are streamed as they are stored come in pieces, too.
    fileprivate func windows(epoch: Int) -> [Sampler.Window] {
        guard sampler.order == .sequential,
            case .blockwise(let rows, let window) = dataset.shuffledOrder
        else { return sampler.windows(epoch: epoch) }
        // Smaller pieces than for mixing, so that the first batch comes soon.
        let size = rows * max(1, window / 8)
        return stride(from: 0, to: sampler.count, by: size).map { start in
            let rows = start..<min(start + size, sampler.count)
            return Sampler.Window(start: start, blocks: [rows], random: nil)
        }
    }
}
