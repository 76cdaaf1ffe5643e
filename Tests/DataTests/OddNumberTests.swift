import Testing

@testable import Datasets

/// Cells that look like numbers and would silently make words of their column.
@Suite("Odd numbers")
struct OddNumberTests {
    private let folder = TemporaryFolder()

    private func set(_ cells: [String]) throws -> TableSet {
        let rows = cells.enumerated().map { "\($1)\t\($0 % 2 == 0 ? "u" : "v")" }
        return try TableSet(
            [folder.write("t.tsv", "x\ty\n" + rows.joined(separator: "\n") + "\n")], TableOptions())
    }

    private func sentence(_ cells: [String]) -> String {
        folder.sentence { try set(cells) } ?? ""
    }

    @Test("a sign after the mark is one")
    func signs() throws {
        for (cells, wanted) in [
            (["0%-", "2.5%-", "3.5%", "4%"], [0, -2.5, 3.5, 4]),
            (["1.25 €-", "2.50 €", "3.50 €-"], [-1.25, 2.5, -3.5]),
            (["0%-", "1%-", "2%", "3%"], [0, -1, 2, 3]),
            (["1.25 kg-", "2.50 kg", "3.75 kg", "4.75 kg"], [-1.25, 2.5, 3.75, 4.75]),
        ] {
            let found = try set(cells)
            #expect(found.kinds[0].kind == .number, "\(cells)")
            let column = found.tables[0].column("x")
            #expect(wanted.indices.map { column?.number($0) } == wanted, "\(cells)")
        }
    }

    @Test("marks of the direction of text are ignored around a number")
    func directions() throws {
        for mark in ["\u{200E}", "\u{200F}", "\u{202A}", "\u{202E}", "\u{2066}", "\u{2069}"] {
            let found = try set(["\(mark)1.5", "2.5\(mark)", "\(mark)-3.5\(mark)", "4"])
            #expect(found.kinds[0].kind == .number)
            #expect((0..<4).map { found.tables[0].column("x")?.number($0) } == [1.5, 2.5, -3.5, 4])
        }
    }

    @Test("two signs, signs on both sides and what no float holds are refused with a remedy")
    func refused() {
        #expect(
            sentence(["1.5", "2.5", "--1.25"]).contains("not a number (write it with one sign)"))
        #expect(
            sentence(["--1.25", "--2.25", "--3.25"]).contains(
                "which look like quantities and can't"))
        let signs = sentence(["1.25-", "4.75+", "3.25-", "5.75+", "6.75+"])
        #expect(signs.contains("'4.75+'") && signs.contains("quantities"), "\(signs)")
        #expect(
            sentence(["1.5", "2.5", "1e400"]).contains(
                "not a number (beyond what a float holds, 1.8e308; leave it out)"))
        // Few of them many times are no words, either.
        for cells in [["1.25-", "4.75+"], ["1e400", "2e400"], ["--1.5", "--2.5"]] {
            let found = sentence((0..<20).map { cells[$0 % 2] })
            #expect(found.contains("which look like quantities"), "\(found)")
        }
        #expect(
            sentence(["1e400", "-1e500", "2e400"]).contains(
                "which look like quantities and can't be read"))
    }

    @Test("numbers of 10, 13 and 16 digits may be seconds and parts of such")
    func times() throws {
        for (factor, unit) in [(1.0, "seconds"), (1e3, "milliseconds"), (1e6, "microseconds")] {
            let found = try set((0..<5).map { "\(Int(1.7e9 * factor) + $0 * 977)" })
            #expect(found.unitSince1970("x") == unit)
        }
        #expect(try set(["170000000012", "170000000013"]).unitSince1970("x") == nil)
    }
}
