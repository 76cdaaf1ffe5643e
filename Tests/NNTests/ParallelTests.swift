import Autograd
import NN
import Tensor
import Testing

@Suite("Branches")
struct ParallelTests {
    private static func branches() -> [Layer] {
        let random = Random(seed: 1)
        return [
            Linear(3, 3, dtype: .float64, using: random),
            Sequential(Linear(3, 3, bias: false, dtype: .float64, using: random), Tanh()),
            Identity(),
        ]
    }

    @Test(
        "are added, multiplied or put one after the other",
        arguments: [Join.add, .multiply, .concat])
    func joins(_ join: Join) throws {
        let model = Parallel(join, Self.branches())
        let x = leaf([2, 3])
        let parts = model.branches.map { $0(x) }
        let expected =
            switch join {
            case .add: parts[0] + parts[1] + parts[2]
            case .multiply: parts[0] * parts[1] * parts[2]
            case .concat: Tensor.concat(parts, axis: 1)
            }
        let y = model(x)
        #expect(y.values(as: Double.self) == expected.values(as: Double.self))
        #expect(y.shape.removing(at: 0) == (try model.outputShape(for: [3])))
        expectGradients(by: [x] + model.parameters) { model(x).square().sum() }
    }

    @Test("name their parameters by position, scopes and rows too")
    func names() throws {
        let model = Parallel(.concat, Self.branches())
        #expect(model.namedParameters.map(\.name) == ["0.weight", "0.bias", "1.0.weight"])
        let text = try model.summary(input: [3]).description
        #expect(
            text == """
                name   type                          output  parameters
                model  Parallel(3 branches, concat)  [9]              0
                0      Linear(3 → 3)                 [3]             12
                1.0    Linear(3 → 3, no bias)        [3]              9
                1.1    Tanh                          [3]              0
                2      Identity                      [3]              0
                total                                                21
                """)
        let (_, profile) = profile { _ = model(.ones([1, 3], .float64)) }
        #expect(profile.events.contains { $0.place?.hasPrefix("1 Sequential(2 layers)") ?? false })
    }

    @Test("join images along a channel axis")
    func axis() throws {
        let model = Parallel(.concat(axis: 1)) {
            Identity()
            Identity()
        }
        #expect(try model.outputShape(for: [2, 4, 4]) == [4, 4, 4])
        #expect(model(.ones([5, 2, 4, 4])).shape == [5, 4, 4, 4])
        #expect(model.describe == "Parallel(2 branches, concat along axis 1)")
    }

    @Test("that don't fit are named with their shapes")
    func errors() {
        let random = Random(seed: 1)
        func text(_ model: Layer, _ input: Shape) -> String? {
            let error = #expect(throws: ShapeError.self) { try model.outputShape(for: input) }
            return error?.description
        }
        let uneven = [Linear(3, 2, using: random), Linear(3, 4, using: random)]
        #expect(
            text(Sequential(Parallel(.add, uneven)), [3])
                == "layer 0, Parallel(2 branches, add): the branches give [2] and [4]; add needs "
                + "equal shapes; end them with layers of equal size, or join them by concat")
        #expect(
            text(Sequential(Parallel(.add, uneven)), [5])
                == "layer 0.0, Linear(3 → 2): the last axis of the input [5] should have size 3")
        #expect(
            text(Parallel(.concat(axis: 1), uneven), [7, 3])
                == "Parallel(2 branches, concat along axis 1): the branches give [7, 2] and [7, 4], "
                + "which differ off axis 1; bring them to one size there, or flatten each")
        #expect(
            text(Parallel(.concat(axis: 0), uneven), [3])
                == "Parallel(2 branches, concat along axis 0): the branches give [2] and [4], which "
                + "have no axis 0 to lengthen: 0 is the batch; use 1 or -1")
    }

    @Test("that don't fit stop the program with the same words")
    func trap() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let random = Random(seed: 1)
            _ = Parallel(.multiply, [Linear(3, 2, using: random), Identity()])(.ones([1, 3]))
        }
        let message = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
        #expect(message.contains("the branches give [2] and [3]; multiply needs equal shapes"))
    }
}
