import Autograd
import NN
import Tensor
import Testing

private func parameter(_ count: Int = 1) -> Parameter { Parameter(.full([count], 1)) }

private class Base: Module {
    let first = parameter()
}

private final class Derived: Base {
    let second = parameter()
    let running = Buffer(.full([2], 0))
}

private final class Nested: Module {
    let list = [[Linear(2, 2, bias: false, using: Random(seed: 0))], []]
    let table = ["b": parameter(2), "a": parameter(3)]
    let some: Parameter? = parameter(4)
    let none: Parameter? = nil
    let deep: [Linear?]? = [nil, Linear(1, 1, using: Random(seed: 0))]
    let pair = (left: parameter(5), parameter(6))
    let numbers = [1.0, 2.0]
    let name = "nested"
    lazy var later: Parameter = parameter(7)
    override init() {
        super.init()
        _ = later
    }
}

private final class Tied: Module {
    let encoder = Linear(2, 2, using: Random(seed: 0))
    let decoder: Parameter
    let again: Linear
    override init() {
        decoder = encoder.weight
        again = encoder
    }
}

private struct Pair {
    let scale = parameter(2)
    let layers = [Linear(1, 1, bias: false, using: Random(seed: 0))]
    let name = "pair"
}

private indirect enum Head {
    case linear(Linear)
    case scaled(by: Parameter, then: Head)
    case none
}

private final class Built: Module {
    let pair = Pair()
    let pairs = [Pair()]
    let plain = Head.linear(Linear(1, 1, bias: false, using: Random(seed: 0)))
    let head = Head.scaled(by: parameter(3), then: .none)
    let none = Head.none
    let shape: Shape = [1, 2]
    let numbers = [Pixel](repeating: Pixel(red: 1, green: 2), count: 1000)
    let words = ["a", "b"]
}

private struct Pixel { let red, green: Int }

private class Scaled: Module {
    private let scale = parameter(1)
}

private final class ScaledTwice: Scaled {
    private let scale = parameter(2)
}

private final class Late: Module {
    lazy var hidden: [String: Linear?] = ["a": Linear(2, 2, using: Random(seed: 0))]
}

private final class LateOptional: Module {
    lazy var hidden: Linear? = nil
    lazy var count = 3
    lazy var words = ["a": Set(["b"])]
    lazy var sizes = [Pixel(red: 1, green: 2)]
    lazy var shape: Shape = [1]
    lazy var function: (Tensor) -> Tensor = { $0 }
}

private final class LateStruct: Module {
    lazy var pairs: [(Int, Pair)]? = [(1, Pair())]
}

private final class LateEnum: Module {
    lazy var head = Head.none
}

private final class Parent: Layer {
    var child: Child?
    let weight = parameter()
    override func callAsFunction(_ x: Tensor) -> Tensor { x * weight }
}

private final class Child: Module {
    weak var parent: Parent?
    var strongParent: Parent?
    let weight = parameter()
}

private final class Link: Module {
    let next: Link?
    let weight = parameter()
    init(_ next: Link?) { self.next = next }
}

/// A module that keeps a tensor of any kind.
private final class Tempered: Module {
    let parts: (scale: Tensor, Int)

    init(_ scale: Tensor) { parts = (scale, 1) }
}

@Suite("Finding a module's parts")
struct DiscoveryTests {
    @Test("names parameters after their properties, base classes first")
    func inheritance() {
        let module = Derived()
        #expect(module.namedParameters.map(\.name) == ["first", "second"])
        #expect(module.namedBuffers.map(\.name) == ["running"])
        #expect(module.stateDictionary.map(\.name) == ["first", "second", "running"])
    }

    @Test("looks into arrays, dictionaries, optionals and tuples")
    func containers() {
        let module = Nested()
        let names = [
            "list.0.0.weight", "table.a", "table.b", "some", "deep.1.weight", "deep.1.bias",
            "pair.left", "pair.1", "later",
        ]
        #expect(module.namedParameters.map(\.name) == names)
        #expect(module.namedParameters.map(\.parameter.count) == [4, 3, 2, 4, 1, 1, 5, 6, 7])
        #expect(module.parameterCount == 33)
    }

    @Test("looks into structs and enums, under the names of properties and cases")
    func values() {
        let names = [
            "pair.scale", "pair.layers.0.weight", "pairs.0.scale", "pairs.0.layers.0.weight",
            "plain.linear.weight", "head.scaled.by",
        ]
        #expect(Built().namedParameters.map(\.name) == names)
        #expect(Built().namedModules.map(\.name).count == 4)
    }

