import Autograd
import Tensor
import Testing

@Suite("Tangents that don't fit")
struct LinearizeMistakeTests {
    @Test("stop the program with a sentence, by linearize as by jvp", arguments: 0..<3)
    func shapes(index: Int) async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { [index] in
            let x = Tensor([1, 2, 3])
            let square = { (x: Tensor) in x * x }
            switch index {
            case 0: _ = jvp(square, at: x, along: Tensor(1))
            case 1: _ = linearize(square, at: x).pushforward(Tensor(1))
            default:
                let pairs = linearize({ (x: [Tensor]) in x[0] * x[1] }, at: [x, x])
                _ = pairs.pushforward([x])
            }
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        let sentences = [
            "jvp: a tangent of shape [] for a point of shape [3]",
            "linearize: a tangent of shape [] for a point of shape [3]",
            "linearize: the tangent differs from the point in structure",
        ]
        #expect(text.contains(sentences[index]), "\(text)")
    }

    @Test("are converted where only the dtype differs")
    func dtypes() {
        let (_, pushforward) = linearize({ (x: Tensor) in x * x }, at: Tensor([1, 2], .float32))
        expect(pushforward(Tensor([1, 0.5], .float64)), [2, 2])
        #expect(pushforward(Tensor([1, 0], .float64)).dtype == .float32)
    }
}
