import FTJSON
import Testing

@Suite("What is not JSON gets one sentence and its place")
struct JSONErrorTests {
    @Test(
        "names the mistake",
        arguments: [
            ("", "1:1: there is nothing here; expected a JSON value"),
            ("  \n ", "2:2: there is nothing here; expected a JSON value"),
            ("[1,]", "1:3: trailing comma before ']'; remove it"),
            ("{\"a\": 1,\n}", "1:8: trailing comma before '}'; remove it"),
            ("[1,,2]", "1:4: expected a value, found ','; remove one comma"),
            ("[,1]", "1:2: expected a value, found ','; remove one comma"),
            ("{,}", "1:2: expected a key, found ','; remove one comma"),
            ("[1 2]", "1:4: expected ',' or ']', found '2'"),
            ("{\"a\": 1 \"b\": 2}", "1:9: expected ',' or '}', found '\"'"),
            ("[1", "1:3: the array is not closed; expected ',' or ']'"),
            ("[", "1:2: expected a value, found the end of the text"),
            ("{", "1:2: the object is not closed; expected a key or '}'"),
            ("{\"a\"", "1:5: expected ':' after the key \"a\", found the end of the text"),
            ("{\"a\" 1}", "1:6: expected ':' after the key \"a\", found '1'"),
            ("{\"a\":}", "1:6: expected a value, found '}'"),
            ("{a: 1}", "1:2: expected a key in double quotes, found a"),
            ("{'a': 1}", "1:2: a key takes double quotes, not single ones"),
            ("['a']", "1:2: a string takes double quotes, not single ones"),
            ("{1: 2}", "1:2: expected a key in double quotes, found 1"),
            ("[NaN]", "1:2: NaN is not a JSON number"),
            ("[Infinity]", "1:2: Infinity is not a JSON number"),
            ("[-Infinity]", "1:3: expected a digit after '-', found 'I'"),
            ("[True]", "1:2: expected a value, found True; write true"),
            ("[None]", "1:2: expected a value, found None; write null"),
            ("[adam]", "1:2: expected a value, found adam; text needs double quotes"),
            ("[truely]", "1:2: expected a value, found truely; text needs double quotes"),
            ("01", "1:1: a number may not start with 0"),
            ("-01", "1:1: a number may not start with 0"),
            ("+1", "1:1: a number may not start with '+'"),
            (".5", "1:1: a number may not start with '.'; write 0 before it"),
            ("5.", "1:3: expected a digit after '.', found the end of the text"),
            ("1.e3", "1:3: expected a digit after '.', found 'e'"),
            ("1e", "1:3: expected the exponent's digits, found the end of the text"),
            ("1e+", "1:4: expected the exponent's digits, found the end of the text"),
            ("0x10", "1:1: not a number: 'x' in or after it"),
            ("1_000", "1:1: not a number: '_' in or after it"),
            ("1.2.3", "1:1: not a number: '.' in or after it"),
            ("\"abc", "1:1: the string is not closed; add a '\"' on this line"),
            ("\"abc\n\"", "1:1: the string is not closed; add a '\"' on this line"),
            ("\"a\tb\"", "1:3: control character byte 0x09 in a string; write it as an escape"),
            ("\"a\0b\"", "1:3: control character byte 0x00 in a string; write it as an escape"),
            (#""\x""#, "1:2: unknown escape: '\\' followed by 'x'; write '\\\\' for a backslash"),
            (
                #""C:\data""#,
                "1:4: unknown escape: '\\' followed by 'd'; write '\\\\' for a backslash"
            ),
            (#""\u12""#, "1:2: '\\u' needs four hexadecimal digits"),
            (#""\u12G4""#, "1:2: '\\u' needs four hexadecimal digits"),
            (#""\ud800""#, "1:2: half of a surrogate pair; '\\uD83D' needs its '\\uDE00'"),
            (#""\udc00""#, "1:2: half of a surrogate pair; '\\uD83D' needs its '\\uDE00'"),
            (#""\ud800\u0041""#, "1:2: half of a surrogate pair; '\\uD83D' needs its '\\uDE00'"),
            (#""\ud800\n""#, "1:2: half of a surrogate pair; '\\uD83D' needs its '\\uDE00'"),
            ("{} {}", "1:4: '{' after the end of the JSON value; remove it"),
            ("1 \0", "1:3: byte 0x00 after the end of the JSON value; remove it"),
            ("// hi\n1", "1:1: JSON has no comments; remove it"),
            ("{ /* hi */ }", "1:3: JSON has no comments; remove it"),
            ("[1] # hi", "1:5: '#' after the end of the JSON value; remove it"),
            ("é", "1:1: expected a value, found 'é'"),
            ("[\u{202E}]", "1:2: expected a value, found byte 0xe2"),
            ("\u{FEFF}{}", "1:1: starts with a byte order mark; save it as UTF-8 without BOM"),
            (String(repeating: "1", count: 1001), "1:1: a number of more than 1,000 characters"),
        ])
    func sentence(text: String, expected: String) {
        let error = #expect(throws: JSONError.self) { try JSONNode(parsing: text) }
        #expect(error?.description == expected)
    }

    @Test(
        "refuses bytes that are not UTF-8",
        arguments: [
            ([0x22, 0xFF, 0x22], "1:1: the string is not valid UTF-8; save the file as UTF-8"),
            (
                [0x22, 0xC0, 0x80, 0x22],
                "1:1: the string is not valid UTF-8; save the file as UTF-8"
            ),
            (
                [0x22, 0xED, 0xA0, 0x80, 0x22],
                "1:1: the string is not valid UTF-8; save the file as UTF-8"
            ),
            (
                [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22],
                "1:1: the string is not valid UTF-8; save the file as UTF-8"
            ),
            (
                [0x22, 0x5C, 0x6E, 0xE2, 0x82, 0x22],
                "1:1: the string is not valid UTF-8; save the file as UTF-8"
            ),
            ([0xFF, 0xFE, 0x7B, 0x00], "1:1: looks like UTF-16 or UTF-32; save it as UTF-8"),
            ([0x7B, 0x00, 0x7D, 0x00], "1:1: looks like UTF-16 or UTF-32; save it as UTF-8"),
            ([0x89, 0x48, 0x44, 0x46], "1:1: expected a value, found byte 0x89"),
            ([0x5B, 0xE2, 0x82], "1:2: expected a value, found byte 0xe2"),
        ] as [([UInt8], String)])
    func encodings(bytes: [UInt8], expected: String) {
        let error = #expect(throws: JSONError.self) { try JSONNode(parsing: bytes) }
        #expect(error?.description == expected)
    }
}
