import Autograd
import NN
import Optim
import Tensor
import Testing

/// An optimizer to be made for a module.
struct OptimizerCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let slots: [String]
    let make: @Sendable (Module) -> Optimizer

    static let all: [OptimizerCase] = [
        .init(testDescription: "SGD", slots: []) { SGD($0, learningRate: 0.1) },
        .init(testDescription: "SGD, momentum", slots: ["velocity"]) {
            SGD($0, learningRate: 0.1, momentum: 0.9, nesterov: true)
        },
        .init(testDescription: "Adam", slots: ["m", "v"]) { Adam($0, learningRate: 0.01) },
        .init(testDescription: "AdamW", slots: ["m", "v"]) { AdamW($0, learningRate: 0.01) },
        .init(testDescription: "RMSprop", slots: ["square"]) { RMSprop($0) },
        .init(testDescription: "RMSprop, momentum", slots: ["square", "buffer"]) {
            RMSprop($0, momentum: 0.9)
        },
        .init(testDescription: "Adagrad", slots: ["square"]) { Adagrad($0) },
        .init(testDescription: "Adadelta", slots: ["square", "change"]) { Adadelta($0) },
        .init(testDescription: "NAdam", slots: ["m", "v"]) { NAdam($0) },
        .init(testDescription: "AdaBelief", slots: ["m", "v"]) { AdaBelief($0) },
        .init(testDescription: "RAdam", slots: ["m", "v"]) { RAdam($0, beta2: 0.9) },
        .init(testDescription: "LAMB", slots: ["m", "v"]) { LAMB($0, learningRate: 0.01) },
        .init(testDescription: "Lion", slots: ["m"]) { Lion($0, learningRate: 0.01) },
    ]
}

@Suite("Saving and loading an optimizer's state")
struct OptimizerStateTests {
    private func model() -> Sequential {
        let random = Random(seed: 4)
        return Sequential(Linear(3, 8, using: random), Tanh(), Linear(8, 2, using: random))
    }

    private func train(_ model: Layer, _ optimizer: Optimizer, steps: Range<Int>) {
        for step in steps {
            let random = Random(seed: 9, position: UInt64(step) * 100)
            let x = Tensor.normal([16, 3], using: random)
            optimizer.zeroGrad()
            MeanSquaredError()(model(x), x[0..., 0..<2].sin()).backward()
            optimizer.step()
        }
    }

    private func bits(_ model: Module) -> [[Float]] {
        model.parameters.map { $0.values(as: Float.self) }
    }

    @Test("a resumed run has the bits of one that never stopped", arguments: OptimizerCase.all)
    func resume(_ test: OptimizerCase) throws {
        let whole = model()
        train(whole, test.make(whole), steps: 0..<9)

        let first = model()
        let optimizer = test.make(first)
        train(first, optimizer, steps: 0..<4)
        let saved = (first.stateDictionary, optimizer.stateDictionary)
        train(first, optimizer, steps: 4..<6)

        let second = model()
        let resumed = test.make(second)
        try second.load(saved.0)
        try resumed.load(saved.1)
        #expect(resumed.stepCount == 4)
        train(second, resumed, steps: 4..<9)
        #expect(bits(second) == bits(whole))
    }

    @Test("entries are named by parameter and slot", arguments: OptimizerCase.all)
    func names(_ test: OptimizerCase) {
        let optimizer = test.make(model())
        let parameters = ["0.weight", "0.bias", "2.weight", "2.bias"]
        let expected = parameters.flatMap { name in test.slots.map { "\(name)/\($0)" } }
        #expect(optimizer.stateDictionary.map(\.name) == ["step"] + expected)
        #expect(optimizer.slots == test.slots)
    }

    @Test("a parameter frozen for some steps resumes with its own count")
    func frozen() throws {
        func run(resumingAfter pause: Int?) throws -> [[Float]] {
            var model = self.model()
            var optimizer = Adam(model, learningRate: 0.05)
            for step in 0..<6 {
                model.parameters[0].requiresGrad = step >= 2
                train(model, optimizer, steps: step..<(step + 1))
                guard step == pause else { continue }
                let saved = (model.stateDictionary, optimizer.stateDictionary)
                #expect(saved.1[1].name == "0.weight/step")
                model = self.model()
                optimizer = Adam(model, learningRate: 0.05)
                try model.load(saved.0)
                try optimizer.load(saved.1)
            }
            return bits(model)
        }
        #expect(try run(resumingAfter: 3) == run(resumingAfter: nil))
        #expect(try run(resumingAfter: 1) == run(resumingAfter: nil))
    }

    @Test("a parameter frozen from the start has no state and needs none")
    func frozenFromStart() throws {
        func make() -> (Sequential, Adam) {
            let model = self.model()
            model[0].freeze()
            return (model, Adam(model))
        }
        let (model, optimizer) = make()
        train(model, optimizer, steps: 0..<2)
        let state = optimizer.stateDictionary
        #expect(!state.contains { $0.name.hasPrefix("0.weight/m") })
        let (_, second) = make()
        try second.load(state)
        #expect(second.stateDictionary.map(\.name) == state.map(\.name))
    }

    @Test("all problems are reported together and nothing changes")
    func problems() {
        let model = Linear(2, 1, using: Random(seed: 0))
        let optimizer = Adam(model)
        var state = optimizer.stateDictionary
        state[0].value = NDArray([7] as [Int64], [])
        state[1].value = .full([3], 0)
        state[2].name = "weight/velocity"
        let error = #expect(throws: StateError.self) { try optimizer.load(state) }
        #expect(
            error?.description
                == "the state doesn't fit the optimizer: missing 'weight/v'; unexpected "
                + "'weight/velocity'; 'weight/m' is float32 [3], not float32 [1, 2]")
        #expect(optimizer.stepCount == 0)
        let empty = #expect(throws: StateError.self) { try SGD(model, learningRate: 1).load([]) }
        #expect(empty?.description == "the state doesn't fit the optimizer: missing 'step'")
    }

    @Test("numbers of steps that can't be are refused", arguments: [-1, Int64.min, 1 << 61, .max])
    func steps(_ count: Int64) {
        let optimizer = Adam(Linear(2, 1, using: Random(seed: 0)))
        var state = optimizer.stateDictionary
        state[0].value = NDArray([count], [])
        let error = #expect(throws: StateError.self) { try optimizer.load(state) }
        #expect(
            error?.description
                == "the state doesn't fit the optimizer: 'step' is \(count), not a number of steps")
        #expect(optimizer.stepCount == 0)
        state[0].value = NDArray([3] as [Int64], [])
        state.append(("bias/step", NDArray([count], [])))
        #expect(throws: StateError.self) { try optimizer.load(state) }
        state[state.count - 1].value = NDArray([4] as [Int64], [])
        let more = #expect(throws: StateError.self) { try optimizer.load(state) }
        #expect(more?.description.hasSuffix("'bias/step' is 4, more than the 3 in all") == true)
        state[state.count - 1].value = NDArray([2] as [Int64], [])
        #expect(throws: Never.self) { try optimizer.load(state) }
    }

    @Test("a saved state is a snapshot")
    func snapshot() {
        let model = self.model()
        let optimizer = Adam(model)
        train(model, optimizer, steps: 0..<1)
        let state = optimizer.stateDictionary
        let before = state.map { $0.value.values(as: Double.self) }
        train(model, optimizer, steps: 1..<2)
        #expect(state.map { $0.value.values(as: Double.self) } == before)
    }
}
