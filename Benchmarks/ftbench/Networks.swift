import FakeTensor

/// 1×28×28 images, convolutions of 32 and 64 features, batch 64, Adam: PyTorch's example for MNIST
/// without dropout.
func benchmarkCNN() {
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
    benchmarkSteps("cnn", model, Adam(model), [64, 1, 28, 28], 10, work: 4580, count: 30)
}

/// 3×32×32 images, 19 convolutions with batch normalization, batch 64, SGD with momentum: He et
/// al., "Deep Residual Learning for Image Recognition", 2015, section 4.2.
func benchmarkResNet20() {
    let random = Random(seed: 0)
    func convolve(_ channels: Int, _ features: Int, _ stride: Int = 1, kernel: Int = 3) -> [Layer] {
        [
            Conv2d(
                channels, features, kernel: PerAxis(kernel), stride: PerAxis(stride),
                padding: .both(PerAxis(kernel / 2)), bias: false, using: random),
            BatchNorm2d(features),
        ]
    }
    var layers = convolve(3, 16) + [ReLU()]
    var channels = 16
    for (features, first) in [(16, 1), (32, 2), (64, 2)] {
        for number in 0..<3 {
            let stride = number == 0 ? first : 1
            let inner = convolve(channels, features, stride) + [ReLU()]
            let body = inner + convolve(features, features)
            let shortcut =
                stride == 1 ? nil : Sequential(convolve(channels, features, stride, kernel: 1))
            layers += [Residual(Sequential(body), shortcut: shortcut), ReLU()]
            channels = features
        }
    }
    let model = Sequential(layers + [GlobalAveragePool(), Linear(64, 10, using: random)])
    let optimizer = SGD(model, learningRate: 0.1, momentum: 0.9, weightDecay: 1e-4)
    benchmarkSteps("resnet20", model, optimizer, [64, 3, 32, 32], 10, work: 15_616, count: 20)
}
