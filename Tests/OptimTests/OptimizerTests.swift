import Autograd
import NN
import Optim
import Tensor
import Testing

@Suite("Optimizers")
struct OptimizerTests {
    private func model() -> Sequential {
        let random = Random(seed: 4)
        return Sequential(Linear(3, 4, using: random), Tanh(), Linear(4, 2, using: random))
    }

    @Test("skip frozen parameters and those without a gradient")
    func skips() {
        let parameters = (0..<3).map { _ in Parameter(doubles: [1]) }
        let optimizer = SGD(parameters, learningRate: 1)
        parameters[0].grad = Tensor.ones([1], .float64)
        parameters[1].grad = Tensor.ones([1], .float64)
        parameters[1].requiresGrad = false
        optimizer.step()
        #expect(parameters.map(\.doubles) == [[0], [1], [1]])
        optimizer.zeroGrad()
        #expect(parameters.allSatisfy { $0.grad == nil })
    }

    @Test("change parameters in place")
    func inPlace() {
        let parameter = Parameter(doubles: [1, 2])
        let view = parameter.detach()
        parameter.grad = Tensor.ones([2], .float64)
        SGD(parameter, learningRate: 0.5).step()
        #expect(view.values(as: Double.self) == [0.5, 1.5])
    }

    @Test("a step between forward and backward is caught")
    func versions() async {
        await #expect(processExitsWith: .failure) {
            let parameter = Parameter(NDArray([1, 2] as [Double]))
            let loss = parameter.square().sum()
            parameter.grad = Tensor.ones([2], .float64)
            SGD(parameter, learningRate: 0.5).step()
            loss.backward()
        }
    }

    @Test("groups have their own rate and weight decay")
    func groups() {
        let (a, b) = (Parameter(doubles: [1]), Parameter(doubles: [1]))
        let optimizer = SGD(
            [
                ParameterGroup([("a", a)], rateFactor: 0.1),
                ParameterGroup([("b", b)], weightDecay: 0),
            ], learningRate: 0.5, weightDecay: 2)
        a.grad = Tensor.ones([1], .float64)
        b.grad = Tensor.ones([1], .float64)
        optimizer.step()
        // a: 1 − 0.05 (1 + 2·1) = 0.85,  b: 1 − 0.5·1 = 0.5
        expectClose(a.doubles + b.doubles, [0.85, 0.5])
    }

    @Test("a module's parameters are split by name")
    func split() {
        let model = self.model()
        let optimizer = AdamW([
            ParameterGroup(model) { name, _ in name.hasSuffix("weight") },
            ParameterGroup(model, weightDecay: 0) { name, _ in name.hasSuffix("bias") },
        ])
        let names = ["0.weight", "2.weight", "0.bias", "2.bias"]
        #expect(optimizer.namedParameters.map(\.name) == names)
        #expect(optimizer.groups.map(\.weightDecay) == [nil, 0])
    }

    @Test("names come from the module, the label or the position")
    func names() {
        let labelled = Parameter(doubles: [1])
        labelled.label = "scale"
        let optimizer = Adam([labelled, Parameter(doubles: [1])])
        #expect(optimizer.namedParameters.map(\.name) == ["scale", "1"])
        #expect(SGD(model(), learningRate: 1).namedParameters.first?.name == "0.weight")
    }

    @Test("report the norm that was clipped, and the gradient that isn't finite")
    func reports() {
        let model = self.model()
        let optimizer = SGD(model, learningRate: 0)
        #expect(optimizer.nonFiniteGradient == nil)
        for parameter in model.parameters { parameter.grad = Tensor.ones(like: parameter) }
        optimizer.step()
        #expect(optimizer.gradientNorm == nil)
        optimizer.clipping = .norm(1)
        optimizer.step()
        #expect(optimizer.gradientNorm == Double(26).squareRoot())
        #expect(optimizer.nonFiniteGradient == nil)
        model.parameters[2].grad = Tensor.full(like: model.parameters[2], Double.nan)
        #expect(optimizer.nonFiniteGradient == "2.weight")
    }

    @Test("an array of modules is named as a Sequential of them, what they share once")
    func modules() {
        let (encoder, decoder) = (model(), Linear(2, 3, using: Random(seed: 1)))
        let optimizer = Adam([encoder, decoder])
        #expect(
            optimizer.namedParameters.map(\.name) == [
                "0.0.weight", "0.0.bias", "0.2.weight", "0.2.bias", "1.weight", "1.bias",
            ])
        #expect(Adam([encoder, encoder]).parameters.count == 4)
        let groups = Adam([
            ParameterGroup(decoder), ParameterGroup(encoder[2], prefix: "second."),
        ])
        #expect(
            groups.namedParameters.map(\.name) == [
                "weight", "bias", "second.weight", "second.bias",
            ])
    }

    @Test("one huge gradient leaves nothing that isn't finite", arguments: OptimizerCase.all)
    func overflow(_ test: OptimizerCase) {
        let model = Linear(1, 1, bias: false, using: Random(seed: 1))
        let optimizer = test.make(model)
        for gradient in [1.0, 1e25, 1, 1] {
            model.weight.grad = Tensor.full(like: model.weight, gradient)
            optimizer.step()
            #expect(model.weight.data.isAllFinite)
        }
    }

    @Test("the norm is that of the gradients that are used")
    func frozenNorm() {
        let parameters = (0..<2).map { _ in Parameter(doubles: [1]) }
        for parameter in parameters { parameter.grad = Tensor.full(like: parameter, 3) }
        parameters[1].requiresGrad = false
        let optimizer = SGD(parameters, learningRate: 1)
        optimizer.clipping = .norm(1.5)
        optimizer.step()
        #expect(optimizer.gradientNorm == 3)
        #expect(parameters.map(\.doubles) == [[-0.5], [1]])
    }

    /// What is said of a step with a wrong gradient or parameter.
    private static func step(_ change: (Parameter) -> Void) {
        let parameter = Parameter(NDArray([1, 2] as [Double]))
        parameter.label = "scale"
        let optimizer = Adam(parameter)
        parameter.grad = Tensor.ones([2], .float64)
        change(parameter)
        optimizer.step()
    }

    @Test("gradients and parameters of another shape or dtype stop with the parameter's name")
    func misfits() async {
        let shape = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            OptimizerTests.step { $0.grad = Tensor(NDArray([1] as [Double], [])) }
        }
        #expect(
            message(shape).contains(
                "Optimizer: parameter 'scale' is float64 [2] on cpu, its gradient float64 [] on cpu"
            ))
        let dtype = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            OptimizerTests.step { $0.grad = Tensor.ones([2], .float32) }
        }
        #expect(
            message(dtype).contains(
                "parameter 'scale' is float64 [2] on cpu, its gradient float32 [2] on cpu"))
        let data = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            OptimizerTests.step {
                $0.data = NDArray.full([3], 1, .float64)
                $0.grad = Tensor.ones([3], .float64)
            }
        }
        #expect(
            message(data).contains(
                "parameter 'scale' is float64 [3] on cpu, its state float64 [2] on cpu"))
    }

    @Test("a step inside vmap stops with a sentence")
    func examples() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let scale = Parameter(NDArray([3] as [Double]))
            let optimizer = SGD(scale, learningRate: 0.1)
            let step = { (x: Tensor) -> Tensor in
                (scale * x).sum().backward()
                optimizer.step()
                return scale * x
            }
            _ = vmap(step)(Tensor([1, 2], .float64))
        }
        #expect(
            message(result).contains(
                "Optimizer: the gradient of parameter '0' is one example's of a batch"))
    }

    @Test("an optimizer of nothing stops with a sentence")
    func nothing() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = SGD(ReLU(), learningRate: 0.1)
        }
        #expect(
            message(result).contains(
                "Optimizer: there is nothing to train: no parameters were found"))
    }

    @Test("a view that isn't contiguous stops with a sentence where others hold its memory")
    func stridedViews() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let weight = Parameter(NDArray([1, 2, 3, 4] as [Double]).reshape([2, 2]))
            let tied = Parameter(weight.data.transpose())
            let optimizer = SGD([tied], learningRate: 1)
            tied.sum().backward()
            withExtendedLifetime(weight) { optimizer.step() }
        }
        #expect(message(result).contains("is a view [2, 2] that isn't contiguous, of memory"))
        let own = Parameter(NDArray([1, 2, 3, 4] as [Double]).reshape([2, 2]).transpose())
        let optimizer = SGD([own], learningRate: 1)
        own.sum().backward()
        optimizer.step()
        #expect(own.values(as: Double.self) == [0, 2, 1, 3])
    }

    @Test("a parameter in the memory of another's gradient stops with a sentence")
    func crossedGradients() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let pair = [Parameter(NDArray([1.0])), Parameter(NDArray([2.0]))]
            pair[0].grad = pair[1].detach()
            pair[1].grad = pair[0].detach()
            SGD(pair, learningRate: 0.5).step()
        }
        #expect(message(result).contains("shares memory with the gradient of another"))
    }

    @Test("a captured step follows a parameter to another place in the same memory")
    func movedPlace() {
        let base = NDArray([1, 2, 3, 4] as [Double])
        let parameter = Parameter(base.slice(axis: 0, start: 0, count: 2))
        let optimizer = SGD([parameter], learningRate: 1)
        let step = capture { (g: Tensor) in
            parameter.grad = g * 1
            optimizer.step()
        }
        for _ in 0..<4 { _ = step(Tensor([1, 1], .float64)) }
        #expect(base.values() == [-3.0, -2, 3, 4])
        parameter.data = base.slice(axis: 0, start: 2, count: 2)
        for _ in 0..<4 { _ = step(Tensor([1, 1], .float64)) }
        #expect(base.values() == [-3.0, -2, -1, 0])
    }

    @Test("two parameters in the same memory stop with a sentence; views that lie apart train")
    func sharedMemory() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let data = NDArray([1, 2, 3] as [Double])
            let pair = [Parameter(data), Parameter(data.slice(axis: 0, start: 1, count: 2))]
            let optimizer = SGD(pair, learningRate: 1)
            (pair[0].sum() + pair[1].sum()).backward()
            optimizer.step()
        }
        #expect(message(result).contains("parameters, of shapes [3] and [2], share memory"))
        let data = NDArray([1, 2, 3, 4] as [Double])
        let halves = [0, 2].map { Parameter(data.slice(axis: 0, start: $0, count: 2)) }
        let optimizer = SGD(halves, learningRate: 1)
        (halves[0].sum() + halves[1].sum() * 2).backward()
        optimizer.step()
        #expect(data.values() == [0.0, 1, 1, 2])
    }

    @Test("a parameter in two groups stops with a sentence")
    func duplicates() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let parameter = Parameter(NDArray([1] as [Double]))
            _ = SGD(
                [ParameterGroup([("a", parameter)]), ParameterGroup([("b", parameter)])],
                learningRate: 1)
        }
        #expect(message(result).contains("Optimizer: parameter 'b' is in two groups"))
    }
}
