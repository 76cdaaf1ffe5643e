/// The Castagnoli checksum of bytes, as iSCSI (RFC 3720) and TFRecord files have it.
package enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in
            value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1
        }
    }

    /// The checksum.
    package static func value(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~bytes.reduce(~0 as UInt32) { sum, byte in
            table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ sum >> 8
        }
    }

    /// The same, changed as TFRecord changes it, so that no checksum of a checksum is stored.
    package static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
        let sum = value(bytes)
        return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
    }
}
