import FTJSON
import Testing

@Suite("Parsing JSON")
struct JSONParsingTests {
    @Test(
        "reads every kind of value",
        arguments: [
            ("null", .null), ("true", .bool(true)), ("false", .bool(false)), ("0", .int(0)),
            ("-0", .int(0)), (" \t\r\n7 ", .int(7)), ("-12", .int(-12)), ("1.5", .double(1.5)),
            ("10.0", .double(10)), ("1e2", .double(100)), ("1E-2", .double(0.01)),
            ("1e+2", .double(100)), ("\"\"", ""), ("[]", []), ("{}", [:]),
            ("[1, [2], {}]", [1, [2], [:]]),
            (#"{"a": 1, "b": {"c": null}}"#, ["a": 1, "b": ["c": .null]]),
            ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
            ("9223372036854775808", .double(9_223_372_036_854_775_808)),
            ("1e999", .double(.infinity)), ("1e-999", .double(0)),
        ] as [(String, JSONValue)])
    func values(text: String, expected: JSONValue) throws {
        #expect(JSONValue(try JSONNode(parsing: text)) == expected)
    }

    @Test(
        "resolves escapes and keeps Unicode",
        arguments: [
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9""#, "Aé"),
            (#""\ud83d\ude00""#, "😀"), (#""\uD83D\uDE00x""#, "😀x"), ("\"é😀漢\"", "é😀漢"),
            (#""a\u0000b""#, "a\0b"), (#""é\n😀""#, "é\n😀"),
            ("\"\u{7F}\u{2028}\"", "\u{7F}\u{2028}"),
            (#""\uFFFF""#, "\u{FFFF}"),
        ])
    func strings(text: String, expected: String) throws {
        #expect(try JSONNode(parsing: text).string == expected)
    }

    @Test("remembers where keys and values stood, in characters and not bytes")
    func positions() throws {
        let root = try JSONNode(parsing: "{\"é\": 1,\n  \"b😀\": [10,\r\n20, \"ü\", 3]}")
        let members = try #require(root.members)
        #expect(root.position == JSONPosition(line: 1, column: 1))
        #expect(members[0].keyPosition == JSONPosition(line: 1, column: 2))
        #expect(members[0].node.position == JSONPosition(line: 1, column: 7))
        #expect(members[1].keyPosition == JSONPosition(line: 2, column: 3))
        let elements = try #require(members[1].node.elements)
        #expect(
            elements.map(\.position) == [
                JSONPosition(line: 2, column: 10), JSONPosition(line: 3, column: 1),
                JSONPosition(line: 3, column: 5), JSONPosition(line: 3, column: 10),
            ])
    }

    @Test("keeps numbers as they were written and converts only what is exact")
    func numbers() throws {
        func number(_ text: String) throws -> JSONNumber? {
            guard case .number(let number) = try JSONNode(parsing: text).value else { return nil }
            return number
        }
        #expect(try number("1.50")?.text == "1.50")
        #expect(try number("10.0")?.int == 10)
        #expect(try number("1e3")?.int == 1000)
        #expect(try number("10.5")?.int == nil)
        #expect(try number("9007199254740993.0")?.int == 9_007_199_254_740_992)
        #expect(try number("1e17")?.int == nil)
        #expect(try number("123456789012345678901234567890")?.int == nil)
        #expect(try number("123456789012345678901234567890")?.double == 1.2345678901234568e29)
        #expect(try number("10")?.isWrittenAsInteger == true)
        #expect(try number("1E1")?.isWrittenAsInteger == false)
    }

    @Test("looks up members, elements and scalars without guessing")
    func access() throws {
        let root = try JSONNode(parsing: #"{"a": [1, 2.5], "b": "x", "c": true, "d": null}"#)
        #expect(root["a"]?.elements?.first?.int == 1)
        #expect(root["a"]?.elements?.last?.double == 2.5)
        #expect(root["b"]?.string == "x")
        #expect(root["b"]?.int == nil)
        #expect(root["c"]?.bool == true)
        #expect(root["d"]?.isNull == true)
        #expect(root["e"] == nil)
        #expect(root["b"]?["x"] == nil)
    }

    @Test("accepts duplicate keys only when asked to", arguments: [2, 8, 9, 40])
    func duplicates(count: Int) throws {
        let keys = (0..<count - 1).map { "\"k\($0)\": \($0)" } + ["\"k0\": -1"]
        let text = "{\(keys.joined(separator: ","))}"
        let error = #expect(throws: JSONError.self) { try JSONNode(parsing: text) }
        #expect(error?.message == "the key \"k0\" appears twice")
        let options = JSONParsingOptions(allowsDuplicateKeys: true)
        #expect(try JSONNode(parsing: text, options: options).members?.count == count)
    }

    @Test("goes down to its limit of depth and no further")
    func depth() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(throws: Never.self) { try JSONNode(parsing: nested(128)) }
        let error = #expect(throws: JSONError.self) { try JSONNode(parsing: nested(129)) }
        #expect(error?.description == "1:129: nested more than 128 levels deep")
        #expect(throws: JSONError.self) { try JSONNode(parsing: nested(1_000_000)) }
        #expect(throws: JSONError.self) {
            try JSONNode(parsing: String(repeating: "{\"a\":", count: 10_000))
        }
    }

    @Test("does not slow down on a wide object")
    func wide() throws {
        let pairs = (0..<50_000).map { "\"layer.\($0).weight\": [\($0), 1]" }
        let root = try JSONNode(parsing: "{\(pairs.joined(separator: ", "))}")
        #expect(root.members?.count == 50_000)
        #expect(root.members?.last?.node.elements?.first?.int == 49_999)
    }
}
