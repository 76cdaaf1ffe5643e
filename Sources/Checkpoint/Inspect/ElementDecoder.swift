/// Turns stored elements of any listed type into doubles, a block at a time.
enum ElementDecoder {
    /// Elements per block: small enough to stay in the cache.
    static let blockSize = 4096

    /// Whether elements of a type can be read one by one.
    static func reads(_ type: SafetensorsType) -> Bool {
        switch type {
        case .float8E8M0, .float6E2M3, .float6E3M2, .float4, .complex64: false
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
        case .float8E4M3: each(bytes, range, block) { (x: UInt8) in float8E4M3(x) }
        case .int64: each(bytes, range, block) { (x: Int64) in Double(x) }
        case .int32: each(bytes, range, block) { (x: Int32) in Double(x) }
        case .int16: each(bytes, range, block) { (x: Int16) in Double(x) }
        case .int8: each(bytes, range, block) { (x: Int8) in Double(x) }
        case .uint64: each(bytes, range, block) { (x: UInt64) in Double(x) }
        case .uint32: each(bytes, range, block) { (x: UInt32) in Double(x) }
        case .uint16: each(bytes, range, block) { (x: UInt16) in Double(x) }
        case .uint8, .bool: each(bytes, range, block) { (x: UInt8) in Double(x) }
        case .float8E8M0, .float6E2M3, .float6E3M2, .float4, .complex64: break
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

    /// 1 sign, 4 exponent and 3 fraction bits, bias 7, no infinities, NaN where all bits are set.
    private static func float8E4M3(_ bits: UInt8) -> Double {
        let exponent = Int(bits >> 3 & 0xF)
        let fraction = Double(bits & 7) / 8
        if bits & 0x7F == 0x7F { return .nan }
        let magnitude =
            exponent == 0
            ? Double(sign: .plus, exponent: -6, significand: 1) * fraction
            : Double(sign: .plus, exponent: exponent - 7, significand: 1 + fraction)
        return bits & 0x80 == 0 ? magnitude : -magnitude
    }
}
