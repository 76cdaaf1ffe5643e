import FTSupport
package import Tensor

/// A text as numbers: its characters, or its bytes, and which of them there are.
public struct TextTokens: Sendable, Equatable {
    /// What a token stands for.
    public enum Unit: String, Sendable, CaseIterable {
        /// A Unicode scalar of those that the text has, in their order.
        case character
        /// A byte; there are 256.
        case byte
    }

    /// What a token stands for.
    public let unit: Unit
    /// The Unicode scalar, or byte, that each token stands for, ascending.
    public let vocabulary: [UInt32]

    /// What a token of these stands for.
    public init(_ unit: Unit, vocabulary: [UInt32]) {
        self.unit = unit
        self.vocabulary = vocabulary
    }

    /// The tokens of a text; nil where it has a character that isn't among them.
    public func encode(_ text: String) -> [Int]? {
        unit == .byte
            ? encode(bytes: Array(text.utf8)) : encode(text.unicodeScalars.map(\.value))
    }

    /// The tokens of bytes, which they are; nil where one isn't among them.
    package func encode(bytes: [UInt8]) -> [Int]? { encode(bytes.map { UInt32($0) }) }

    private func encode(_ codes: [UInt32]) -> [Int]? {
        let places = Dictionary(
            uniqueKeysWithValues: vocabulary.enumerated().map { ($1, $0) })
        var tokens: [Int] = []
        for code in codes {
            guard let token = places[code] else { return nil }
            tokens.append(token)
        }
        return tokens
    }

    /// The bytes of UTF-8, or of the text, that a token stands for.
    public func bytes(of token: Int) -> [UInt8] {
        let code = vocabulary[token]
        if unit == .byte { return [UInt8(truncatingIfNeeded: code)] }
        return Unicode.Scalar(code).map { Array(String(Character($0)).utf8) } ?? []
    }
}

// Texts in HDF5 files: the tokens of two parts, `train/text` and `validation/text`, and
// `vocabulary`.
extension TextTokens {
    /// The share of a text, its last part, that is kept for validation.
    public static let validationShare = 0.1
    private static let dataset = "vocabulary"

    /// Writes texts, one after the other, with what their tokens stand for.
    ///
    /// Of characters, a byte-order mark is left out, and lines end with a line feed alone. Throws
    /// where a file can't be read, or is not UTF-8 though characters are asked for.
    public static func write(
        _ paths: [String], _ unit: Unit, to path: String, replaces: Bool = true
    ) throws {
        var codes: [UInt32] = []
        for path in paths { codes += try read(path, unit) }
        let last = Int((Double(codes.count) * validationShare).rounded(.up))
        guard codes.count - last > 1, last > 1 else {
            throw DataError(
                paths.joined(separator: ", "),
                "a text of \(Format.count(codes.count, unit.rawValue)) is too short to split; use a longer one"
            )
        }
        let vocabulary = unit == .byte ? Array(0..<256) : Set(codes).sorted()
        let places = Dictionary(
            uniqueKeysWithValues: vocabulary.enumerated().map { ($1, $0) })
        let tokens = codes.map { Int32(places[$0] ?? 0) }
        let dtype: DType = vocabulary.count <= 256 ? .uint8 : .int32
        try HDF5Writer.create(path, replaces: replaces) { file in
            let first = codes.count - last
            for (name, part) in [("train", tokens[..<first]), ("validation", tokens[first...])] {
                try file.write("\(name)/text", NDArray(Array(part)).cast(to: dtype))
            }
            try file.write(dataset, NDArray(vocabulary.map { Int32(bitPattern: $0) }))
            try file.setAttribute("unit", unit.rawValue, on: dataset)
        }
    }

