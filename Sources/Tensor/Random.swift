internal import CKernels
internal import Synchronization

/// A stream of random numbers: Philox 4x32-10, keyed by a seed and counted by a position.
///
/// The numbers depend on the seed and the position alone, not on threads or devices. Several
/// threads may draw from a stream, no two the same numbers; which are whose is chance. Salmon et
/// al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
public final class Random: RandomNumberGenerator {
    /// What all streams of a program are derived from.
    public let seed: UInt64
    /// Which of the seed's 2⁶⁴ independent streams this is.
    public let stream: UInt64
    /// The next block of four 32-bit words; restoring it resumes the stream.
    public var position: UInt64 {
        get {
            Recorder.current?.refuse("it reads the position of a random stream")
            return RandomJournal.place(of: self) ?? place
        }
        set {
            Recorder.current?.refuse("it sets the position of a random stream")
            if !RandomJournal.mayBeOpen {
                place = newValue
            } else {
                RandomJournal.set(self, to: newValue)
            }
        }
    }

    /// `position`, without telling a step that is being recorded.
    var place: UInt64 {
        get { cursor.load(ordering: .relaxed) }
        set { cursor.store(newValue, ordering: .relaxed) }
    }

    private let cursor: Atomic<UInt64>

    /// A stream of a seed, from its beginning unless `position` says otherwise.
    public init(seed: UInt64, stream: UInt64 = 0, position: UInt64 = 0) {
        self.seed = seed
        self.stream = stream
        cursor = Atomic(position)
    }

    /// Reserves blocks of four words and says where they start.
    public func reserve(blocks: Int) -> RandomKey {
        if blocks < 0 { fail("reserve", "the number of blocks \(blocks) is negative") }
        if Recorder.mayBeOpen { Recorder.current?.note(self) }
        let start =
            RandomJournal.mayBeOpen ? RandomJournal.reserve(blocks, of: self) : advance(by: blocks)
        return RandomKey(seed: seed, stream: stream, block: start)
    }

    /// Moves the position on and gives the one before.
    func advance(by blocks: Int) -> UInt64 {
        cursor.wrappingAdd(UInt64(blocks), ordering: .relaxed).oldValue
    }

    /// An independent stream of the same seed, for `name`.
    public func fork(_ name: String) -> Random {
        // FNV-1a: the same name gives the same stream on every platform.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ stream
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Random(seed: seed, stream: hash)
    }

    /// Values uniform in [low, high).
    public func uniform(
        _ shape: Shape, low: Double = 0, high: Double = 1, _ dtype: DType = .float32,
        on device: Device? = nil
    ) -> NDArray {
        draw(.uniform(low: low, high: high), shape, dtype, NDArray.backend(device))
    }

    /// Values of a normal distribution.
    public func normal(
        _ shape: Shape, mean: Double = 0, deviation: Double = 1, _ dtype: DType = .float32,
        on device: Device? = nil
    ) -> NDArray {
        draw(.normal(mean: mean, deviation: deviation), shape, dtype, NDArray.backend(device))
    }

    package func uniform(
        _ shape: Shape, low: Double, high: Double, _ dtype: DType, on backend: any Backend
    ) -> NDArray {
        draw(.uniform(low: low, high: high), shape, dtype, backend)
    }

    package func normal(
        _ shape: Shape, mean: Double = 0, deviation: Double, _ dtype: DType,
        on backend: any Backend
    ) -> NDArray {
        draw(.normal(mean: mean, deviation: deviation), shape, dtype, backend)
    }

    private func draw(
        _ draw: Draw, _ shape: Shape, _ dtype: DType, _ backend: any Backend
    ) -> NDArray {
        guard dtype.isFloat else { fail("random", "\(dtype) is not a float dtype") }
        let out = NDArray(uninitialized: shape, dtype, on: backend)
        let perBlock = dtype == .float64 ? 2 : 4
        let key = reserve(blocks: (out.count + perBlock - 1) / perBlock)
        Kernel.draw(draw, key).run(into: out)
        return out
    }

    /// Two words of a block of their own, for the standard library's ranges and shuffling.
    public func next() -> UInt64 {
        Recorder.current?.refuse("it draws a random number on the host; draw a tensor")
        let key = reserve(blocks: 1)
        return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 4) { words in
            ft_kernels_for(Int32(FT_BASE.rawValue)).pointee.philox_words(
                key.seed, key.stream, key.block, 0, 4, words.baseAddress)
            return UInt64(words[1]) << 32 | UInt64(words[0])
        }
    }

    /// The numbers 0..<count in random order (Fisher and Yates).
    public func permutation(_ count: Int) -> [Int] {
        if count < 0 { fail("permutation", "the count \(count) is negative") }
        failUnlessHeld("permutation", count, "numbers", bytes: 16)
        var order = Array(0..<count)
        guard count > 1 else { return order }
        let blocks = (count + 1) / 2
        let words = NDArray(uninitialized: [blocks * 4], .int32, on: CPUBackend.shared)
        Kernel.draw(.words, reserve(blocks: blocks)).run(into: words)
        words.withUnsafeBytes { bytes in
            let draws = bytes.bindMemory(to: UInt64.self)
            for last in stride(from: count - 1, to: 0, by: -1) {
                // The high half of a 64 × 64 bit product maps the draw onto 0...last.
                let pick = Int(draws[last].multipliedFullWidth(by: UInt64(last + 1)).high)
                order.swapAt(last, pick)
            }
        }
        return order
    }
}
