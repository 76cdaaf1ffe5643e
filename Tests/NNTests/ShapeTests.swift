import Autograd
import NN
import Tensor
import Testing

private final class Custom: Layer {
    let hidden = Linear(4, 3, using: Random(seed: 1))
    let output = [Linear(3, 2, using: Random(seed: 2))]
    let dropout = Dropout(0.5, using: Random(seed: 3))
    override func callAsFunction(_ x: Tensor) -> Tensor { dropout(output[0](hidden(x).relu())) }
}

@Suite("Shapes before anything runs")
struct ShapeTests {
    private let random = Random(seed: 1)

    @Test("a sequence knows its output shape")
    func sequence() throws {
        let model = Sequential(
            Flatten(), Linear(784, 16, using: random), ReLU(), Reshape([4, 4]), Softmax())
        #expect(try model.outputShape(for: [28, 28]) == [4, 4])
        #expect(model(Tensor.zeros([2, 28, 28])).shape == [2, 4, 4])
    }

    @Test("an error names the layer and both sizes")
    func errors() {
        func text(_ model: Layer, _ input: Shape) -> String? {
            let error = #expect(throws: ShapeError.self) { try model.outputShape(for: input) }
            return error?.description
        }
        #expect(
            text(Sequential(ReLU(), Sequential(Linear(3, 2, using: random))), [4])
                == "layer 1.0, Linear(3 → 2): the last axis of the input [4] should have size 3")
        #expect(
            text(Linear(3, 2, using: random), [])
                == "Linear(3 → 2): the input has no axis to transform; put a reshape to "
                + "[1] before it")
        #expect(
            text(Sequential(Residual(Linear(3, 2, using: random))), [3])
                == "layer 0, Residual: the module turns [3] into [2]; a residual needs equal shapes; "
                + "end it with a layer that makes [3], or give a shortcut"
        )
        #expect(
            text(Sequential(Residual(Linear(3, 3, using: random))), [2])
                == "layer 0.module, Linear(3 → 3): the last axis of the input [2] should have size 3"
        )
        #expect(
            text(Reshape([5, -1]), [3, 4])
                == "Reshape([5, -1]): the 12 elements of the input [3, 4] don't fill [5, -1]")
        #expect(
            text(Reshape([-1, 0]), [3, 4])
                == "Reshape([-1, 0]): the 12 elements of the input [3, 4] don't fill [-1, 0]")
        #expect(
            text(Softmax(axis: 3), [5])
                == "Softmax(axis: 3): a batch of inputs [5] has no axis 3")
    }

    @Test("a custom layer's shape is measured, and leaves no trace")
    func measured() throws {
        let model = Custom()
        #expect(try model.outputShape(for: [4]) == [2])
        #expect(try model.outputShape(for: [7, 4]) == [7, 2])
        #expect(model.dropout.random.position == 0)
        #expect(model.modules.allSatisfy { $0.isTraining })
    }

    @Test("the summary is a table of layers, shapes and parameters")
    func summary() throws {
        let shared = Linear(512, 512, using: random)
        let model = Sequential(
            Flatten(), Linear(784, 512, using: random), Residual(shared), shared, ReLU(),
            Sequential(Linear(512, 10, bias: false, using: random)))
        shared.freeze()
        let text = try model.summary(input: [28, 28]).description
        #expect(
            text == """
                name      type                       output  parameters
                0         Flatten                    [784]            0
                1         Linear(784 → 512)          [512]      401,920
                2         Residual                   [512]            0
                2.module  Linear(512 → 512)          [512]      262,656
                3         Linear(512 → 512)          [512]            0
                4         ReLU                       [512]            0
                5.0       Linear(512 → 10, no bias)  [10]         5,120
                total     262,656 frozen                        669,696
                """)
    }

    @Test("the summary of a custom module lists its layers")
    func customSummary() throws {
        let summary = try Custom().summary(input: [4])
        #expect(summary.rows.map(\.name) == ["model", "hidden", "output.0", "dropout"])
        #expect(summary.rows.map(\.parameterCount) == [0, 15, 8, 0])
        #expect(summary.rows.map(\.outputShapes) == [[[2]], [], [], []])
        #expect(summary.parameterCount == 23)
    }
}