    private static func read(_ path: String, _ unit: Unit) throws -> [UInt32] {
        let file = try DataFile.map(path)
        defer { withExtendedLifetime(file) {} }
        if unit == .byte { return file.bytes.map { UInt32($0) } }
        guard let text = String(validating: file.bytes, as: UTF8.self) else {
            throw DataError(
                path,
                "this is not UTF-8; convert it (iconv -f latin1 -t utf-8), or train on bytes: fttrain "
                    + "data text --bytes")
        }
        // A mark that the file is UTF-8 is no part of its text, and lines end alike everywhere.
        let scalars = text.unicodeScalars
        let own = scalars.first?.value == 0xFEFF ? scalars.dropFirst() : scalars[...]
        var codes: [UInt32] = []
        codes.reserveCapacity(file.bytes.count)
        for scalar in own {
            if scalar == "\n", codes.last == 13 { codes.removeLast() }
            codes.append(scalar.value)
        }
        return codes
    }

    /// The tokens of a file of text, by what they stand for here.
    ///
    /// Throws where the file can't be read, or has a character that isn't among them.
    package func tokens(ofText path: String) throws -> NDArray {
        let places = Dictionary(
            uniqueKeysWithValues: vocabulary.enumerated().map { ($1, Int32($0)) })
        var line = 1
        let tokens = try TextTokens.read(path, unit).map { code in
            guard let token = places[code] else {
                let character = Unicode.Scalar(code).map { String(Character($0)) } ?? "\(code)"
                throw DataError(
                    "\(path):\(line)",
                    "holds '\(character.escapedForDisplay())', which the model's text has nowhere; "
                        + "write it otherwise or leave it out")
            }
            if code == 10 { line += 1 }
            return token
        }
        return NDArray(tokens)
    }

    /// What the tokens of a file stand for.
    ///
    /// Throws where the file says nothing of it.
    public init(file path: String) throws {
        let file = try HDF5File(path)
        guard let name = file.attribute("unit", on: TextTokens.dataset),
            let unit = Unit(rawValue: name)
        else {
            throw DataError(path, "holds no vocabulary of a text; make it with: fttrain data text")
        }
        let codes = try HDF5Dataset(file, TextTokens.dataset).read().values(as: Int.self)
        self.init(unit, vocabulary: codes.map { UInt32(truncatingIfNeeded: $0) })
    }
}

extension Dataset {
    /// Pieces of a text for a model that says what comes next: inputs are `length` tokens, targets
    /// those one later. Nothing is copied; pieces overlap.
    ///
    /// For training, an epoch draws `drawn` pieces from anywhere; without, the text is cut into
    /// pieces one after the other. Throws where the text is shorter than a piece and a token.
    public static func text(
        _ path: String, _ name: String, length: Int, drawn: Int? = nil
    ) throws -> Dataset {
        let source = try HDF5Dataset(HDF5File(path), name)
        guard source.shape.rank == 1, source.dtype.isInteger else {
            throw source.error("is no text, one row of whole numbers; see 'fttrain data text'")
        }
        guard source.count > length else {
            throw source.error(
                "has \(Format.count(source.count, "token")), too few for \(length) and the next; "
                    + "lower data.text.context or use a longer text")
        }
        return text(
            try source.read(), named: "\(path): '\(source.path)'", length: length, drawn: drawn)
    }

    /// The same of tokens in memory [count], of which there are more than `length`.
    package static func text(
        _ tokens: NDArray, named name: String, length: Int, drawn: Int? = nil
    ) -> Dataset {
        let step = drawn == nil ? length : 1
        let size = tokens.count
        let count = drawn == nil ? (size - 1) / length : size - length
        func pieces(from first: Int) -> Source {
            .memory(
                NDArray(
                    storage: tokens.storage, dtype: tokens.dtype, shape: [count, length],
                    strides: [step, 1], offset: tokens.offset + first))
        }
        return Dataset(
            name: name, inputs: [pieces(from: 0)], named: [name], targets: pieces(from: 1),
            named: name, rows: 0..<count, overlap: drawn == nil ? 1 : length, drawn: drawn)
    }
}
