extension JSONParser {
    /// Reads a string; the cursor is on its opening quote.
    mutating func string() throws(JSONError) -> String {
        let start = position
        index += 1
        let first = index
        skipPlain()
        if current == UInt8(ascii: "\"") {
            let text = String(validating: bytes[first..<index], as: UTF8.self)
            guard let text else { throw notUTF8(start) }
            index += 1
            return text
        }
        return try stringWithEscapes(from: first, start)
    }

    /// Moves to the next quote, backslash or control character.
    private mutating func skipPlain() {
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return }
            if byte & 0xC0 == 0x80 { continuationBytes += 1 }
            index += 1
        }
    }

    private mutating func stringWithEscapes(
        from first: Int, _ start: JSONPosition
    ) throws(JSONError) -> String {
        var units = Array(bytes[first..<index])
        while current != UInt8(ascii: "\"") {
            guard !isAtEnd else { throw notClosed(start) }
            if current == UInt8(ascii: "\\") {
                try escape(into: &units)
            } else if current < 0x20 {
                if current == UInt8(ascii: "\n") { throw notClosed(start) }
                throw error("control character \(found) in a string; write it as an escape")
            }
            let plain = index
            skipPlain()
            units.append(contentsOf: bytes[plain..<index])
        }
        index += 1
        guard let text = String(validating: units, as: UTF8.self) else { throw notUTF8(start) }
        return text
    }

    private mutating func escape(into units: inout [UInt8]) throws(JSONError) {
        let start = position
        index += 1
        let letter = current
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(letter)
        case UInt8(ascii: "b"): units.append(0x08)
        case UInt8(ascii: "f"): units.append(0x0C)
        case UInt8(ascii: "n"): units.append(0x0A)
        case UInt8(ascii: "r"): units.append(0x0D)
        case UInt8(ascii: "t"): units.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try unicodeEscape(start)
            units.append(contentsOf: Array(String(scalar).utf8))
            return
        default:
            throw JSONError(
                at: start, "unknown escape: '\\' followed by \(found); write '\\\\' for a backslash"
            )
        }
        index += 1
    }

    /// Reads `uXXXX`, and the second half when the first is a high surrogate.
    private mutating func unicodeEscape(
        _ start: JSONPosition
    ) throws(JSONError) -> Unicode.Scalar {
        let unit = try hexUnit(start)
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, current == UInt8(ascii: "\\"), index + 1 < bytes.count,
            bytes[index + 1] == UInt8(ascii: "u")
        else { throw loneSurrogate(start) }
        index += 1
        let low = try hexUnit(start)
        guard (0xDC00...0xDFFF).contains(low) else { throw loneSurrogate(start) }
        let code = 0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00)
        guard let scalar = Unicode.Scalar(code) else { throw loneSurrogate(start) }
        return scalar
    }

    /// Reads the four digits after the `u` under the cursor.
    private mutating func hexUnit(_ start: JSONPosition) throws(JSONError) -> UInt16 {
        index += 1
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = hexDigit(current) else {
                throw JSONError(at: start, "'\\u' needs four hexadecimal digits")
            }
            unit = unit << 4 | digit
            index += 1
        }
        return unit
    }

    private func hexDigit(_ byte: UInt8) -> UInt16? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    private func notClosed(_ start: JSONPosition) -> JSONError {
        JSONError(at: start, "the string is not closed; add a '\"' on this line")
    }

    private func notUTF8(_ start: JSONPosition) -> JSONError {
        JSONError(at: start, "the string is not valid UTF-8; save the file as UTF-8")
    }

    private func loneSurrogate(_ start: JSONPosition) -> JSONError {
        JSONError(at: start, "half of a surrogate pair; '\\uD83D' needs its '\\uDE00'")
    }
}
