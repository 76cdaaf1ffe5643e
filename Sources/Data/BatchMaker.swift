import Tensor

/// Makes the batches of one epoch, one after the other.
struct BatchMaker {
    private let loader: Loader
    private var state: SamplerState
    private var windows: LoadedWindows
    private var current: LoadedWindow?

    init(_ loader: Loader, _ state: SamplerState) {
        self.loader = loader
        self.state = state
        windows = LoadedWindows(loader, from: state)
    }

    /// The next batch, or nil at the end of the epoch.
    mutating func next() throws -> Batch? {
        let left = loader.sampler.count - state.position
        let count = min(left, loader.batchSize)
        guard count > 0, count == loader.batchSize || !loader.dropLast else { return nil }
        let positions = state.position..<state.position + count
        let isWhole = loader.dataset.isInMemory && loader.sampler.order == .sequential
        let (inputs, targets) = try isWhole ? sequential(positions) : windowed(positions)
        state.position += count
        return Batch(allInputs: inputs, targets: targets, count: count, end: endState)
    }

    /// At the end of an epoch the state is the start of the next.
    private var endState: SamplerState {
        let isOver = loader.batches(from: state.position) == 0
        return isOver ? SamplerState(epoch: state.epoch + 1) : state
    }

    private func sequential(_ rows: Range<Int>) throws -> ([NDArray], NDArray) {
        let (inputs, targets) = try loader.dataset.read(rows)
        return try transformed(inputs, targets, 0..<rows.count, at: rows.lowerBound)
    }

    /// - Parameter first: the place in the epoch of the first row.
    private func transformed(
        _ inputs: [NDArray], _ targets: NDArray, _ rows: some RandomAccessCollection<Int>,
        at first: Int
    ) throws -> ([NDArray], NDArray) {
        do {
            return (
                try inputs.indices.map { index in
                    let draws = Draws(
                        seed: loader.sampler.seed, epoch: state.epoch, first: first, input: index)
                    return try loader.allInputs[index].batch(
                        inputs[index], rows: rows, draws: loader.augments ? draws : nil)
                },
                try loader.targets.batch(targets, rows: rows)
            )
        } catch let error as TransformError {
            throw DataError(loader.dataset.name, error.description)
        }
    }

    private mutating func windowed(_ positions: Range<Int>) throws -> ([NDArray], NDArray) {
        var parts: [(inputs: [NDArray], targets: NDArray)] = []
        var first = positions.lowerBound
        while first < positions.upperBound {
            let window = try window(at: first)
            let end = min(positions.upperBound, window.positions.upperBound)
            let start = window.positions.lowerBound
            let rows = window.order[first - start..<end - start]
            parts.append(try transformed(window.inputs, window.targets, rows, at: first))
            first = end
        }
        if parts.count == 1 { return parts[0] }
        let inputs = parts[0].inputs.indices.map { index in joined(parts.map { $0.inputs[index] }) }
        return (inputs, joined(parts.map(\.targets)))
    }

    /// The window that holds a position of the epoch.
    private mutating func window(at position: Int) throws -> LoadedWindow {
        if let current, current.positions.contains(position) { return current }
        // Before the next one arrives, so that fewer are in memory at once.
        current = nil
        guard let next = try windows.next(), next.positions.contains(position) else {
            fail("Loader", "no window holds position \(position)")
        }
        current = next
        return next
    }

    private func joined(_ parts: [NDArray]) -> NDArray {
        let rows = parts.reduce(0) { $0 + $1.shape[0] }
        let shape = parts[0].shape.replacing(0, with: rows)
        let out = NDArray(uninitialized: shape, parts[0].dtype, on: CPUBackend.shared)
        var start = 0
        for part in parts {
            out.slice(axis: 0, start: start, count: part.shape[0]).assign(part)
            start += part.shape[0]
        }
        return out
    }
}
