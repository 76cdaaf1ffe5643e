import NN
import Tensor
import Testing

private final class Autoencoder: Module {
    let encoder: Sequential
    let decoder: Linear
    let mean = Buffer(.full([3], 0))
    let head: [String: Head]

    init(using random: Random) {
        encoder = Sequential {
            Linear(784, 64, using: random)
            Residual { Linear(64, 64, bias: false, using: random) }
            Dropout(0.1, using: random)
        }
        decoder = Linear(64, 784, dtype: .float64, using: random)
        head = ["a": Head(decoder)]
    }
}

private struct Head {
    let scale = Parameter(.full([2, 2], 1), frozen: true)
    let shared: Linear
    init(_ shared: Linear) { self.shared = shared }
}

private final class Link: Module {
    let next: Link?
    init(_ next: Link?) { self.next = next }
}

@Suite("A module as text")
struct TreeTests {
    @Test("is a tree with shapes and parameter counts")
    func tree() {
        let lines = """
            Autoencoder                              105,300 parameters  mean 3 (buffer), head.a.scale 2×2 (frozen)
            ├─ encoder: Sequential(3 layers)         54,336
            │  ├─ 0: Linear(784 → 64)                50,240              weight 64×784, bias 64
            │  ├─ 1: Residual                        4,096
            │  │  └─ module: Sequential(1 layer)     4,096
            │  │     └─ 0: Linear(64 → 64, no bias)  4,096               weight 64×64
            │  └─ 2: Dropout(0.1)
            └─ decoder: Linear(64 → 784)             50,960              weight 784×64 float64, bias 784 float64
            """
        let text = "\(Autoencoder(using: Random(seed: 1)))"
        #expect(text == lines)
    }

    @Test("is a line for a layer alone")
    func leaf() {
        #expect("\(Linear(3, 2, using: Random(seed: 1)))" == "Linear(3 → 2)  8  weight 2×3, bias 2")
        #expect("\(ReLU())" == "ReLU")
    }

    @Test("ends where it is 40 deep")
    func deep() {
        let chain = (0..<3000).reduce(nil as Link?) { inner, _ in Link(inner) }
        let lines = chain?.description.split(separator: "\n") ?? []
        #expect(lines.count == 41 && lines.last?.hasSuffix("next: Link …") == true)
    }
}
