import Autograd
import NN
import Tensor
import Testing

/// A recurrent cell: `let (y, state) = cell(x, state)`.
private final class Cell: Module {
    let input, memory, output: Linear

    init(_ inputs: Int, _ size: Int, using random: Random) {
        input = Linear(inputs, size, dtype: .float64, using: random)
        memory = Linear(size, size, bias: false, dtype: .float64, using: random)
        output = Linear(size, 2, dtype: .float64, using: random)
    }

    func callAsFunction(_ x: Tensor, _ state: Tensor) -> (y: Tensor, state: Tensor) {
        let next = named("memory") { (input(x) + memory(state)).tanh() }
        return (output(next), next)
    }
}

/// Two inputs, two outputs.
private final class Crossing: Module {
    let left, right: Linear
    let seen = Buffer(.full([], 0))

    init(using random: Random) {
        left = Linear(3, 4, using: random)
        right = Linear(5, 4, using: random)
    }

    func callAsFunction(_ a: Tensor, _ b: Tensor) -> (sum: Tensor, product: Tensor) {
        let (a, b) = (left(a), right(b))
        return (a + b, a * b)
    }
}

/// The mean of the positions that a mask keeps, scaled.
private final class MaskedMean: Module {
    let scale = Parameter(.full([3], 2))
    let dropout = Dropout(0.5, using: Random(seed: 1))

    func callAsFunction(_ x: Tensor, mask: Tensor) -> Tensor {
        let kept = Tensor.where(mask.unsqueeze(2), x, Tensor.zeros(like: x))
        let count = mask.cast(to: .float32).sum(axis: 1, keepDims: true)
        return dropout(kept.sum(axis: 1) / count) * scale
    }
}

@Suite("Modules that are no layers")
struct ModuleTests {
    private let random = Random(seed: 1)

    @Test("list their parts: a cell, two inputs and outputs, a mask")
    func discovery() {
        let names = ["input.weight", "input.bias", "memory.weight", "output.weight", "output.bias"]
        #expect(Cell(3, 4, using: random).namedParameters.map(\.name) == names)
        let crossing = Crossing(using: random)
        #expect(crossing.stateDictionary.map(\.name).last == "seen")
        #expect(crossing.modules.count == 3)
        let masked = MaskedMean()
        #expect(masked.namedRandoms.map(\.name) == ["dropout.random"])
        masked.eval()
        #expect(!masked.dropout.isTraining)
        let x = Tensor([1, 2, 3, 5, 5, 5] as [Float]).reshape([1, 2, 3])
        let mask = Tensor([1, 0] as [Float]).reshape([1, 2]) .!= 0
        #expect(masked(x, mask: mask).values(as: Float.self) == [2, 4, 6])
    }

    @Test("are summed up with the shapes of all their results")
    func summary() {
        let cell = Cell(3, 4, using: random)
        let table = cell.summary(inputs: [3], [4]) { x in
            let (y, state) = cell(x[0], x[1])
            return [y, state]
        }
        #expect(
            table.description == """
                name    type                    output    parameters
                model   Cell                    [2], [4]           0
                input   Linear(3 → 4)           -                 16
                memory  Linear(4 → 4, no bias)  -                 16
                output  Linear(4 → 2)           -                 10
                total                                             42
                """)
        #expect(cell.summary().rows.map(\.name) == ["model", "input", "memory", "output"])
        #expect(cell.summary().parameterCount == 42)
        let masked = MaskedMean()
        let rows = masked.summary(inputs: [7, 3], [7]) { masked($0[0], mask: $0[1] .!= 0) }.rows
        #expect(rows.map(\.outputShapes) == [[[3]], []])
        #expect(masked.isTraining && masked.dropout.random.position == 0)
    }

    @Test("are drawn, with the names of their parameters")
    func drawing() {
        let cell = Cell(3, 4, using: random)
        cell.labelParameters()
        let (y, state) = cell(.ones([1, 3], .float64), .zeros([1, 4], .float64))
        let labels = (y.sum() + state.sum()).drawing().nodes.compactMap(\.label)
        #expect(Set(labels) == Set(cell.namedParameters.map(\.name)))
    }

    @Test("are profiled under the names of their scopes")
    func profiled() {
        let cell = Cell(3, 4, using: random)
        let (_, profile) = profile {
            let (y, _) = cell(.ones([1, 3], .float64), .zeros([1, 4], .float64))
            y.sum().backward()
        }
        #expect(profile.events.contains { $0.place == "memory" })
    }

    @Test("have gradients over several steps, by their parameters' names")
    func gradients() {
        let cell = Cell(3, 4, using: random)
        let x = Tensor.normal([2, 5, 3], .float64, using: random)
        func loss(_ cell: Cell) -> Tensor {
            var state = Tensor.zeros([2, 4], .float64)
            var total = Tensor(0, .float64)
            for step in 0..<5 {
                let (y, next) = cell(x[0..., step], state)
                state = next
                total = total + y.square().sum()
            }
            return total
        }
        let slopes = grad(loss)(cell)
        loss(cell).backward()
        for (name, parameter) in cell.namedParameters {
            #expect(slopes[name]?.values(as: Double.self) == parameter.grad?.values())
        }
        expectGradients(by: cell.parameters, second: false) { loss(cell) }
        // Its results kept between steps only: the same bits.
        let step = checkpoint { (input: [Tensor]) -> [Tensor] in
            let (y, next) = cell(input[0], input[1])
            return [y, next]
        }
        cell.zeroGrad()
        var state = Tensor.zeros([2, 4], .float64)
        var total = Tensor(0, .float64)
        for index in 0..<5 {
            let results = step([x[0..., index], state])
            state = results[1]
            total = total + results[0].square().sum()
        }
        total.backward()
        for (name, parameter) in cell.namedParameters {
            #expect(slopes[name]?.values(as: Double.self) == parameter.grad?.values())
        }
    }

    @Test("are saved and loaded")
    func state() throws {
        let (a, b) = (Crossing(using: random), Crossing(using: random))
        a.seen.data = .full([], 7)
        let (x, y) = (Tensor.ones([1, 3]), Tensor.ones([1, 5]))
        #expect(a(x, y).sum.values(as: Float.self) != b(x, y).sum.values(as: Float.self))
        try b.load(a.stateDictionary)
        #expect(a(x, y).product.values(as: Float.self) == b(x, y).product.values(as: Float.self))
        #expect(b.seen.item == 7)
    }

    @Test("a layer that doesn't say what it computes is told how to")
    func silent() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            final class Silent: Layer {
                func forward(_ x: Tensor) -> Tensor { x }
            }
            _ = Silent()(Tensor.ones([1]))
        }
        let message = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
        #expect(message.contains("Silent: the layer doesn't say what it computes"))
        #expect(message.contains("override func callAsFunction(_ x: Tensor) -> Tensor"))
        #expect(message.contains("rename forward to callAsFunction"))
    }
}
