import FTJSON
import Testing

@Suite("Writing JSON")
struct JSONWritingTests {
    @Test("writes one line without spaces")
    func compact() {
        let value: JSONValue = ["b": 1, "a": [true, .null, "x", 2.5], "c": [:], "d": []]
        #expect(value.text() == #"{"b":1,"a":[true,null,"x",2.5],"c":{},"d":[]}"#)
    }

    @Test("lays out objects by line and keeps short lists of scalars together")
    func pretty() {
        let value: JSONValue = [
            "shape": [1, 28, 28], "empty": [], "none": [:], "inner": ["a": 1],
            "layers": [
                ["type": "linear", "units": 5], ["type": "residual", "layers": [["a": .null]]],
            ],
            "long": .ints(0..<40),
        ]
        let long = (0..<40).map { "    \($0)" }.joined(separator: ",\n")
        #expect(
            value.text(.pretty) == """
                {
                  "shape": [1, 28, 28],
                  "empty": [],
                  "none": {},
                  "inner": {
                    "a": 1
                  },
                  "layers": [
                    {"type": "linear", "units": 5},
                    {
                      "type": "residual",
                      "layers": [
                        {"a": null}
                      ]
                    }
                  ],
                  "long": [
                \(long)
                  ]
                }
                """)
    }

    @Test(
        "writes the shortest number that reads back the same",
        arguments: [
            (0.1, "0.1"), (1, "1.0"), (1e-7, "1e-07"), (1e22, "1e+22"), (-0.0, "-0.0"),
            (0.00392156862745098, "0.00392156862745098"), (Double.leastNonzeroMagnitude, "5e-324"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
        ])
    func doubles(value: Double, expected: String) throws {
        let text = JSONValue.double(value).text()
        #expect(text == expected)
        #expect(try JSONNode(parsing: text).double?.bitPattern == value.bitPattern)
    }

    @Test("writes null where JSON has no number", arguments: [Double.nan, .infinity, -.infinity])
    func notFinite(value: Double) {
        #expect(JSONValue.array([.double(value)]).text() == "[null]")
        #expect(JSONNode(copying: .double(value)).isNull)
    }

    @Test("escapes what must be escaped and nothing else")
    func escapes() throws {
        let text = "\"\\/\n\r\t\u{0}\u{1F}\u{7F}é😀"
        let written = JSONValue.string(text).text()
        #expect(written == #""\"\\/\n\r\t\u0000\u001f"# + "\u{7F}é😀\"")
        #expect(try JSONNode(parsing: written).string == text)
    }

    @Test("reads back what it wrote", arguments: [JSONStyle.compact, .pretty])
    func roundTrip(style: JSONStyle) throws {
        var random = SplitMix(seed: 7)
        for _ in 0..<500 {
            let value = randomValue(&random, depth: 0)
            #expect(JSONValue(try JSONNode(parsing: value.utf8(style))) == value)
            #expect(JSONValue(JSONNode(copying: value)) == value)
        }
    }

    @Test("keeps an object's order through changes")
    func order() {
        var object: JSONObject = ["a": 1, "b": 2]
        object["c"] = 3
        object["a"] = 4
        object["b"] = nil
        object.append("d", "x")
        #expect(JSONValue.object(object).text() == #"{"a":4,"c":3,"d":"x"}"#)
        #expect(object["d"] == "x")
        #expect(object["zz"] == nil)
    }

    @Test("quotes text for messages without letting it steer a terminal")
    func quoted() {
        #expect("a\"b\\c\n\t".jsonQuoted == #""a\"b\\c\n\t""#)
        #expect("\u{1B}[31m\u{202E}".jsonQuoted == #""\u{1b}[31m\u{202e}""#)
        #expect(String(repeating: "x", count: 41).jsonQuoted.hasSuffix("x…\""))
    }

    private func randomValue(_ random: inout SplitMix, depth: Int) -> JSONValue {
        switch random.below(depth < 4 ? 8 : 6) {
        case 0: .null
        case 1: .bool(random.below(2) == 0)
        case 2: .int(Int(truncatingIfNeeded: random.next()) >> random.below(60))
        case 3: .double(Double(random.below(1000)) / 7 - 50.5)
        case 4, 5: .string(randomText(&random))
        case 6: .array((0..<random.below(5)).map { _ in randomValue(&random, depth: depth + 1) })
        default:
            .object(
                (0..<random.below(5)).reduce(into: JSONObject()) { object, index in
                    let key = "\(index)" + randomText(&random)
                    object.append(key, randomValue(&random, depth: depth + 1))
                })
        }
    }

    private func randomText(_ random: inout SplitMix) -> String {
        let letters = Array("ab\"\\/\n\u{1}é漢😀 ")
        return String((0..<random.below(6)).map { _ in letters[random.below(letters.count)] })
    }
}
