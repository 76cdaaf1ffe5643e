internal import Autograd
public import Tensor

/// A layer whose inner results are computed again in the backward pass instead of kept: less
/// memory for up to a third more time, and the same gradients to the bit.
///
/// Transparent otherwise: parameters have the names they have in the layer itself.
public final class Checkpointed: Layer {
    /// What is run again.
    public let module: Layer

    /// A layer that keeps only its input and output for the backward pass.
    public init(_ module: Layer) { self.module = module }

    public override func callAsFunction(_ x: Tensor) -> Tensor {
        checkpoint({ [module] x in leavingBuffers(of: [module], { module($0) }, x) }, x)
    }

    public override func outputShape(for input: Shape) throws -> Shape {
        try module.outputShape(for: input)
    }

    override func inner(for input: Shape) throws -> [InnerLayer] {
        [InnerLayer(name: "", layer: module, input: input)]
    }

    public override var describe: String { "Checkpointed \(module.describe)" }

    public override var members: [(name: String, value: Any)] { [("", module)] }
}

/// A `Sequential` that keeps the results between segments of layers only.
public final class CheckpointedSequential: Sequential {
    private let ends: [Int]

    init(_ layers: [Layer], segments: Int) {
        ends = (1...segments).map { $0 * layers.count / segments }
        super.init(layers)
    }

    /// The number of segments.
    public var segments: Int { ends.count }

    public override func callAsFunction(_ x: Tensor) -> Tensor {
        var x = x
        var start = 0
        for end in ends {
            let segment = layers[start..<end]
            let run = { (x: Tensor) in segment.reduce(x) { $1($0) } }
            // What the last segment keeps, the backward pass needs at once.
            x =
                end == layers.count
                ? run(x) : checkpoint({ leavingBuffers(of: segment, run, $0) }, x)
            start = end
        }
        return x
    }

    public override var describe: String {
        "Sequential(\(count) layers, checkpointed in \(segments) segments)"
    }

    public override var members: [(name: String, value: Any)] {
        super.members.filter { $0.name != "ends" }
    }
}

extension Sequential {
    /// The same layers, with inner results computed again in the backward pass instead of kept.
    ///
    /// - Parameter segments: how many groups of layers the results are kept between; √n for n
    ///   layers if nil, which makes both those and the inner results of one group few.
    public final func checkpointed(segments: Int? = nil) -> CheckpointedSequential {
        let automatic = Int(Double(count).squareRoot().rounded())
        let wanted = segments ?? max(1, automatic)
        guard wanted > 0, wanted <= max(1, count) else {
            fail("checkpointed", "\(wanted) segments of \(count) layers")
        }
        return CheckpointedSequential(layers, segments: wanted)
    }
}

/// Runs layers, and if that is for the second time, puts the buffers that they changed back.
private func leavingBuffers(
    of layers: some Sequence<Layer>, _ run: (Tensor) -> Tensor, _ x: Tensor
) -> Tensor {
    guard Checkpointing.isRecomputing else { return run(x) }
    let before = layers.flatMap(\.buffers).map {
        (
            buffer: $0, storage: $0.data.storage, version: $0.data.storage.version,
            copy: $0.data.copy()
        )
    }
    defer {
        for (buffer, storage, version, copy) in before {
            let now = buffer.data.storage
            guard now !== storage || now.version != version else { continue }
            Recorder.current?.refuse(
                "a checkpoint runs layers again that change buffers, such as the running averages "
                    + "of batch normalization; leave them out of the checkpoint")
            buffer.data = copy
        }
    }
    return run(x)
}
