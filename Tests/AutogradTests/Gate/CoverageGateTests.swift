import Autograd
import FoundationEssentials
import Tensor
import Testing

@Suite("The operation table")
struct CoverageGateTests {
    @Test("names every Op subclass of the library, and none that isn't there")
    func classes() throws {
        let folder = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources/Autograd/Ops")
        guard FileManager.default.fileExists(atPath: folder.path) else { return }
        var found: Set<String> = []
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            for match in text.matches(of: /class (\w+): *(\w+)/) {
                let parent = String(match.2)
                if parent.hasSuffix("Op") || found.contains(parent) || parent == "Extremum" {
                    found.insert(String(match.1))
                }
            }
        }
        #expect(found.count > 60)
        #expect(found == Set(OpTable.rows.flatMap(\.classes)))
    }

    @Test("gives the differentiable rows an operand to differentiate by")
    func operands() {
        for row in OpTable.rows {
            #expect(row.shapes.allSatisfy { $0.count == row.arity })
            #expect(row.large.isEmpty || row.large.count == row.arity)
            let hasFloat = row.inputs.contains { if case .real = $0 { true } else { false } }
            #expect(hasFloat || !row.isDifferentiable)
        }
    }
}
