import Autograd
import NN
import Optim
import Tensor
import Testing

@Suite("A graph")
struct GraphTests {
    /// A classifier of three classes in two layers.
    private func classifier() -> Graph {
        Graph { g in
            let random = Random(seed: 3)
            let x = g.placeholder("x", [nil, 4])
            let hidden = g.variable("hidden", Tensor.normal([4, 8], using: random))
            let out = g.variable("out", Tensor.normal([8, 3], using: random))
            let logits = x.matmul(hidden).tanh().matmul(out)
            guard g.isFed("labels") else { return ["logits": logits] }
            let labels = g.placeholder("labels", [nil], .int64)
            let loss = CrossEntropy()(logits, labels)
            let gradients = g.gradients(of: loss, by: [hidden, out])
            g.apply(
                gradients, to: [hidden, out],
                with: g.optimizer { Adam($0, learningRate: 0.05) })
            return ["loss": loss, "logits": logits, "slope": gradients[0]]
        }
    }

    private func batch(_ index: Int, _ size: Int) -> [String: Tensor] {
        let random = Random(seed: UInt64(10 + index))
        return [
            "x": .normal([size, 4], using: random),
            "labels": .integers([size], high: 3, using: random),
        ]
    }

    @Test("trains to the bits of the operations themselves, with batches of any size")
    func bits() {
        let graph = classifier()
        let random = Random(seed: 3)
        let hidden = Parameter(Tensor.normal([4, 8], using: random).data)
        let out = Parameter(Tensor.normal([8, 3], using: random).data)
        let optimizer = Adam([hidden, out], learningRate: 0.05)
        var losses: [Double] = []
        for index in 0..<20 {
            let feed = batch(index % 5, index % 4 == 3 ? 5 : 16)
            let results = graph.run(feed)
            optimizer.zeroGrad()
            let (x, labels) = (feed["x"] ?? Tensor(0), feed["labels"] ?? Tensor(0))
            let loss = CrossEntropy()(x.matmul(hidden).tanh().matmul(out), labels)
            loss.backward()
            optimizer.step()
            #expect(results["loss"]?.item == loss.item)
            #expect(results["slope"]?.values(as: Float.self) == hidden.grad?.values())
            losses.append(loss.item)
        }
        #expect(graph.variables.map(\.name) == ["hidden", "out"])
        #expect(graph.variables[1].variable.values(as: Float.self) == out.values())
        #expect(losses[19] < losses[0])
    }

    @Test("evaluates without updates, and only what was asked for")
    func evaluation() {
        let graph = classifier()
        for index in 0..<4 { _ = graph.run(batch(index, 16)) }
        let before = graph.variables.map { $0.variable.values(as: Float.self) }
        let x = batch(0, 16)["x"] ?? Tensor(0)
        for _ in 0..<4 {
            let logits = graph.evaluate(["x": x], ["logits"])["logits"]
            #expect(logits?.shape == [16, 3])
        }
        #expect(graph.kernelCounts?.run == 3)
        #expect(graph.variables.map { $0.variable.values(as: Float.self) } == before)
    }

    @Test("draws the way to a result")
    func drawing() {
        let text = classifier().drawing("loss", feeding: batch(0, 2)).mermaid
        #expect(text.contains("hidden") && text.contains("CrossEntropy") && text.contains("Tanh"))
    }

    @Test("names what was fed wrongly")
    func mistakes() async {
        await #expect(processExitsWith: .failure) {
            _ = Graph { g in ["y": g.placeholder("x", [nil, 3]) * 2] }.run(["x": Tensor([1, 2])])
        }
        await #expect(processExitsWith: .failure) {
            _ = Graph { g in ["y": g.placeholder("x", [nil]) * 2] }.run([:])
        }
        await #expect(processExitsWith: .failure) {
            let graph = Graph { g in ["y": g.placeholder("x", [nil]) * 2] }
            _ = graph.run(["x": Tensor([1, 2]), "z": Tensor([1])])
        }
    }
}
