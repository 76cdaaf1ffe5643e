import Autograd
import OpTable
import Testing

@Suite("The printed operation table")
struct OpTableTextTests {
    private let lines = OpTable.markdown().split(separator: "\n").map(String.init)

    private func cells(_ line: String) -> [String] {
        line.split(separator: "|").map { $0.trimmingPrefix(" ") }.map { cell in
            String(cell.reversed().drop { $0 == " " }.reversed())
        }
    }

    @Test("has a line for each row of the table and no blank cell")
    func complete() {
        #expect(lines.count == OpTable.rows.count + 2)
        #expect(lines.dropFirst(2).map { cells($0)[0] } == OpTable.rows.map(\.name))
        for line in lines {
            #expect(cells(line).count == 8)
            #expect(cells(line).allSatisfy { !$0.isEmpty })
            #expect(line.count == lines[0].count)
        }
    }

    @Test("says what an operation can do")
    func words() throws {
        func row(_ name: String) throws -> [String] {
            cells(try #require(lines.first { $0.hasPrefix("| \(name) ") }))
        }
        #expect(
            try row("matmul") == [
                "matmul", "MatMul", "2", "checked", "exact", "rule", "exact", "rule",
            ])
        #expect(
            try row("floor") == [
                "floor", "Floor", "1", "checked", "zero", "rule", "zero", "rule",
            ])
        #expect(
            try row("nonzero") == [
                "nonzero", "none", "1", "checked", "none: index result", "none", "none",
                "none: the result's size depends on the values",
            ])
    }
}
