import Tensor
import Testing

@testable import Datasets

@Suite("Order of examples")
struct SamplerTests {
    private static let everyOrder: [Sampler.Order] = [
        .sequential, .shuffled, .blockwise(rows: 10, window: 3), .blockwise(rows: 1, window: 1),
        .blockwise(rows: 500, window: 2),
    ]

    @Test("every epoch visits each row once", arguments: everyOrder)
    func permutation(order: Sampler.Order) {
        let sampler = Sampler(count: 103, order: order, seed: 4)
        for epoch in 0..<3 { #expect(sampler.rows(epoch: epoch).sorted() == Array(0..<103)) }
    }

    @Test("shuffling depends on seed and epoch alone", arguments: everyOrder.dropFirst())
    func seeds(order: Sampler.Order) {
        let sampler = Sampler(count: 103, order: order, seed: 4)
        let rows = sampler.rows(epoch: 2)
        #expect(rows == Sampler(count: 103, order: order, seed: 4).rows(epoch: 2))
        #expect(rows != sampler.rows(epoch: 3))
        #expect(rows != Sampler(count: 103, order: order, seed: 5).rows(epoch: 2))
    }

    @Test("windows cover an epoch without gaps and mix whole blocks")
    func windows() {
        let sampler = Sampler(count: 103, order: .blockwise(rows: 10, window: 4), seed: 9)
        let windows = sampler.windows(epoch: 0)
        #expect(windows.count == 3)
        var position = 0
        for window in windows {
            #expect(window.start == position)
            #expect(window.order.sorted() == Array(0..<window.count))
            for block in window.blocks {
                #expect(block.lowerBound.isMultiple(of: 10))
                #expect(block.count == 10 || block == 100..<103)
            }
            position += window.count
        }
        #expect(position == 103)
    }

    @Test("data in memory shuffle freely, streamed ones by blocks of whole chunks")
    func orders() throws {
        let folder = TemporaryFolder()
        try HDF5Writer.create(folder["a.h5"]) { file in
            try file.write("x", sample([5000, 100], .uint8), chunkRows: 32)
            try file.write("y", sample([5000], .uint8))
        }
        func open(_ limit: Int) throws -> Dataset {
            try Dataset.open(folder["a.h5"], inputs: "x", targets: "y", memoryLimit: limit)
        }
        #expect(try open(505_000).isInMemory)
        #expect(try open(505_000).shuffledOrder == .shuffled)
        let streamed = try open(504_999)
        #expect(!streamed.isInMemory)
        guard case .blockwise(let rows, let window) = streamed.shuffledOrder else {
            Issue.record("not blockwise")
            return
        }
        #expect(rows.isMultiple(of: 32))
        #expect(rows * window * 101 <= 12 << 20)
    }

    @Test("a balanced epoch visits each class as often, and all rows of one before any again")
    func balanced() {
        let classes: [Int?] = (0..<90).map { $0 == 7 ? nil : $0 % 10 == 0 ? 3 : $0 % 3 }
        let rows = ClassRows(classes)
        let sampler = Sampler(count: 90, order: .balanced(rows), seed: 4)
        for epoch in 0..<3 {
            let visits = sampler.rows(epoch: epoch)
            #expect(visits == sampler.rows(epoch: epoch) && visits.count == 90)
            let labels = visits.compactMap { classes[$0] }
            let counts = (0..<4).map { label in labels.count { $0 == label } }
            #expect(counts.reduce(0, +) == 90 && counts.allSatisfy { (22...23).contains($0) })
            // Each round of four has each class.
            for round in 0..<22 {
                #expect(Set(labels[round * 4..<round * 4 + 4]) == [0, 1, 2, 3])
            }
            // The nine rows of the rare one come three times at most, twice at least.
            let rare = visits.filter { classes[$0] == 3 }
            #expect(Set(rare.prefix(9)).count == 9 && Set(rare[9..<18]).count == 9)
            #expect(Set(visits.filter { classes[$0] == 1 }).count == counts[1])
            let window = sampler.windows(epoch: epoch)
            #expect(window.count == 1 && window[0].order == visits && window[0].count == 90)
        }
        #expect(sampler.rows(epoch: 0) != sampler.rows(epoch: 1))
        #expect(
            sampler.rows(epoch: 0)
                != Sampler(count: 90, order: .balanced(rows), seed: 5).rows(epoch: 0))
        #expect(Sampler(count: 2, order: .balanced(rows), seed: 1).rows(epoch: 0).count == 2)
    }
}
