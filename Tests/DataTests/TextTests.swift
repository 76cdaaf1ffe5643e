import Datasets
import Tensor
import Testing

@Suite("Texts as data")
struct TextTests {
    private let folder = TemporaryFolder()

    private func write(_ text: String, _ unit: TextTokens.Unit = .character) throws -> String {
        let source = folder.write("text.txt", text), path = folder["text.h5"]
        try TextTokens.write([source], unit, to: path)
        return path
    }

    @Test("are numbered by character or byte, and split")
    func tokens() throws {
        let text = String(repeating: "banäne", count: 10)
        let path = try write(text)
        let tokens = try TextTokens(file: path)
        #expect(tokens.vocabulary.map { Unicode.Scalar($0) } == ["a", "b", "e", "n", "ä"])
        #expect(tokens.encode("bän") == [1, 4, 3] && tokens.encode("x") == nil)
        #expect(tokens.bytes(of: 4) == Array("ä".utf8))
        let file = try HDF5File(path)
        let train = try HDF5Dataset(file, "train/text").read()
        let held = try HDF5Dataset(file, "validation/text").read()
        #expect(train.dtype == .uint8 && train.count == 54 && held.count == 6)
        let bytes = try TextTokens(file: try write(text, .byte))
        #expect(bytes.vocabulary.count == 256)
        #expect(bytes.encode("ä") == Array("ä".utf8).map { Int($0) })
    }

    @Test("give windows whose targets are one later, without copies")
    func windows() throws {
        let path = try write(String(repeating: "abcdefghij", count: 20))
        let all = try Dataset.text(path, "train/text", length: 4, drawn: 100)
        #expect(all.count == 176 && all.inputShapes == [[4]])
        let (inputs, targets) = try all.read(7..<8)
        #expect(inputs[0].values(as: Int.self) == [7, 8, 9, 0])
        #expect(targets.values(as: Int.self) == [8, 9, 0, 1])
        let held = try Dataset.text(path, "validation/text", length: 4)
        #expect(held.count == 4)
        #expect(try held.read(1..<2).inputs[0].values(as: Int.self) == [4, 5, 6, 7])
        #expect(throws: DataError.self) {
            _ = try Dataset.text(path, "validation/text", length: 20)
        }
    }

    private func epoch(_ loader: Loader, _ state: SamplerState) throws -> [[Int]] {
        let stream = loader.epoch(from: state)
        var rows: [[Int]] = []
        while let batch = try stream.next() {
            #expect(batch.inputs.shape == [batch.count, 4])
            let (inputs, targets) = (
                batch.inputs.values(as: Int.self), batch.targets.values(as: Int.self)
            )
            for row in 0..<batch.count {
                let window = Array(inputs[row * 4..<row * 4 + 4])
                #expect(targets[row * 4..<row * 4 + 3].elementsEqual(window[1...]))
                rows.append(window)
            }
        }
        return rows
    }

    @Test("are drawn by the seed and the epoch, and go on from the middle of one")
    func draws() throws {
        let letters = Array("abcdefghijklm")
        let path = try write(String((0..<400).map { letters[$0 * $0 % 13] }))
        let data = try Dataset.text(path, "train/text", length: 4, drawn: 50)
        let loader = try Loader(data, batchSize: 8, seed: 3)
        #expect(loader.batchesPerEpoch == 7)
        let first = try epoch(loader, SamplerState())
        #expect(first.count == 50)
        #expect(try epoch(loader, SamplerState()) == first)
        #expect(try epoch(loader, SamplerState(epoch: 1)) != first)
        #expect(try epoch(loader, SamplerState(position: 16)) == Array(first[16...]))
    }

    @Test("know their bytes by one hash")
    func digests() throws {
        let path = try write(String(repeating: "abcdefghij", count: 20))
        let data = try Dataset.text(path, "train/text", length: 4, drawn: 10)
        let other = try Dataset.text(path, "train/text", length: 4, drawn: 20)
        #expect(try data.digests() == other.digests())
    }

    @Test("are refused where they are too short, or not UTF-8")
    func refusals() throws {
        #expect(throws: DataError.self) { _ = try write("ab") }
        let source = folder.write(
            "latin.txt", [0x62, 0xE4] + [UInt8](repeating: 0x61, count: 40))
        #expect(throws: DataError.self) {
            try TextTokens.write([source], .character, to: folder["x.h5"])
        }
        try TextTokens.write([source], .byte, to: folder["x.h5"])
    }

    @Test("of recall begin with their answer, and say nothing of it afterwards")
    func recall() {
        let (sequences, answers) = RecallTask.make(count: 50, seed: 1, part: "train")
        let values = sequences.values(as: Int.self), right = answers.values(as: Int.self)
        #expect(sequences.shape == [50, RecallTask.steps, 2 * RecallTask.classes])
        let width = 2 * RecallTask.classes
        for row in 0..<50 {
            for step in 0..<RecallTask.steps {
                let start = (row * RecallTask.steps + step) * width
                let place = values[start..<start + width].firstIndex(of: 1)! - start
                #expect(step == 0 ? place == right[row] : place >= RecallTask.classes)
            }
        }
        #expect(Set(right).count == RecallTask.classes)
    }
}
