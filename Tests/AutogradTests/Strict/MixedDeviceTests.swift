import Autograd
import Forking
import OpTable
import StrictDevice
import Tensor
import Testing

@Suite("Operands on several devices")
struct MixedDeviceTests {
    /// One operand of an operation, alone on another device.
    struct Stray: Sendable, CustomStringConvertible {
        let example: Example
        let position: Int

        var description: String { "\(example), operand \(position)" }

        func run() {
            var operands = example.operands()
            operands[position] = Tensor(operands[position].data.on(StrictBackend.shared.device))
            _ = example.row.apply(operands)
        }
    }

    /// Each operand of each operation of several, with elements and without.
    static let strays: [Stray] = OpTable.rows.flatMap { row -> [Stray] in
        guard row.arity > 1 else { return [] }
        let empty = row.shapes.first { shapes in shapes.allSatisfy { $0.contains(0) } }
        return [row.shapes.first, empty].compactMap { $0 }.flatMap { shapes in
            (0..<row.arity).map { Stray(example: Example(row: row, shapes: shapes), position: $0) }
        }
    }

    @Test("stop the program with a sentence that names both")
    func sentences() async {
        await #expect(processExitsWith: .success) {
            let words = [": operands lie on ", "strict", "cpu", "(move one with to(_:))"]
            let strays = MixedDeviceTests.strays
            // The strict device reserves addresses, not memory.
            let ends = outcomes(of: strays.count, Allowance(bytes: 1 << 40)) { strays[$0].run() }
            for (stray, end) in zip(strays, ends) {
                guard case .stopped(let sentence) = end, words.allSatisfy(sentence.contains) else {
                    Issue.record("\(stray): \(end)")
                    continue
                }
            }
        }
    }
}
