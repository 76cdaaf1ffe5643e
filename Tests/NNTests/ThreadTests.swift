import Autograd
import NN
import Tensor
import Testing

/// A model with what passes treat in ways of their own: a random stream, a segment that runs twice.
private func makeModel() -> Sequential {
    let random = Random(seed: 1)
    return Sequential {
        Linear(6, 8, using: random)
        Tanh()
        Checkpointed(Linear(8, 8, using: random))
        ReLU()
        Linear(8, 3, using: random)
    }
}

/// What threads share; each result is told by the index of its task.
private struct Shared: @unchecked Sendable {
    // Safe to share: what is tested says that it is.
    let model: Sequential
    let inputs: [Tensor]
}

private func values(_ gradient: [String: Tensor]) -> [String: [Double]] {
    gradient.mapValues { $0.values(as: Double.self) }
}

private let tasks = 8
private let times = 25

@Suite("One module on several threads")
struct ThreadTests {
    private let shared = Shared(
        model: makeModel(),
        inputs: (0..<tasks).map { Tensor(Random(seed: UInt64($0)).normal([4, 6])) })

    /// What `body` gives for each task when all run at once.
    private func atOnce<Value: Sendable>(
        _ body: @escaping @Sendable (Sequential, Tensor) -> Value
    ) async -> [Value] {
        let shared = shared
        return await withTaskGroup(of: (Int, Value).self) { group in
            for task in 0..<tasks {
                group.addTask { (task, body(shared.model, shared.inputs[task])) }
            }
            var results: [Int: Value] = [:]
            for await (task, value) in group { results[task] = value }
            return (0..<tasks).compactMap { results[$0] }
        }
    }

    /// Whether `derive` gives at once, again and again, what it gives alone.
    private func agrees<Value: Sendable & Equatable>(
        _ derive: @escaping @Sendable (Sequential, Tensor) -> Value
    ) async -> Bool {
        let alone = shared.inputs.map { derive(shared.model, $0) }
        let found = await atOnce { model, input in (0..<times).map { _ in derive(model, input) } }
        return zip(found, alone).allSatisfy { runs, value in runs.allSatisfy { $0 == value } }
            && found.count == tasks
    }

    @Test("gives the gradients that it gives on one")
    func gradients() async {
        #expect(
            await agrees { model, input in
                values(grad { (m: Sequential) in m(input).square().mean() }(model))
            })
    }

    @Test("gives values, tangents and products with the Hessian too")
    func otherDerivatives() async {
        #expect(
            await agrees { model, input in
                let names = model.namedParameters
                let direction = names.map { ($0.name, Tensor.ones(like: $0.parameter)) }
                let along = Dictionary(uniqueKeysWithValues: direction)
                let f = { (m: Sequential) in m(input).square().mean() }
                let pushed = jvp(f, at: model, along: along)
                let product = hvp(f, at: model, along: along)
                return [pushed.value.item, pushed.tangent.item]
                    + product.keys.sorted().flatMap { product[$0]?.values(as: Double.self) ?? [] }
            })
    }

    @Test("adds up what backward passes of all threads leave")
    func accumulation() async {
        // Multiples of a power of two, whose sums are exact in any order.
        let model = Sequential { Linear(2, 1, bias: false, using: Random(seed: 1)) }
        let weight = model.parameters[0]
        weight.onGradient { $0 * 0.5 }
        let shared = Shared(model: model, inputs: [Tensor([[1, 2]], .float32)])
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<tasks {
                group.addTask {
                    for _ in 0..<times { shared.model(shared.inputs[0]).sum().backward() }
                }
            }
        }
        #expect(weight.grad?.values(as: Double.self) == [100, 200])
    }

    @Test("repeats the draws of a checkpoint, whatever the others draw")
    func checkpoints() async {
        let random = Random(seed: 3)
        let model = Sequential {
            Checkpointed(
                Sequential {
                    Linear(6, 8, using: random)
                    Dropout(0.5, using: random)
                })
        }
        let shared = Shared(model: model, inputs: shared.inputs)
        let worst = await withTaskGroup(of: Double.self) { group in
            for task in 0..<tasks {
                group.addTask {
                    (0..<times).map { _ in difference(shared.model, shared.inputs[task]) }.max()
                        ?? 1
                }
            }
            return await group.reduce(0) { max($0, $1) }
        }
        #expect(worst < 1e-4)
    }
}

/// How far the gradient of a layer with dropout is from that by the mask seen in its output.
private func difference(_ model: Sequential, _ input: Tensor) -> Double {
    let x = Tensor(input.data, requiresGrad: true)
    let y = model(x)
    y.sum().backward()
    let mask = (y.detach() .!= 0).cast(to: .float32)
    let expected = (mask * 2).matmul(model.parameters[0].detach())
    return ((x.grad ?? x.detach()) - expected).abs().max().item
}
