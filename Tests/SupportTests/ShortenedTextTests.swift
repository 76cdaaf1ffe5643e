import FTSupport
import Testing

@Suite("Long texts in tables")
struct ShortenedTextTests {
    private let long = String(repeating: "abcdef", count: 11)

    @Test("lose their middle")
    func middle() {
        #expect("abcdefghij".shortened(to: 10) == "abcdefghij")
        #expect("abcdefghijk".shortened(to: 10) == "abcde…hijk")
        #expect("a\u{1B}b".shortened(to: 20) == "a\\u{1b}b")
    }

    @Test("keep tables in 80 columns, numbers whole")
    func tables() {
        var table = TextTable([.text("name"), .number("x"), .text("what"), .number("y")])
        table.append([long, "12,345.67890123", String(long.reversed()), "-1.5e-300"])
        table.append(["b", "1", "c", "2"])
        for line in table.lines { #expect(line.unicodeScalars.count <= 80, "\(line)") }
        #expect(table.lines[1].contains("12,345.67890123"))
        #expect(table.lines[1].contains("…") && !table.lines[2].contains("…"))
        var folded = TextTable([.text(long), .text("kind"), .text("what it holds")])
        folded.append(["a \(long)", "number", "\(long), and \(long) words that are cut to lines"])
        let lines = folded.lines(folding: 2)
        for line in lines { #expect(line.unicodeScalars.count <= 80, "\(line)") }
        var wide = TextTable([
            .text("name"), .text("kind"), .text("shape"), .text("dtype"), .number("elements"),
            .number("MiB"), .text("storage"),
        ])
        wide.append([
            "group/\(long)", "dataset", "240000×1024", "float32", "245,760,000", "937.50",
            "chunks 1000×1024, shuffle, deflate",
        ])
        let listed = wide.lines(folding: 6)
        for line in listed { #expect(line.unicodeScalars.count <= 80, "\(line)") }
        #expect(listed[1].contains("240000×1024  float32  245,760,000  937.50"))
        // What fits is as it was.
        var short = TextTable([.text("name"), .text("what")])
        short.append([String(long.prefix(40)), String(long.prefix(38))])
        #expect(!short.lines.joined().contains("…"))
    }

    @Test("numbers of cells are as the table has them")
    func cells() {
        for (value, text) in [
            (222_799.65, "222799.65"), (0.1, "0.1"), (3, "3"), (1e-7, "1e-07"),
            (0.02232211049905172, "0.0223221105"), (-0.5, "-0.5"), (1e300, "1e+300"),
        ] { #expect(Format.cell(value) == text) }
    }
}
