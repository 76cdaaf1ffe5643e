import FTSupport
import Tensor

/// What the start of a `.npy` file declares: a Python dictionary of three known keys.
struct NPYHeader {
    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    let dtype: DType
    /// Whether elements have the highest byte first.
    let isSwapped: Bool
    let isFortran: Bool
    let shape: [Int]

    /// Reads the header; also says where the elements start.
    static func find(_ file: MappedFile) throws -> (header: NPYHeader, end: Int) {
        let bytes = file.bytes
        if bytes.starts(with: [0x50, 0x4B, 3, 4]) {
            throw DataError(
                file.path,
                "this is an archive of arrays (.npz), not one; save each with numpy.save, or load it"
                    + " there: numpy.save('x.npy', numpy.load('\(file.path)')['x'])")
        }
        guard bytes.count >= 10, bytes.prefix(6).elementsEqual(magic) else {
            throw DataError(file.path, "this is not a .npy file; save it with numpy.save")
        }
        let version = bytes[6]
        guard (1...3).contains(version) else {
            throw DataError(
                file.path,
                "version \(version) of the .npy format is not known; save it with"
                    + " numpy.save")
        }
        let start = version == 1 ? 10 : 12
        guard bytes.count >= start else { throw cut(file) }
        var length = Int(bytes[8]) | Int(bytes[9]) << 8
        if version > 1 { length |= Int(bytes[10]) << 16 | Int(bytes[11]) << 24 }
        guard length <= bytes.count - start else { throw cut(file) }
        // A header of numbers takes a hundred bytes; long ones name the fields of records.
        let text = bytes[start..<start + min(length, 65_536)]
        return (try parse(Array(text), file.path), start + length)
    }

    private static func cut(_ file: MappedFile) -> DataError {
        DataError(file.path, "the file ends within its header; copy it again")
    }

    private static func parse(_ text: [UInt8], _ path: String) throws -> NPYHeader {
        var parser = Parser(text: text)
        var (code, order, shape): (String?, Bool?, [Int]?) = (nil, nil, nil)
        parser.take("{")
        while let key = parser.string(), parser.take(":") {
            switch key {
            case "descr":
                guard let value = parser.string() else {
                    throw DataError(
                        path, "the elements are records, not numbers; save one field of them")
                }
                code = value
            case "fortran_order": order = parser.bool()
            case "shape": shape = parser.tuple()
            default: break
            }
            guard parser.take(",") else { break }
        }
        guard let code, let order, let shape else {
            throw DataError(path, "the .npy header is damaged; save the array again")
        }
        let isSwapped = code.hasPrefix(">")
        let dtype = try dtype(isSwapped ? "<" + code.dropFirst() : code, path)
        return NPYHeader(dtype: dtype, isSwapped: isSwapped, isFortran: order, shape: shape)
    }

    /// NumPy's code of a dtype, if it has one: byte order, kind and bytes, as in `<u2`.
    static func code(of dtype: DType) -> String? {
        switch dtype {
        case .bfloat16: return nil
        case .bool: return "|b1"
        default:
            let kind = dtype.isFloat ? "f" : dtype.isSigned ? "i" : "u"
            return (dtype.size == 1 ? "|" : "<") + kind + "\(dtype.size)"
        }
    }

    private static func dtype(_ code: String, _ path: String) throws -> DType {
        if let match = DType.allCases.first(where: { self.code(of: $0) == code }) { return match }
        throw DataError(
            path,
            "elements '\(code.prefix(32))' aren't numbers that are supported; save integers"
                + " or floats of at most 64 bits")
    }

    /// Reads the few forms of Python literals that headers have.
    private struct Parser {
        let text: [UInt8]
        var position = 0

        private mutating func skipSpaces() {
            while position < text.count, text[position] <= 32 { position += 1 }
        }

        /// Steps over `symbol` if it comes next.
        @discardableResult mutating func take(_ symbol: Character) -> Bool {
            skipSpaces()
            guard position < text.count, text[position] == symbol.asciiValue else { return false }
            position += 1
            return true
        }

        mutating func string() -> String? {
            skipSpaces()
            guard position < text.count, text[position] == 39 || text[position] == 34,
                let end = text[(position + 1)...].firstIndex(of: text[position])
            else { return nil }
            defer { position = end + 1 }
            return String(decoding: text[position + 1..<end], as: UTF8.self)
        }

        mutating func bool() -> Bool? {
            skipSpaces()
            for (word, value) in [("True", true), ("False", false)]
            where text[position...].starts(with: word.utf8) {
                position += word.utf8.count
                return value
            }
            return nil
        }

        mutating func tuple() -> [Int]? {
            guard take("(") else { return nil }
            var values: [Int] = []
            while !take(")") {
                let start = position
                while position < text.count, (48...57).contains(text[position]) { position += 1 }
                let digits = String(decoding: text[start..<position], as: UTF8.self)
                guard let value = Int(digits) else { return nil }
                values.append(value)
                guard take(",") || text[safe: position] == 41 else { return nil }
                skipSpaces()
            }
            return values
        }
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { index < count ? self[index] : nil }
}
