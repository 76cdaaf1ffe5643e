/// Where in the random stream a call starts: see `Random`.
public struct RandomKey: Sendable, Hashable {
    /// The seed of the program's streams.
    public var seed: UInt64
    /// The stream of that seed.
    public var stream: UInt64
    /// The first block of four words.
    public var block: UInt64

    /// The block of a stream of a seed.
    public init(seed: UInt64, stream: UInt64, block: UInt64) {
        self.seed = seed
        self.stream = stream
        self.block = block
    }
}
