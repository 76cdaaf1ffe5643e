import FTJSON
import FTSupport

/// The header of a safetensors file: 8 bytes of length, then a JSON object.
struct SafetensorsHeader {
    /// The longest header that any reader accepts.
    static let maximumByteCount = 100_000_000

    private(set) var entries: [TensorEntry] = []
    private(set) var metadata: [String: String] = [:]
    /// Where the data section starts in the file.
    let dataStart: Int

    private let path: String
    private let dataCount: Int

    /// Reads and checks everything that can be checked without looking at the data.
    init(_ bytes: UnsafeRawBufferPointer, path: String) throws(CheckpointError) {
        self.path = path
        let length = try SafetensorsHeader.length(bytes, path)
        dataStart = 8 + length
        dataCount = bytes.count - dataStart
        let text = UnsafeRawBufferPointer(rebasing: bytes[8..<dataStart])
        try read(text)
        try checkCoverage()
    }

    private static func length(
        _ bytes: UnsafeRawBufferPointer, _ path: String
    ) throws(CheckpointError) -> Int {
        guard bytes.count >= 8 else {
            let size = Format.bytes(bytes.count)
            throw CheckpointError(
                .damaged, path,
                "is \(size) long; a safetensors file starts with the 8-byte length of its header")
        }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        if length > UInt64(maximumByteCount) {
            try refuseForeignFormat(bytes, path)
            throw CheckpointError(
                .damaged, path,
                "claims a header of \(length) bytes, more than the 100,000,000 allowed; "
                    + "it is damaged or not a safetensors file")
        }
        if Int(length) > bytes.count - 8 {
            try refuseForeignFormat(bytes, path)
            throw CheckpointError(
                .damaged, path,
                "claims a header of \(length) bytes, but only \(bytes.count - 8) follow; "
                    + "it is cut short or not a safetensors file")
        }
        return Int(length)
    }

    /// Takes the members one by one: there may be millions.
    private mutating func read(_ text: UnsafeRawBufferPointer) throws(CheckpointError) {
        guard text.first == UInt8(ascii: "{") else {
            throw damaged("has a header that does not start with '{'; is it a safetensors file?")
        }
        var failure: CheckpointError?
        do throws(JSONError) {
            let options = JSONParsingOptions(maximumDepth: 8)
            try JSONNode.forEachMember(of: text, options: options) { member in
                guard failure == nil else { return }
                do throws(CheckpointError) { try take(member) } catch { failure = error }
            }
        } catch {
            throw damaged(
                "has a header that is not valid JSON (at line \(error.line), "
                    + "column \(error.column): \(error.message))")
        }
        if let failure { throw failure }
    }

    private mutating func take(_ member: JSONNode.Member) throws(CheckpointError) {
        if member.key == "__metadata__" {
            metadata = try strings(member.node)
        } else {
            entries.append(try entry(member.key, member.node))
        }
    }

    private func strings(_ node: JSONNode) throws(CheckpointError) -> [String: String] {
        if case .null = node.value { return [:] }
        guard let members = node.members else {
            throw damaged("has a \"__metadata__\" that is not an object of strings")
        }
        var result: [String: String] = [:]
        for member in members {
            guard let value = member.node.string else {
                throw damaged("has metadata \(member.key.quotedForDisplay()) that is not a string")
            }
            result[member.key] = value
        }
        return result
    }

    private func entry(_ name: String, _ node: JSONNode) throws(CheckpointError) -> TensorEntry {
        guard node.members != nil else {
            throw damaged(name, "is not described by an object with dtype, shape and data_offsets")
        }
        let type = try type(name, node["dtype"])
        let shape = try shape(name, node["shape"])
        let range = try range(name, node["data_offsets"])
        let byteCount = try byteCount(name, type, shape)
        guard byteCount == range.count else {
            throw damaged(
                name,
                "takes \(Format.bytes(range.count)), but \(Format.shape(shape)) \(type.name) "
                    + "needs \(Format.bytes(byteCount))")
        }
        return TensorEntry(name: name, type: type, shape: shape, byteRange: range)
    }

