import Tensor
import Testing

@testable import Datasets

@Suite("Random splits")
struct SplitTests {
    let folder = TemporaryFolder()

    /// 600 rows that hold their own number; of classes 0, 1 and 2 there are 300, 200 and 100,
    /// sorted.
    private func dataset(_ memoryLimit: Int, label: (Int) -> Int32 = SplitTests.label) throws
        -> Dataset
    {
        try HDF5Writer.create(folder["a.h5"]) { file in
            try file.write("x", NDArray((0..<600).map { Int32($0) }, [600, 1]), chunkRows: 16)
            try file.write("y", NDArray((0..<600).map(label)))
        }
        return try Dataset.open(
            folder["a.h5"], inputs: "x", targets: "y", memoryLimit: memoryLimit)
    }

    private static func label(_ row: Int) -> Int32 { row < 300 ? 0 : row < 500 ? 1 : 2 }

    private func rows(_ dataset: Dataset, shuffle: Bool = false) throws -> [Int] {
        let batches = try Loader(dataset, batchSize: 64, shuffle: shuffle, seed: 4).epoch()
        var rows: [Int] = []
        while let batch = try batches.next() {
            let found = batch.inputs.values(as: Int.self)
            rows += found
            #expect(batch.targets.values(as: Int32.self) == found.map(SplitTests.label))
        }
        return rows
    }

    @Test("take the same share of each class, in memory or streamed", arguments: [Int.max, 0])
    func stratified(memoryLimit: Int) throws {
        let (first, second) = try dataset(memoryLimit).split(second: 0.1, seed: 3)
        let (learned, held) = (try rows(first), try rows(second))
        #expect((learned + held).sorted() == Array(0..<600))
        #expect(held == held.sorted() && learned == learned.sorted())
        #expect((0..<3).map { c in held.count { SplitTests.label($0) == c } } == [30, 20, 10])
        #expect(try rows(first, shuffle: true).sorted() == learned)
        #expect(held.indices.map(second.storedRow) == held)
        let part = second.subset(10..<20)
        #expect(try rows(part) == Array(held[10..<20]))
        #expect(part.storedRow(2) == held[12])
    }

    @Test("follow from the seed alone, and hold what their digests say", arguments: [Int.max, 0])
    func seeds(memoryLimit: Int) throws {
        let whole = try dataset(memoryLimit)
        let (one, again) = try (
            whole.split(second: 0.2, seed: 1), whole.split(second: 0.2, seed: 1)
        )
        let other = try whole.split(second: 0.2, seed: 2)
        #expect(try rows(one.second) == rows(again.second))
        #expect(try rows(one.second) != rows(other.second))
        #expect(try one.second.digests() == again.second.digests())
        #expect(try one.second.digests() != other.second.digests())
        let random = try whole.split(second: 0.2, seed: 1, isStratified: false).second
        #expect(random.count == 120)
        #expect(try rows(random) != rows(one.second))
    }

    @Test("don't take quantities for classes, and leave some on both sides")
    func others() throws {
        let whole = try dataset(.max) { Int32($0) }
        let plain = try whole.split(second: 0.25, seed: 1, isStratified: false)
        let second = try whole.split(second: 0.25, seed: 1).second
        #expect((0..<150).map(second.storedRow) == (0..<150).map(plain.second.storedRow))
        for share in [0.0, 0.0001, 0.9999, 1] {
            #expect(throws: DataError.self) { try whole.split(second: share, seed: 1) }
        }
    }

    @Test("name rows as the file numbers them", arguments: [Int.max, 0])
    func names(memoryLimit: Int) throws {
        let second = try dataset(memoryLimit).split(second: 0.1, seed: 3).second
        let held = try rows(second)
        let loader = try Loader(second, batchSize: 8, targetTransforms: [.oneHot(classes: 2)])
        let row = held.first { SplitTests.label($0) == 2 } ?? 0
        let sentence = folder.sentence { try loader.scanTargets { _, _ in } }
        #expect(sentence?.contains("row \(row): ") == true, "\(sentence ?? "")")
    }

    @Test("folds are all examples together, each of all classes", arguments: [Int.max, 0])
    func folds(memoryLimit: Int) throws {
        let whole = try dataset(memoryLimit)
        var all: [Int] = []
        for index in 0..<7 {
            let (first, second) = try whole.fold(index, of: 7, seed: 3)
            let held = try rows(second)
            #expect((held + (try rows(first))).sorted() == Array(0..<600))
            #expect(held.count == (index < 5 ? 86 : 85))
            for (label, count) in [(0, 300), (1, 200), (2, 100)] {
                let share = held.count { SplitTests.label($0) == label }
                #expect(abs(share - count / 7) <= 1)
            }
            all += held
        }
        #expect(all.sorted() == Array(0..<600))
        let stored = try whole.fold(1, of: 4, seed: 3, isRandom: false).second
        #expect(try rows(stored) == Array(150..<300))
        #expect(throws: DataError.self) { try whole.fold(0, of: 601, seed: 1) }
    }
}
