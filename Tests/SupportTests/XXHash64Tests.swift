import Testing

@testable import FTSupport

@Suite struct XXHash64Tests {
    @Test(
        "gives the published hashes",
        arguments: [
            ("", 0xEF46_DB37_51D8_E999), ("a", 0xD24E_C4F1_A98C_6E5B),
            ("abc", 0x44BC_2CF5_AD77_0999),
            ("Nobody inspects the spammish repetition", 0xFBCE_A83C_8A37_8BF1),
        ] as [(String, UInt64)])
    func publishedHashes(text: String, expected: UInt64) {
        var hash = XXHash64()
        Array(text.utf8).withUnsafeBytes { hash.update($0) }
        #expect(hash.value() == expected)
    }

    @Test("does not depend on how the bytes are cut")
    func pieces() {
        let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 31) }
        var whole = XXHash64()
        bytes.withUnsafeBytes { whole.update($0) }
        for size in [1, 7, 31, 32, 33, 64, 999] {
            var pieces = XXHash64()
            for start in stride(from: 0, to: bytes.count, by: size) {
                let piece = Array(bytes[start..<min(start + size, bytes.count)])
                piece.withUnsafeBytes { pieces.update($0) }
            }
            #expect(pieces.value() == whole.value())
        }
    }

    @Test("is 16 digits, whatever it begins with")
    func digits() {
        var shortest = 16
        for number in 0..<200 {
            var hash = XXHash64()
            Array("\(number)".utf8).withUnsafeBytes { hash.update($0) }
            let plain = String(hash.value(), radix: 16)
            shortest = min(shortest, plain.count)
            #expect(hash.digits.count == 16 && hash.digits.hasSuffix(plain))
            #expect(XXHash64.text(of: "\(number)") == "xxh64:\(hash.digits)")
        }
        #expect(shortest < 16)
    }
}