    private func type(
        _ name: String, _ node: JSONNode?
    ) throws(CheckpointError) -> SafetensorsType {
        guard let node else { throw damaged(name, "has no dtype") }
        guard let text = node.string else {
            throw damaged(name, "has a dtype that is not a string")
        }
        guard let type = SafetensorsType(rawValue: text) else {
            throw damaged(name, "has the unknown dtype \(text.quotedForDisplay())")
        }
        return type
    }

    private func shape(_ name: String, _ node: JSONNode?) throws(CheckpointError) -> [Int] {
        guard let node else { throw damaged(name, "has no shape") }
        guard let elements = node.elements else {
            throw damaged(name, "has a shape that is not an array")
        }
        var shape: [Int] = []
        for element in elements {
            guard let size = wholeNumber(element) else {
                throw damaged(name, "has a shape with a size that is not a whole number below 2⁶³")
            }
            guard size >= 0 else { throw damaged(name, "has the negative size \(size)") }
            shape.append(size)
        }
        return shape
    }

    private func range(_ name: String, _ node: JSONNode?) throws(CheckpointError) -> Range<Int> {
        guard let node else { throw damaged(name, "has no data_offsets") }
        guard let elements = node.elements, elements.count == 2,
            let start = wholeNumber(elements[0]), let end = wholeNumber(elements[1]), start >= 0
        else { throw damaged(name, "has data_offsets that are not two whole numbers") }
        guard start <= end else {
            throw damaged(name, "ends at byte \(end), before its start at byte \(start)")
        }
        guard end <= dataCount else {
            throw damaged(
                name,
                "ends at byte \(end), but the file holds \(Format.bytes(dataCount)) of data; "
                    + "it is cut short")
        }
        return start..<end
    }

    private func wholeNumber(_ node: JSONNode) -> Int? {
        guard case .number(let number) = node.value, number.isWrittenAsInteger else { return nil }
        return number.int
    }

    /// The bytes that a shape needs; refuses shapes whose strides would overflow, size 0 or not.
    private func byteCount(
        _ name: String, _ type: SafetensorsType, _ shape: [Int]
    ) throws(CheckpointError) -> Int {
        var bits = type.bits
        for size in shape where size != 0 {
            let (product, overflow) = bits.multipliedReportingOverflow(by: size)
            if overflow { throw damaged(name, "has more elements than memory can hold") }
            bits = product
        }
        if shape.contains(0) { return 0 }
        guard bits % 8 == 0 else {
            throw damaged(name, "fills \(bits) bits, which is not a whole number of bytes")
        }
        return bits / 8
    }

    /// The tensors must tile the data section: no byte shared, none left over.
    private func checkCoverage() throws(CheckpointError) {
        let ordered = entries.indices.sorted {
            let (a, b) = (entries[$0].byteRange, entries[$1].byteRange)
            return (a.lowerBound, a.upperBound) < (b.lowerBound, b.upperBound)
        }
        var end = 0
        var previous = ""
        for entry in ordered.lazy.map({ entries[$0] }) {
            let start = entry.byteRange.lowerBound
            if start < end {
                throw damaged(
                    entry.name,
                    "starts at byte \(start), inside tensor \(previous.quotedForDisplay())")
            }
            if start > end {
                throw damaged("has a hole: bytes \(end) to \(start) of the data are no tensor's")
            }
            end = entry.byteRange.upperBound
            previous = entry.name
        }
        if end < dataCount {
            throw damaged("has \(Format.bytes(dataCount - end)) after its last tensor")
        }
    }

    private func damaged(_ problem: String) -> CheckpointError {
        CheckpointError(.damaged, path, problem)
    }

    private func damaged(_ tensor: String, _ problem: String) -> CheckpointError {
        CheckpointError(.damaged, path, tensor: tensor, problem)
    }
}
