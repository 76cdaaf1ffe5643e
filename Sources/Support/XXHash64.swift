/// The 64-bit xxHash of a stream of bytes: fast, and enough against accidents, not attackers.
///
/// Yann Collet, "xxHash fast digest algorithm", format description 0.1.1.
package struct XXHash64 {
    private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

    private var lanes: SIMD4<UInt64>
    /// At most 31 bytes that did not fill a stripe yet.
    private var rest: [UInt8] = []
    private var total: UInt64 = 0

    package init() {
        lanes = [XXHash64.prime1 &+ XXHash64.prime2, XXHash64.prime2, 0, 0 &- XXHash64.prime1]
        rest.reserveCapacity(32)
    }

    /// Adds bytes to the stream.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        total &+= UInt64(bytes.count)
        var position = 0
        if !rest.isEmpty {
            position = min(32 - rest.count, bytes.count)
            rest.append(contentsOf: bytes[..<position])
            guard rest.count == 32 else { return }
            rest.withUnsafeBytes { stripe in lanes = XXHash64.round(lanes, stripe, 0) }
            rest.removeAll(keepingCapacity: true)
        }
        var local = lanes
        while bytes.count - position >= 32 {
            local = XXHash64.round(local, bytes, position)
            position += 32
        }
        lanes = local
        rest.append(contentsOf: bytes[position...])
    }

    /// The hash of everything added so far.
    package func value() -> UInt64 {
        var hash = total >= 32 ? merged : XXHash64.prime5
        hash &+= total
        var position = 0
        rest.withUnsafeBytes { bytes in
            while rest.count - position >= 8 {
                let word = UInt64(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
                hash ^= XXHash64.rotated(word &* XXHash64.prime2, 31) &* XXHash64.prime1
                hash = XXHash64.rotated(hash, 27) &* XXHash64.prime1 &+ XXHash64.prime4
                position += 8
            }
            if rest.count - position >= 4 {
                let word = UInt32(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
                hash ^= UInt64(word) &* XXHash64.prime1
                hash = XXHash64.rotated(hash, 23) &* XXHash64.prime2 &+ XXHash64.prime3
                position += 4
            }
        }
        for byte in rest[position...] {
            hash ^= UInt64(byte) &* XXHash64.prime5
            hash = XXHash64.rotated(hash, 11) &* XXHash64.prime1
        }
        hash = (hash ^ hash >> 33) &* XXHash64.prime2
        hash = (hash ^ hash >> 29) &* XXHash64.prime3
        return hash ^ hash >> 32
    }

    /// `xxh64:` and the digits of a text's hash.
    package static func text(of text: String) -> String {
        var hash = XXHash64()
        Array(text.utf8).withUnsafeBytes { hash.update($0) }
        return "xxh64:" + hash.digits
    }

    /// The hash in 16 hexadecimal digits.
    package var digits: String { XXHash64.digits(of: value()) }

    /// A hash in 16 hexadecimal digits.
    package static func digits(of value: UInt64) -> String { padded(String(value, radix: 16)) }

    /// The same of digits that were written without zeros before them, as older versions did; what
    /// stands before a colon stays.
    package static func padded(_ text: String) -> String {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let digits = parts.last, digits.count < 16 else { return text }
        let zeros = String(repeating: "0", count: 16 - digits.count)
        return (parts.dropLast() + [zeros + digits]).joined(separator: ":")
    }

    private var merged: UInt64 {
        var hash = XXHash64.rotated(lanes[0], 1) &+ XXHash64.rotated(lanes[1], 7)
        hash = hash &+ XXHash64.rotated(lanes[2], 12) &+ XXHash64.rotated(lanes[3], 18)
        for lane in 0..<4 {
            let folded = XXHash64.rotated(lanes[lane] &* XXHash64.prime2, 31) &* XXHash64.prime1
            hash = (hash ^ folded) &* XXHash64.prime1 &+ XXHash64.prime4
        }
        return hash
    }

    @inline(__always)
    private static func round(
        _ lanes: SIMD4<UInt64>, _ bytes: UnsafeRawBufferPointer, _ position: Int
    ) -> SIMD4<UInt64> {
        let stripe = bytes.loadUnaligned(fromByteOffset: position, as: SIMD4<UInt64>.self)
        let sum = lanes &+ stripe &* SIMD4(repeating: prime2)
        return (sum &<< 31 | sum &>> 33) &* SIMD4(repeating: prime1)
    }

    @inline(__always)
    private static func rotated(_ value: UInt64, _ bits: UInt64) -> UInt64 {
        value &<< bits | value &>> (64 - bits)
    }
}
