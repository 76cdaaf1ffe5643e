import Autograd
import FoundationEssentials
import OpTable
import Tensor
import Testing

@Suite("Every operation inside autocast")
struct AutocastGateTests {
    @Test(
        "takes its inputs in the dtype that it declares and gives a result of it",
        arguments: OpTable.rows)
    func dtypes(_ row: OpRow) {
        for precision in [AutocastPrecision.bfloat16, .float16] {
            guard let half = precision.half else { continue }
            for example in row.examples {
                for dtype in [DType.float32, half] {
                    let operands = example.operands(dtype).map { $0.leaf() }
                    let y = autocast(precision) { row.apply(operands) }
                    let plain = row.apply(operands)
                    #expect(y.shape == plain.shape, "\(example)")
                    #expect(y.dtype.isFloat == plain.dtype.isFloat, "\(example)")
                    check(y, half, example)
                }
            }
        }
    }

    /// Walks the graph of a result.
    private func check(_ result: Tensor, _ half: DType, _ example: Example) {
        var stack = [result]
        var seen: Set<ObjectIdentifier> = []
        while let node = stack.popLast() {
            guard seen.insert(ObjectIdentifier(node)).inserted, let op = node.ctx else { continue }
            stack += node.parents
            let given = node.parents.map(\.dtype).filter(\.isFloat)
            switch op.autocast {
            case .asGiven: break
            case .float32:
                #expect(!given.contains(half) && node.dtype != half, "\(op.name) in \(example)")
            case .half:
                // A composition of these in float32, for its method gives what `Attention` gives.
                if example.row.name == "attention with a bias" {
                    #expect(result.dtype == half, "\(op.name) in \(example)")
                    continue
                }
                #expect(
                    node.dtype == half && given.allSatisfy { $0 == half },
                    "\(op.name) in \(example)")
            case .halfAround:
                #expect(result.dtype == half, "\(op.name) in \(example)")
            }
        }
    }

    @Test(
        "has float32's value and gradients but for what halves lose",
        arguments: OpTable.rows.filter(\.isDifferentiable))
    func values(_ row: OpRow) {
        for example in row.examples {
            let operands = example.operands(.float32)
            let expected = gradients(row, operands, .float32)
            let found = gradients(row, operands, .float16)
            for (number, (near, exact)) in zip(found, expected).enumerated() {
                #expect(near.shape == exact.shape, "\(example)")
                if number > 0 { #expect(near.dtype == .float32, "\(example)") }
                let scale = exact.doubles.reduce(1) { Swift.max($0, Swift.abs($1)) }
                #expect(
                    near.distance(exact.doubles) < 0.02 * scale, "\(example), result \(number)")
            }
        }
    }

    @Test("stands in the list of the documentation, by what it declares")
    func documentation() throws {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let sources = root.appendingPathComponent("Sources/Autograd")
        guard FileManager.default.fileExists(atPath: sources.path) else { return }
        let page = try String(
            contentsOf: root.appendingPathComponent("docs/precision.md"), encoding: .utf8)
        var declared: [String: Set<String>] = [:]
        for file in try FileManager.default.subpathsOfDirectory(atPath: sources.path)
        where file.hasSuffix(".swift") {
            let text = try String(contentsOf: sources.appendingPathComponent(file), encoding: .utf8)
            var name = ""
            for line in text.split(separator: "\n") {
                if let match = line.firstMatch(of: /class (\w+):/) { name = String(match.1) }
                if let match = line.firstMatch(of: /autocast: AutocastRule \{ \.(\w+) \}/) {
                    declared[String(match.1), default: []].insert(name)
                }
            }
        }
        var listed: [String: Set<String>] = [:]
        for (rule, start) in [
            ("half", "- **In the half**"), ("halfAround", "- **Of halves"),
            ("float32", "- **In float32**"),
        ] {
            let line = try #require(page.split(separator: "\n").first { $0.hasPrefix(start) })
            listed[rule] = Set(line.matches(of: /`(\w+)`/).map { String($0.1) })
        }
        #expect(listed == declared)
    }

    private func gradients(
        _ row: OpRow, _ operands: [Tensor], _ precision: AutocastPrecision
    ) -> [Tensor] {
        let leaves = operands.map { $0.leaf() }
        let y = autocast(precision) { row.apply(leaves) }
        if y.requiresGrad {
            y.backward(Samples.weights(y.shape).cast(to: y.dtype))
        }
        return [y] + leaves.compactMap(\.grad)
    }
}
