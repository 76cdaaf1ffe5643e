import FakeTensor
import Tensor

/// A network of the benchmarks, made on the device that is current, at any batch size.
struct Workload {
    let name: String
    /// What its size is: the batch, and of a network that is too large to count it whole others.
    let sizes: [Size]
    /// Makes one train step of such sizes.
    let make: (_ sizes: [Int]) -> Step

    /// A size that is measured, and two smaller ones, from which launches, bytes and arithmetic
    /// follow: they grow evenly with each, where both take the same kernels. One example doesn't.
    struct Size {
        let wanted: Int
        let low: Int
        let high: Int
    }

    var batch: Int { sizes[0].wanted }
    /// The step that is measured, and a small one with as many kernels for each layer.
    func whole() -> Step { make(sizes.map(\.wanted)) }
    func small() -> Step { make(sizes.map(\.low)) }
    var isCountedInParts: Bool { sizes.count > 1 }

    private init(
        _ name: String, batch: Int, small: (Int, Int), make: @escaping (Int) -> Step
    ) {
        self.name = name
        sizes = [Size(wanted: batch, low: small.0, high: small.1)]
        self.make = { make($0[0]) }
    }

    private init(_ name: String, _ sizes: [Size], make: @escaping ([Int]) -> Step) {
        self.name = name
        self.sizes = sizes
        self.make = make
    }

    /// A step over an input and its target, and how many parameters it changes.
    struct Step {
        let x: Tensor
        let y: Tensor
        let parameters: Int
        let run: (Tensor, Tensor) -> Tensor
    }

    static var all: [Workload] {
        [
            Workload("mlp_tiny", batch: 32, small: (8, 16), make: tinyMLP),
            Workload("mlp", batch: 128, small: (8, 16), make: mlp),
            Workload("ppo", batch: 64, small: (8, 16), make: agent),
            Workload("lstm", batch: 64, small: (2, 4), make: lstm),
            Workload("gpt", batch: 12, small: (2, 3)) { gpt($0, 65, 64, 128, 4, 4, tied: false) },
            Workload("cnn", batch: 512, small: (2, 4)) { cnn($0) },
            Workload("resnet20", batch: 512, small: (2, 4)) { residual($0) },
            Workload("cnn_tf32", batch: 512, small: (2, 4)) { cnn($0, .tf32) },
            Workload("resnet20_tf32", batch: 512, small: (2, 4)) { residual($0, .tf32) },
            Workload(
                "gpt2",
                [
                    Size(wanted: 8, low: 2, high: 3), Size(wanted: 12, low: 1, high: 2),
                    Size(wanted: 50_257, low: 64, high: 128),
                ]
            ) { gpt($0[0], $0[2], 1024, 768, 12, $0[1], tied: true, .bfloat16) },
        ]
    }

    /// A step of a classifier, products in a precision.
    private static func step(
        _ model: Layer, _ optimizer: Optimizer, _ x: Tensor, _ y: Tensor,
        _ precision: AutocastPrecision = .float32
    ) -> Step {
        let loss = CrossEntropy()
        let parameters = model.parameters.reduce(0) { $0 + $1.count }
        return Step(x: x, y: y, parameters: parameters) { x, y in
            optimizer.zeroGrad()
            let value = autocast(precision) { loss(model(x), y) }
            // Backward computes as forward did, but for TF32, which is no dtype.
            autocast(precision.ofKernels) { value.backward() }
            optimizer.step()
            return value
        }
    }

    private static func network(
        _ sizes: [Int], _ activation: () -> Layer, _ random: Random
    ) -> Sequential {
        var layers: [Layer] = []
        for (inputs, outputs) in zip(sizes, sizes.dropFirst()) {
            if !layers.isEmpty { layers.append(activation()) }
            layers.append(Linear(inputs, outputs, using: random))
        }
        return Sequential(layers)
    }

    private static func tinyMLP(_ batch: Int) -> Step {
        let random = Random(seed: 0)
        let model = network([2, 16, 16, 2], { Tanh() }, random)
        return step(
            model, SGD(model, learningRate: 0.1), .normal([batch, 2], using: random),
            .integers([batch], high: 2, using: random))
    }

    private static func mlp(_ batch: Int) -> Step {
        let random = Random(seed: 0)
        let model = network([784, 512, 256, 10], { ReLU() }, random)
        return step(
            model, Adam(model), .normal([batch, 784], using: random),
            .integers([batch], high: 10, using: random))
    }

