/// Turns stored elements of any listed type into doubles, a block at a time.
enum ElementDecoder {
    /// Elements per block: small enough to stay in the cache.
    static let blockSize = 4096

    /// Whether elements of a type can be read one by one.
    static func reads(_ type: SafetensorsType) -> Bool {
        switch type {
        case .float6E2M3, .float6E3M2, .float4, .complex64: false
        default: true
        }
    }

    /// Calls `body` with the elements in order, in blocks.
    static func forEachBlock(
        _ type: SafetensorsType, _ bytes: UnsafeRawBufferPointer,
        _ body: (UnsafeBufferPointer<Double>) -> Void
    ) {
        let count = bytes.count / max(type.bits / 8, 1)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: blockSize) { block in
            var start = 0
            while start < count {
                let end = min(start + blockSize, count)
                decode(type, bytes, start..<end, into: block)
                body(UnsafeBufferPointer(rebasing: block[..<(end - start)]))
                start = end
            }
        }
    }

    /// Decodes a range of elements; `block` has room for them.
    static func decode(
        _ type: SafetensorsType, _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>,
        into block: UnsafeMutableBufferPointer<Double>
    ) {
        switch type {
        case .float64: each(bytes, range, block) { (x: Double) in x }
        case .float32: each(bytes, range, block) { (x: Float) in Double(x) }
        case .float16: each(bytes, range, block) { (x: UInt16) in half(x) }
        case .bfloat16:
            each(bytes, range, block) { (x: UInt16) in
                Double(Float(bitPattern: UInt32(x) << 16))
            }
        case .float8E5M2: each(bytes, range, block) { (x: UInt8) in half(UInt16(x) << 8) }
        case .float8E4M3:
            // NaN where all bits are set, no infinities.
            each(bytes, range, block) { (x: UInt8) in
                x & 0x7F == 0x7F ? .nan : float8(x, fraction: 3, bias: 7)
            }
        case .float8E4M3FNUZ:
            each(bytes, range, block) { (x: UInt8) in
                x == 0x80 ? .nan : float8(x, fraction: 3, bias: 8)
            }
        case .float8E5M2FNUZ:
            each(bytes, range, block) { (x: UInt8) in
                x == 0x80 ? .nan : float8(x, fraction: 2, bias: 16)
            }
        case .float8E8M0:
            each(bytes, range, block) { (x: UInt8) in
                x == 0xFF ? .nan : Double(sign: .plus, exponent: Int(x) - 127, significand: 1)
            }
        case .int64: each(bytes, range, block) { (x: Int64) in Double(x) }
        case .int32: each(bytes, range, block) { (x: Int32) in Double(x) }
        case .int16: each(bytes, range, block) { (x: Int16) in Double(x) }
        case .int8: each(bytes, range, block) { (x: Int8) in Double(x) }
        case .uint64: each(bytes, range, block) { (x: UInt64) in Double(x) }
        case .uint32: each(bytes, range, block) { (x: UInt32) in Double(x) }
        case .uint16: each(bytes, range, block) { (x: UInt16) in Double(x) }
        case .uint8, .bool: each(bytes, range, block) { (x: UInt8) in Double(x) }
        case .float6E2M3, .float6E3M2, .float4, .complex64: break
        }
    }

    @inline(__always)
    private static func each<Stored: BitwiseCopyable>(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>,
        _ block: UnsafeMutableBufferPointer<Double>, _ convert: (Stored) -> Double
    ) {
        for position in range {
            let offset = position * MemoryLayout<Stored>.stride
            let stored = bytes.loadUnaligned(fromByteOffset: offset, as: Stored.self)
            block[position - range.lowerBound] = convert(stored)
        }
    }

    /// IEEE 754 half precision.
    private static func half(_ bits: UInt16) -> Double {
        Double(Float16(bitPattern: bits))
    }

    /// A sign, an exponent and so many bits of fraction.
    private static func float8(_ bits: UInt8, fraction: Int, bias: Int) -> Double {
        let unit = 1 << fraction
        let exponent = Int(bits & 0x7F) >> fraction
        let digits = Double(Int(bits) & (unit - 1)) / Double(unit)
        let magnitude =
            exponent == 0
            ? Double(sign: .plus, exponent: 1 - bias, significand: 1) * digits
            : Double(sign: .plus, exponent: exponent - bias, significand: 1 + digits)
        return bits & 0x80 == 0 ? magnitude : -magnitude
    }
}
