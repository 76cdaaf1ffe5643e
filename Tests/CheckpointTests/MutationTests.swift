import Tensor
import Testing

@testable import Checkpoint

@Suite struct MutationTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A checkpoint with all kinds of tensors and metadata.
    private func original() throws -> [UInt8] {
        let path = folder.file("original")
        try exampleCheckpoint().save(to: path)
        return try contents(path)
    }

    /// Reads everything there is to read; errors are fine, crashes are not.
    private func readAll(_ path: String) -> Bool {
        var succeeded = false
        do {
            let file = try SafetensorsFile(path)
            for entry in file.entries {
                guard let array = try? file.array(entry) else { continue }
                array.withUnsafeBytes { #expect($0.count == array.byteCount) }
            }
            let options = InspectOptions(statistics: true)
            _ = try? InspectReport(path: path, options: options).text()
            _ = try? InspectReport(path: path).json
            _ = try? CheckpointComparison(path, folder.file("original")).text()
            _ = try? TrainingCheckpoint(path: path, verify: false)
            succeeded = true
        } catch {
            #expect("\(error)".hasPrefix(path + ": "))
        }
        return succeeded
    }

    @Test("thousands of damaged files never crash the readers", arguments: 0..<8)
    func mutations(part: Int) throws {
        let original = try original()
        let headerEnd = 8 + Int(original[0]) + Int(original[1]) << 8
        var random = SeededNumbers(state: 0x9E37_79B9_7F4A_7C15 &+ UInt64(part))
        var refused = 0
        for _ in 0..<400 {
            var bytes = original
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                let place = Int.random(in: 0..<min(headerEnd, bytes.count), using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 1: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 2:
                    bytes.insert(
                        Array("0123456789-,:{}[]\"e.".utf8).randomElement(using: &random) ?? 0,
                        at: place)
                case 3: bytes.remove(at: place)
                default: bytes[place] = UInt8(ascii: "0") + UInt8.random(in: 0..<10, using: &random)
                }
            }
            if Bool.random(using: &random) {
                bytes.removeLast(Int.random(in: 0..<min(64, bytes.count), using: &random))
            }
            if !readAll(try folder.write("mutant", bytes)) { refused += 1 }
        }
        #expect(refused > 200)
    }

    @Test("a file cut at any byte is refused")
    func truncations() throws {
        let original = try original()
        for count in 0..<original.count {
            let path = try folder.write("cut", Array(original[..<count]))
            #expect(!readAll(path))
        }
    }

    @Test("a flip of any bit of a checkpoint is noticed")
    func everyByteIsCovered() throws {
        let original = try original()
        for place in 0..<original.count {
            var bytes = original
            bytes[place] ^= 1 << UInt8(place % 8)
            let path = try folder.write("flipped", bytes)
            #expect(throws: CheckpointError.self) { _ = try TrainingCheckpoint(path: path) }
        }
    }
}
