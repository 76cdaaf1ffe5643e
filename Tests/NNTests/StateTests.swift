import Autograd
import NN
import Tensor
import Testing

private final class Model: Module {
    let layer = Linear(2, 3, using: Random(seed: 3))
    let mean = Buffer(.full([3], 0))
}

private final class TiedModel: Module {
    let encoder = Linear(2, 2, bias: false, using: Random(seed: 3))
    let decoder: Parameter
    override init() { decoder = encoder.weight }
}

@Suite("Saving and loading a module's state")
struct StateTests {
    @Test("a loaded model has the same bits, in the same parameters")
    func roundTrip() throws {
        let source = Model()
        source.mean.data = NDArray([1, 2, 3] as [Float])
        let target = Model()
        for parameter in target.parameters { parameter.data = .full(parameter.shape, 9) }
        let before = target.parameters.map(ObjectIdentifier.init)
        try target.load(source.stateDictionary)
        #expect(target.parameters.map(ObjectIdentifier.init) == before)
        for (a, b) in zip(source.stateDictionary, target.stateDictionary) {
            #expect(a.name == b.name)
            #expect(a.value.values(as: Float.self) == b.value.values(as: Float.self))
        }
    }

    @Test("a state dictionary is a snapshot, and loading one copies")
    func snapshot() throws {
        let model = Model()
        let state = model.stateDictionary
        let original = state[0].value.values(as: Float.self)
        model.layer.weight.data.assign(.full([], 5))
        #expect(state[0].value.values(as: Float.self) == original)
        try model.load(state)
        model.layer.weight.data.assign(.full([], 6))
        #expect(state[0].value.values(as: Float.self) == original)
    }

    @Test("loading changes the memory of before: captured functions and views go on with it")
    func inPlace() throws {
        let model = Linear(2, 1, bias: false, using: Random(seed: 1))
        let apply = capture { (x: Tensor) in noGrad { model(x) } }
        let x = Tensor([[1, 2]])
        for _ in 0..<3 { _ = apply(x) }
        #expect(apply.refusal == nil)
        let view = model.weight.data.reshape([2])
        try model.load([("weight", NDArray([3, 4] as [Float], [1, 2]))])
        #expect(apply(x).item == 11)
        #expect(view.values(as: Float.self) == [3, 4])
        // Memory that can't be written in place is replaced.
        model.weight.data = NDArray.full([1, 1], 5).expand(to: [1, 2])
        try model.load([("weight", NDArray([1, 2] as [Float], [1, 2]))])
        #expect(model.weight.values() == [Float(1), 2])
    }

    @Test("says what was loaded and what wasn't")
    func result() throws {
        let model = Model()
        let bias = NDArray([1, 2, 3] as [Float])
        let result = try model.load([("layer.bias", bias), ("other", bias)], strict: false)
        #expect(result.loaded == ["layer.bias"])
        #expect(result.missing == ["layer.weight", "mean"])
        #expect(result.unexpected == ["other"])
        #expect(
            result.description
                == "loaded 1 of 3 tensors; missing 'layer.weight', 'mean'; unexpected 'other'")
        #expect(try model.load(model.stateDictionary).description == "loaded 3 of 3 tensors")
    }

    @Test("all problems are reported together and nothing changes")
    func problems() {
        let model = Model()
        let before = model.layer.weight.values(as: Float.self)
        let state: [(name: String, value: NDArray)] = [
            ("layer.weight", .full([3, 2], 1)), ("layer.bias", .full([2], 1)),
            ("layer.scale", .full([3], 1)), ("layer.weight", .full([3, 2], 2)),
        ]
        let error = #expect(throws: StateError.self) { try model.load(state) }
        #expect(
            error?.description
                == "the state doesn't fit the model: missing 'mean'; unexpected 'layer.scale'; "
                + "given twice: 'layer.weight'; 'layer.bias' is float32 [2], not float32 [3]")
        #expect(model.layer.weight.values(as: Float.self) == before)
    }

    @Test("a wrong dtype is a problem")
    func wrongType() {
        let model = Model()
        var state = model.stateDictionary
        state[2].value = state[2].value.cast(to: .int32)
        let error = #expect(throws: StateError.self) { try model.load(state) }
        #expect(
            error?.description
                == "the state doesn't fit the model: 'mean' is int32 [3], not float32 [3]")
    }

    @Test("long lists are cut in the message and complete in the error")
    func longLists() {
        let model = Sequential((0..<10).map { _ in Linear(1, 1, using: Random(seed: 0)) })
        let error = #expect(throws: StateError.self) { try model.load([]) }
        #expect(error?.missing.count == 20)
        #expect(error?.description.hasSuffix("'3.weight', '3.bias' and 12 more") == true)
    }

    @Test("not strict: missing and unexpected names are passed over, shapes are not")
    func lenient() throws {
        let model = Model()
        let bias = NDArray([1, 2, 3] as [Float])
        try model.load([("layer.bias", bias), ("other", bias)], strict: false)
        #expect(model.layer.bias?.values(as: Float.self) == [1, 2, 3])
        #expect(throws: StateError.self) {
            try model.load([("layer.weight", bias)], strict: false)
        }
    }

    @Test("a tied weight is saved once and found under either name or both", arguments: 1...3)
    func tied(which: Int) throws {
        let model = TiedModel()
        #expect(model.stateDictionary.map(\.name) == ["encoder.weight"])
        var state: [(name: String, value: NDArray)] = []
        if which & 1 != 0 { state.append(("encoder.weight", .full([2, 2], 4))) }
        if which & 2 != 0 { state.append(("decoder", .full([2, 2], 4))) }
        try model.load(state)
        #expect(model.decoder.values(as: Float.self) == [4, 4, 4, 4])
    }
}
