import Testing

@testable import Datasets

@Suite("Numbers and dates of other countries")
struct ForeignFormTests {
    @Test(
        "are written as they would be read",
        arguments: [
            ("1,5", "1.5"), ("-0,25", "-0.25"), ("1.234,5", "1234.5"), ("1,234.5", "1234.5"),
            ("1,234,567", "1234567"), ("1,5e3", "1.5e3"), ("31.12.2024", "2024-12-31"),
            ("1.2.2024", "2024-02-01"), ("31/12/2024", "2024-12-31"), ("12/31/2024", "2024-12-31"),
            ("31.12.2024 10:30", "2024-12-31 10:30"),
        ])
    func rewritten(text: String, expected: String) {
        #expect(ForeignForm.rewritten(text) == expected)
    }

    @Test(
        "what is none, or may be one of two, is left alone",
        arguments: [
            "1.5", "a,b", ",", "1,5,2", "1,23,456", "1.2,3.4", "", "01/02/2024", "2024-12-31",
            "99.99.2024", "1.2.24", "10.0.0.1", "1,,5",
        ])
    func others(text: String) { #expect(ForeignForm.rewritten(text) == nil) }

    @Test("a thousand may be meant, so no number is named")
    func unclear() {
        #expect(ForeignForm.hint("1,234") == " (write it without a comma)")
        #expect(ForeignForm.hint("1,5") == " (write 1.5)" && ForeignForm.hint("x") == "")
    }

    @Test("semicolons separate where commas are decimal, with a header and without")
    func separators() throws {
        let folder = TemporaryFolder()
        for text in ["1,5;2,5;3\n1,0;2,0;4\n", "a;b;c\n1,5;2,5;3\n"] {
            _ = folder.write("t.csv", text)
            let table = try Table(
                folder["t.csv"], hasHeader: nil, separator: nil, nulls: [])
            #expect(table.separator == ";" && table.names.count == 3)
            #expect(table.hasHeader == text.hasPrefix("a"))
        }
    }

    @Test("among numbers one is named with the remedy")
    func among() throws {
        let folder = TemporaryFolder()
        _ = folder.write("t.csv", "x;y\n1;0\n2;1\n1,5;0\n3;1\n")
        let error = #expect(throws: DataError.self) {
            try TableSet([folder["t.csv"]], TableOptions())
        }
        #expect(error?.description.contains("holds '1,5', not a number (write 1.5)") == true)
    }

    @Test("words that are said to be words are taken")
    func told() throws {
        let folder = TemporaryFolder()
        _ = folder.write("t.csv", "x;y\n1,5;0\n2,5;1\n")
        var options = TableOptions()
        options.types = ["x": .category]
        let set = try TableSet([folder["t.csv"]], options)
        #expect(set.kinds[0].kind == .category)
    }

    @Test(
        "007 is a name, and 70 a number", arguments: [("007", true), ("0", false), ("0.7", false)])
    func padded(text: String, isName: Bool) throws {
        let folder = TemporaryFolder()
        _ = folder.write("t.csv", "x,y\n\(text),\(text)\n70,1\n\(text),\(text)\n")
        let set = try TableSet([folder["t.csv"]], TableOptions())
        #expect(set.kinds[0].kind == (isName ? .category : .number))
        #expect((set.label?.kind == .classes) == isName)
        let encoding = try TableEncoding(fitting: set, rows: [0, 1, 2])
        if isName { #expect(encoding.features == ["x=007", "x=70"]) }
    }
}
