import Autograd
import NN
import Tensor
import Testing

@Suite("Layers with several inputs")
struct InputTests {
    private static func model() -> Parallel {
        let random = Random(seed: 1)
        return Parallel(.concat) {
            Sequential {
                Input("image", [4])
                Linear(4, 2, dtype: .float64, using: random)
            }
            Input("meta", [3])
        }
    }

    @Test("take them by name, at the start of a branch")
    func branches() throws {
        let model = Self.model()
        let (image, meta) = (leaf([5, 4]), leaf([5, 3]))
        let y = model(["image": image, "meta": meta])
        #expect(y.shape == [5, 5])
        #expect(y[0..., 2...].values(as: Double.self) == meta.values(as: Double.self))
        expectGradients(by: [image, meta] + model.parameters) {
            model(["image": image, "meta": meta]).square().sum()
        }
        #expect(try model.outputShape(for: []) == [5])
        let rows = try model.summary(input: []).rows.map(\.type)
        #expect(rows[1...] == ["Input(image [4])", "Linear(4 → 2)", "Input(meta [3])"])
    }

    @Test("say what is missing, unknown or of another shape", arguments: 0..<4)
    func traps(_ which: Int) async {
        let words = [
            "the input 'meta' is missing", "the model has no input 'mata'",
            "a batch of 'meta' is [1, 2], not [batch] + [3]",
            "the model was called without its input 'image'",
        ]
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { [which] in
            let model = Self.model()
            let image = Tensor.ones([1, 4], .float64)
            switch which {
            case 0: _ = model(["image": image])
            case 1: _ = model(["image": image, "mata": image])
            case 2: _ = model(["image": image, "meta": .ones([1, 2], .float64)])
            default: _ = model(image)
            }
        }
        let message = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
        #expect(message.contains(words[which]))
    }
}
