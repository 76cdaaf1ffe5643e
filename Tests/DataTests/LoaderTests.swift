import Glibc
import Synchronization
import Tensor
import Testing

@testable import Datasets

@Suite("Batches")
struct LoaderTests {
    let folder = TemporaryFolder()

    /// 1,000 rows that each hold their own number; the target is it, too.
    private func dataset(memoryLimit: Int = .max) throws -> Dataset {
        let inputs = NDArray((0..<2000).map { Int32($0 / 2) }, [1000, 2])
        try HDF5Writer.create(folder["a.h5"]) { file in
            try file.write("x", inputs, chunkRows: 16, deflate: 1)
            try file.write("y", NDArray((0..<1000).map { Int64($0) }))
        }
        return try Dataset.open(
            folder["a.h5"], inputs: "x", targets: "y", memoryLimit: memoryLimit)
    }

    private func collect(_ batches: BatchStream) throws -> [Batch] {
        var result: [Batch] = []
        while let batch = try batches.next() { result.append(batch) }
        return result
    }

    private func targets(_ batches: [Batch]) -> [Int] {
        batches.flatMap { $0.targets.values(as: Int.self) }
    }

    @Test("inputs stay with their targets, and an epoch has each once", arguments: [Int.max, 0])
    func aligned(memoryLimit: Int) throws {
        for shuffle in [false, true] {
            let loader = try Loader(
                dataset(memoryLimit: memoryLimit), batchSize: 64, shuffle: shuffle, seed: 1)
            let batches = try collect(loader.epoch())
            #expect(batches.count == loader.batchesPerEpoch)
            #expect(batches.map(\.count) == Array(repeating: 64, count: 15) + [40])
            for batch in batches {
                let inputs = batch.inputs.values(as: Int.self)
                #expect(inputs == batch.targets.values(as: Int.self).flatMap { [$0, $0] })
            }
            let seen = targets(batches)
            #expect(seen.sorted() == Array(0..<1000))
            #expect((seen == seen.sorted()) == !shuffle)
            #expect(batches.last?.end == SamplerState(epoch: 1))
        }
    }