    private static func lstm(_ batch: Int) -> Step {
        let random = Random(seed: 0)
        let model = Sequential {
            LSTM(32, 128, output: .last, using: random)
            Linear(128, 10, using: random)
        }
        return step(
            model, Adam(model), .normal([batch, 50, 32], using: random),
            .integers([batch], high: 10, using: random))
    }

    private static func gpt(
        _ batch: Int, _ vocabulary: Int, _ context: Int, _ width: Int, _ heads: Int, _ layers: Int,
        tied: Bool, _ precision: AutocastPrecision = .float32
    ) -> Step {
        let random = Random(seed: 0)
        let model = GPT(
            vocabulary: vocabulary, context: context, width: width, heads: heads, layers: layers,
            tied: tied, using: random)
        return step(
            model, AdamW(model, learningRate: 1e-3),
            .integers([batch, context], high: vocabulary, using: random),
            .integers([batch, context], high: vocabulary, using: random), precision)
    }

    /// As many kernels as gpt2 has, on little.
    static func narrowGPT() -> Step { gpt(1, 65, 8, 24, 12, 12, tied: true, .bfloat16) }

    private static func cnn(_ batch: Int, _ precision: AutocastPrecision = .float32) -> Step {
        let random = Random(seed: 0)
        let model = Sequential {
            Conv2d(1, 32, kernel: 3, using: random)
            ReLU()
            Conv2d(32, 64, kernel: 3, using: random)
            ReLU()
            MaxPool2d(2)
            Flatten()
            Linear(9216, 128, using: random)
            ReLU()
            Linear(128, 10, using: random)
        }
        return step(
            model, Adam(model), .normal([batch, 1, 28, 28], using: random),
            .integers([batch], high: 10, using: random), precision)
    }

    /// He et al., "Deep Residual Learning for Image Recognition", 2015, section 4.2.
    private static func residual(
        _ batch: Int, _ precision: AutocastPrecision = .float32
    ) -> Step {
        let random = Random(seed: 0)
        func convolve(_ channels: Int, _ features: Int, _ stride: Int, kernel: Int = 3) -> [Layer] {
            [
                Conv2d(
                    channels, features, kernel: PerAxis(kernel), stride: PerAxis(stride),
                    padding: .both(PerAxis(kernel / 2)), bias: false, using: random),
                BatchNorm2d(features),
            ]
        }
        var layers = convolve(3, 16, 1) + [ReLU()]
        var channels = 16
        for (features, first) in [(16, 1), (32, 2), (64, 2)] {
            for number in 0..<3 {
                let stride = number == 0 ? first : 1
                let body =
                    convolve(channels, features, stride) + [ReLU()]
                    + convolve(features, features, 1)
                let shortcut =
                    stride == 1
                    ? nil : Sequential(convolve(channels, features, stride, kernel: 1))
                layers += [Residual(Sequential(body), shortcut: shortcut), ReLU()]
                channels = features
            }
        }
        let model = Sequential(layers + [GlobalAveragePool(), Linear(64, 10, using: random)])
        return step(
            model, SGD(model, learningRate: 0.1, momentum: 0.9, weightDecay: 1e-4),
            .normal([batch, 3, 32, 32], using: random),
            .integers([batch], high: 10, using: random), precision)
    }

    /// Proximal policy optimization: Schulman et al., 2017.
    private static func agent(_ batch: Int) -> Step {
        let random = Random(seed: 0)
        let actor = network([4, 64, 64, 2], { Tanh() }, random)
        let critic = network([4, 64, 64, 1], { Tanh() }, random)
        let optimizers = [actor, critic].map { Adam($0, learningRate: 3e-4) }
        let states = Tensor.normal([batch, 4], using: random)
        let actions = Tensor.integers([batch, 1], high: 2, using: random)
        let advantages = Tensor.normal([batch], using: random)
        let returns = Tensor.normal([batch], using: random)
        let old = noGrad { actor(states).logSoftmax(axis: 1) }
        let parameters = (actor.parameters + critic.parameters).reduce(0) { $0 + $1.count }
        return Step(x: states, y: actions, parameters: parameters) { states, actions in
            for optimizer in optimizers { optimizer.zeroGrad() }
            let logits = actor(states).logSoftmax(axis: 1)
            let ratio = (logits - old).gather(actions, axis: 1).squeeze(1).exp()
            let clipped = ratio.clip(lower: 0.8, upper: 1.2)
            let gain = (ratio * advantages).minimum(clipped * advantages).mean()
            let error = (critic(states).squeeze(1) - returns).square().mean()
            let entropy = (logits.exp() * logits).sum(axis: 1).mean()
            let value = 0.5 * error - gain + 0.01 * entropy
            value.backward()
            for optimizer in optimizers { optimizer.step() }
            return value
        }
    }
}
