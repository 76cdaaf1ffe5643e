import FakeTensor
import Testing

@Suite("The README's library example")
struct ReadmeTests {
    @Test("trains as printed")
    func trains() throws {
        let sandbox = Sandbox()
        let path = sandbox.file("digits.h5")
        try Digits.write(to: path, seed: 1, train: 1280, test: 64)

        let random = Random(seed: 42)
        let model = Sequential {
            Linear(784, 128, using: random)
            ReLU()
            Linear(128, 10, using: random)
        }
        let optimizer = Adam(model, learningRate: 1e-3)
        let loss = CrossEntropy()

        let data = try Dataset.open(path, inputs: "train/images", targets: "train/labels")
        let loader = try Loader(
            data, batchSize: 128, shuffle: true, inputTransforms: [.scale(1 / 255), .flatten])
        var losses: [Double] = []
        for epoch in 0..<6 {
            let batches = loader.epoch(from: SamplerState(epoch: epoch))
            while let batch = try batches.next() {
                optimizer.zeroGrad()
                let value = loss(model(Tensor(batch.inputs)), Tensor(batch.targets))
                value.backward()
                optimizer.step()
                losses.append(value.item)
            }
        }
        #expect(losses.count == 60)
        #expect(losses[0] > 2)
        #expect((losses.last ?? 9) < 1)
    }
}
