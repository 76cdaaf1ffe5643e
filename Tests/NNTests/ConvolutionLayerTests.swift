import Autograd
import NN
import Tensor
import Testing

@Suite("Convolution layers")
struct ConvolutionLayerTests {
    private func layers(_ padding: Padding) -> [(layer: ConvolutionLayer, input: Shape)] {
        let random = Random(seed: 1)
        return [
            (Conv1d(4, 6, kernel: 3, padding: padding, groups: 2, using: random), [4, 9]),
            (Conv2d(4, 6, kernel: 3, stride: 2, padding: padding, using: random), [4, 9, 8]),
            (Conv3d(4, 6, kernel: 2, padding: padding, dilation: 2, using: random), [4, 5, 6, 7]),
        ]
    }

    @Test("say what shape they give, and give it", arguments: [Padding.valid, 1, .same])
    func shapes(_ padding: Padding) throws {
        for (layer, input) in layers(padding) {
            let batch = Tensor.ones(Shape([2] + Array(input)))
            #expect(try Array(layer(batch).shape) == [2] + Array(layer.outputShape(for: input)))
        }
    }

    @Test("transposed, undo the sizes of those of the same numbers")
    func transposed() throws {
        let random = Random(seed: 1)
        let cases: [(ConvolutionTransposeLayer, Shape, [Int])] = [
            (
                ConvTranspose1d(4, 6, kernel: 3, stride: 2, outputPadding: 1, using: random),
                [4, 5], [6, 12]
            ),
            (
                ConvTranspose2d(4, 6, kernel: [3, 2], padding: [1, 0], groups: 2, using: random),
                [4, 5, 6], [6, 5, 7]
            ),
            (
                ConvTranspose3d(4, 6, kernel: 2, dilation: 2, bias: false, using: random),
                [4, 2, 3, 4], [6, 4, 5, 6]
            ),
        ]
        for (layer, input, output) in cases {
            #expect(try Array(layer.outputShape(for: input)) == output)
            #expect(Array(layer(Tensor.ones(Shape([2] + input))).shape) == [2] + output)
        }
    }

    @Test("compute the operation of as many axes")
    func values() {
        let random = Random(seed: 2)
        for (layer, input) in layers(1) {
            let x = Tensor.normal(Shape([2] + Array(input)), using: random)
            let (w, b) = (layer.weight, layer.bias)
            let expected =
                switch layer {
                case is Conv1d: x.conv1d(w, b, padding: 1, groups: 2)
                case is Conv2d: x.conv2d(w, b, stride: 2, padding: 1)
                default: x.conv3d(w, b, padding: 1, dilation: 2)
                }
            #expect(layer(x).values(as: Float.self) == expected.values(as: Float.self))
        }
    }

    @Test("that can't be stop the program when they are made")
    func refusals() async {
        let padding = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Conv2d(1, 1, kernel: 3, padding: [0, -1], using: Random(seed: 1))
        }
        expectSentence(padding, "Conv2d: padding [0, -1], [0, -1] (it must be from 0 to 2³¹)")
        let stride = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Conv1d(1, 1, kernel: 3, stride: 0, using: Random(seed: 1))
        }
        expectSentence(stride, "Conv1d: a kernel [3] with stride [0] and dilation [1] (all must be")
        let ends = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Conv2d(1, 1, kernel: 3, padding: .ends(low: [1], high: [1]), using: Random(seed: 1))
        }
        expectSentence(ends, "Conv2d: padding [1] and [1] for 2 axes")
    }

    private func expectSentence(
        _ result: ExitTest.Result?, _ sentence: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains(sentence), "\(text)", sourceLocation: sourceLocation)
    }
}
