extension JSONParser {
    /// Reads a number; the cursor is on its sign or first digit.
    mutating func number() throws(JSONError) -> JSONNumber {
        let start = position
        let first = index
        if current == UInt8(ascii: "-") { index += 1 }
        if current == UInt8(ascii: "0") {
            index += 1
            if isDigit(current) { throw JSONError(at: start, "a number may not start with 0") }
        } else if skipDigits() == 0 {
            throw error("expected a digit after '-', found \(found)")
        }
        if current == UInt8(ascii: ".") {
            index += 1
            if skipDigits() == 0 { throw error("expected a digit after '.', found \(found)") }
        }
        if current | 0x20 == UInt8(ascii: "e") {
            index += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { index += 1 }
            if skipDigits() == 0 { throw error("expected the exponent's digits, found \(found)") }
        }
        if isWordByte(current) || current == UInt8(ascii: ".") {
            throw JSONError(at: start, "not a number: \(found) in or after it")
        }
        // A bound on the length keeps the conversion to a double cheap on hostile input.
        if index - first > 1000 {
            throw JSONError(at: start, "a number of more than 1,000 characters")
        }
        return JSONNumber(verified: String(decoding: bytes[first..<index], as: UTF8.self))
    }

    /// Moves past decimal digits and says how many there were.
    private mutating func skipDigits() -> Int {
        let first = index
        while isDigit(current) { index += 1 }
        return index - first
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10
    }
}
