import Autograd
import FoundationEssentials
import OpTable
import Tensor
import Testing

@Suite("The operation table")
struct CoverageGateTests {
    /// Operations that can't be checked against central differences, because the gradient they give
    /// is their user's choice, or because they only move what others compute. Their tests are in
    /// Custom, Checkpointing and Transforms.
    static let unlisted: Set<String> = [
        "Identity", "CustomOp", "PullbackOp", "StopGradient", "ClipGradient", "ScaleGradient",
        "Checkpoint", "CheckpointResult", "ElementwiseUnaryOp", "ElementwiseBinaryOp",
        "ElementwiseScalarOp", "Activation", "AxesOp", "ScatterOp",
        "MatrixEquation", "ChannelsOp",
    ]

    @Test("names every Op subclass of the library, and none that isn't there")
    func classes() throws {
        let folder = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources/Autograd")
        guard FileManager.default.fileExists(atPath: folder.path) else { return }
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        var found: Set<String> = []
        for file in files.sorted() where file.hasSuffix(".swift") {
            let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
            for match in text.matches(of: /class (\w+): *(\w+)/) {
                let parent = String(match.2)
                if parent.hasSuffix("Op") || found.contains(parent) || parent == "Extremum" {
                    found.insert(String(match.1))
                }
            }
        }
        #expect(found.count > 60)
        let listed = Set(OpTable.rows.flatMap(\.classes))
        #expect(listed.isDisjoint(with: CoverageGateTests.unlisted))
        #expect(found == listed.union(CoverageGateTests.unlisted))
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