    @Test("several inputs stay together, each with its own transforms", arguments: [Int.max, 0])
    func severalInputs(memoryLimit: Int) throws {
        try HDF5Writer.create(folder["b.h5"]) { file in
            let numbers = (0..<300).map { Int32($0) }
            try file.write("wide", NDArray(numbers.flatMap { [$0, $0] }, [300, 2]), chunkRows: 16)
            try file.write("narrow", NDArray(numbers, [300]), chunkRows: 7)
            try file.write("y", NDArray(numbers))
        }
        let dataset = try Dataset.open(
            folder["b.h5"], inputs: ["wide", "narrow"], targets: "y", memoryLimit: memoryLimit)
        #expect(dataset.inputShapes == [[2], []])
        #expect(dataset.byteCount == 300 * 16)
        let loader = try Loader(
            dataset, batchSize: 64, shuffle: true, seed: 1,
            transformsByInput: [[.scale(2)], [.reshape([1])]])
        for batch in try collect(loader.epoch()) {
            let numbers = batch.targets.values(as: Int.self)
            #expect(
                batch.allInputs[0].values(as: Int.self) == numbers.flatMap { [2 * $0, 2 * $0] })
            #expect(batch.allInputs[1].values(as: Int.self) == numbers)
            #expect(batch.allInputs[1].shape == [batch.count, 1])
        }
        let whole = try dataset.split(second: 0.25).second.read(0..<2)
        #expect(whole.inputs[1].values(as: Int.self) == [225, 226])
    }

    @Test("inputs of other lengths than the targets are named")
    func unevenInputs() throws {
        let error = #expect(throws: DataError.self) {
            _ = try Dataset(
                inputs: [NDArray([1, 2] as [Float]), NDArray([1] as [Float])],
                targets: NDArray([1, 2] as [Float]))
        }
        #expect("\(String(describing: error))".contains("1 inputs but 2 targets"))
    }

    @Test("streaming follows the sampler across windows")
    func windows() throws {
        let dataset = try dataset(memoryLimit: 0)
        let loader = try Loader(dataset, batchSize: 48, shuffle: true, seed: 6)
            .with(order: .blockwise(rows: 16, window: 5))
        let rows = loader.sampler.rows(epoch: 3)
        #expect(targets(try collect(loader.epoch(from: .init(epoch: 3)))) == rows)
    }

    @Test("a run resumed anywhere sees what an uninterrupted one sees", arguments: [Int.max, 0])
    func resume(memoryLimit: Int) throws {
        let loader = try Loader(
            dataset(memoryLimit: memoryLimit), batchSize: 96, shuffle: true, seed: 2
        ).with(order: memoryLimit == 0 ? .blockwise(rows: 16, window: 7) : .shuffled)
        let whole = try collect(loader.epoch(from: .init(epoch: 5)))
        for stop in whole.indices.dropLast() {
            let rest = try collect(loader.epoch(from: whole[stop].end))
            #expect(rest.count == whole.count - stop - 1)
            for (a, b) in zip(rest, whole[(stop + 1)...]) {
                #expect(same(a.inputs, b.inputs) && same(a.targets, b.targets))
                #expect(a.end == b.end)
            }
        }
        #expect(whole.last?.end == SamplerState(epoch: 6))
    }

    @Test("a short last batch can be left out")
    func dropLast() throws {
        let loader = try Loader(dataset(), batchSize: 300, dropLast: true)
        #expect(loader.batchesPerEpoch == 3)
        let batches = try collect(loader.epoch())
        #expect(batches.map(\.count) == [300, 300, 300])
        #expect(batches.last?.end == SamplerState(epoch: 1))
        #expect(try Loader(dataset(), batchSize: 2000, dropLast: true).epoch().next() == nil)
    }

    @Test("letting go in mid-epoch stops the thread")
    func early() throws {
        for memoryLimit in [Int.max, 0] {
            let loader = try Loader(
                dataset(memoryLimit: memoryLimit), batchSize: 1, shuffle: true, prefetch: 2)
            for taken in 0..<20 {
                let batches = loader.epoch()
                for _ in 0..<taken { _ = try batches.next() }
            }
        }
    }

    @Test("an error surfaces after the batches before it, again and again")
    func failure() throws {
        var labels = [Int](repeating: 1, count: 1000)
        labels[550] = 2
        let dataset = try Dataset(inputs: sample([1000, 2], .uint8), targets: NDArray(labels))
        let loader = try Loader(dataset, batchSize: 100, targetTransforms: [.oneHot(classes: 2)])
        let batches = loader.epoch()
        for _ in 0..<5 { #expect(try batches.next()?.count == 100) }
        #expect(throws: DataError.self) { try batches.next() }
        #expect(throws: DataError.self) { try batches.next() }
    }

    @Test("damage that is met while streaming surfaces", arguments: [false, true])
    func damage(shuffle: Bool) throws {
        let noise = Random(seed: 1).uniform([1000, 16], .float64)
        try HDF5Writer.create(folder["b.h5"]) { file in
            try file.write("y", NDArray((0..<1000).map { Int64($0) }))
            try file.write("x", noise, chunkRows: 100, deflate: 1)
        }
        var bytes = folder.bytes("b.h5")
        for index in bytes.count * 3 / 4..<bytes.count * 3 / 4 + 500 { bytes[index] ^= 0x55 }
        _ = folder.write("b.h5", bytes)
        let dataset = try Dataset.open(
            folder["b.h5"], inputs: "x", targets: "y", memoryLimit: 0)
        let batches = try Loader(dataset, batchSize: 100, shuffle: shuffle).epoch()
        #expect(throws: DataError.self) { while try batches.next() != nil {} }
    }

    @Test("what is ready costs no waiting")
    func waiting() throws {
        let made = Mutex(0)
        let numbers = Prefetcher<Int>(ahead: 3) { emit in
            for value in 0..<3 where emit(value) { made.withLock { $0 += 1 } }
        }
        while made.withLock({ $0 }) < 3 { usleep(100) }
        for value in 0..<3 {
            let (element, waited) = try numbers.next()
            #expect(element == value)
            #expect(waited == 0)
        }
        #expect(try numbers.next().element == nil)
    }

    @Test("parts of a dataset keep to their rows", arguments: [Int.max, 0])
    func parts(memoryLimit: Int) throws {
        let (first, second) = try dataset(memoryLimit: memoryLimit).split(second: 0.2)
        #expect(first.count == 800 && second.count == 200)
        let loader = try Loader(second, batchSize: 150, shuffle: true, seed: 3)
        #expect(targets(try collect(loader.epoch())).sorted() == Array(800..<1000))
        #expect(try first.read(5..<7).targets.values(as: Int.self) == [5, 6])
        #expect(
            folder.sentence { try first.split(second: 1.5) }
                == "a.h5: 'x' and 'y': 800 examples can't be split with a share of 1.5; use a share"
                + " between 0 and 1 that leaves some on both sides")
    }
}

extension Loader {
    /// The same with another order than the dataset's size would give.
    fileprivate func with(order: Sampler.Order) -> Loader {
        Loader(self, Sampler(count: sampler.count, order: order, seed: sampler.seed))
    }
}
