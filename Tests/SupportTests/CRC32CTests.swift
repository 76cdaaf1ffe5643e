import FTSupport
import Testing

@Suite("CRC-32C")
struct CRC32CTests {
    @Test("has the values of RFC 3720 and of the catalogue")
    func values() {
        #expect(CRC32C.value(Array("123456789".utf8)) == 0xE306_9283)
        #expect(CRC32C.value([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(CRC32C.value([UInt8](repeating: 255, count: 32)) == 0x62A8_AB43)
        #expect(CRC32C.value((0..<32).map { UInt8($0) }) == 0x46DD_794E)
        #expect(CRC32C.value([]) == 0)
        #expect(CRC32C.masked([]) == 0xA282_EAD8)
    }
}