    @Test("tells properties of one name in base class and subclass apart")
    func sameName() {
        let names = ["scale", "ScaledTwice.scale"]
        #expect(ScaledTwice().namedParameters.map(\.name) == names)
        #expect(ScaledTwice().stateDictionary.map(\.value.count) == [1, 2])
    }

    @Test("finds a lazy property that was read, and refuses to miss one that wasn't")
    func lazyProperty() async {
        let module = Late()
        _ = module.hidden
        #expect(module.namedParameters.map(\.name) == ["hidden.a.weight", "hidden.a.bias"])
        let empty = LateOptional()
        _ = empty.hidden
        #expect(empty.parameters.isEmpty)
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Late().parameters }
        let message = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
        #expect(message.contains("Late: the lazy property 'hidden' was not read yet"))
        await #expect(processExitsWith: .failure) { _ = LateStruct().parameters }
        await #expect(processExitsWith: .failure) { _ = LateEnum().parameters }
        let (pairs, head) = (LateStruct(), LateEnum())
        _ = (pairs.pairs, head.head)
        #expect(pairs.parameters.count == 2 && head.parameters.isEmpty)
    }

    @Test("refuses a tensor of its own that wants a gradient and is no parameter")
    func plainTensor() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Tempered(Tensor([1], requiresGrad: true)).parameters }
        let message = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
        #expect(message.contains("Tempered: 'parts.scale' requires a gradient but is a Tensor"))
        #expect(message.contains("make it a Parameter(…)"))
        let weight = Parameter(NDArray([Float(2)]))
        #expect(Tempered(Tensor([1])).parameters.isEmpty)
        #expect(Tempered(weight * 2).parameters.isEmpty)
        #expect(Tempered(weight).parameters.count == 1)
    }

    @Test("counts a shared parameter once and lists its other names")
    func tiedWeights() {
        let module = Tied()
        #expect(module.namedParameters.map(\.name) == ["encoder.weight", "encoder.bias"])
        #expect(module.parameterCount == 6)
        #expect(
            module.aliases.map { "\($0.alias) = \($0.name)" } == [
                "decoder = encoder.weight", "again.weight = encoder.weight",
                "again.bias = encoder.bias",
            ])
    }

    @Test("is not caught in a cycle")
    func cycle() throws {
        let parent = Parent()
        let child = Child()
        parent.child = child
        child.parent = parent
        child.strongParent = parent
        defer { child.strongParent = nil }
        #expect(parent.namedParameters.map(\.name) == ["child.weight", "weight"])
        #expect(parent.namedModules.map(\.name) == ["", "child"])
        #expect(parent.aliases.isEmpty)
        #expect(try parent.summary(input: [1]).parameterCount == 2)
    }

    @Test("walks a model nested 3,000 deep")
    func deep() {
        let chain = (0..<3_000).reduce(nil as Link?) { inner, _ in Link(inner) }
        #expect(chain?.parameters.count == 3_000)
    }

    @Test("names the layers of a sequence by their position")
    func sequence() {
        let random = Random(seed: 1)
        let model = Sequential(
            Linear(3, 4, using: random), ReLU(),
            Sequential(Linear(4, 2, using: random), Dropout(0.5, using: random)))
        let names = ["0.weight", "0.bias", "2.0.weight", "2.0.bias"]
        #expect(model.namedParameters.map(\.name) == names)
        #expect(model.namedModules.map(\.name) == ["", "0", "1", "2", "2.0", "2.1"])
        #expect(model.namedRandoms.map(\.name) == ["2.1.random"])
        #expect(model.parameterCount == 3 * 4 + 4 + 4 * 2 + 2)
    }

    @Test("train, eval, freeze, unfreeze and zeroGrad reach every part")
    func modes() {
        let random = Random(seed: 1)
        let model = Sequential(
            Linear(2, 2, using: random), Residual { Dropout(0.5, using: random) })
        #expect(model.modules.allSatisfy { $0.isTraining })
        model.eval()
        #expect(model.modules.allSatisfy { !$0.isTraining })
        model.train()
        #expect(model.modules.allSatisfy { $0.isTraining })

        model(Tensor.ones([1, 2])).sum().backward()
        #expect(model.parameters.allSatisfy { $0.grad != nil })
        model.zeroGrad()
        #expect(model.parameters.allSatisfy { $0.grad == nil })

        model(Tensor.ones([1, 2])).sum().backward()
        model.freeze()
        #expect(model.parameters.allSatisfy { !$0.requiresGrad && $0.grad == nil })
        #expect(model.trainableCount == 0)
        #expect(!model(Tensor.ones([1, 2])).requiresGrad)
        model.unfreeze()
        #expect(model.trainableCount == 6)
    }
}
