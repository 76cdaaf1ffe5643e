import FakeTensor
import FoundationEssentials
import Waves

// Two spirals, one inside the other, told apart by a network with a layer and an op of our own.

func spirals(_ count: Int, using random: Random) -> (points: Tensor, labels: Tensor) {
    let noise = Tensor.normal([2 * count, 2], deviation: 0.02, using: random)
    let t = Tensor.linspace(0.1, 1, count: count)
    let angle = t * 9
    let arm = Tensor.stack([t * angle.cos(), t * angle.sin()], axis: 1)
    let labels = Tensor.concat([.zeros([count], .int64), .ones([count], .int64)])
    return (Tensor.concat([arm, -arm]) + noise, labels)
}

let random = Random(seed: 7)
let (points, labels) = spirals(200, using: random)
let model = Sequential {
    SinusoidLayer(2, 64, frequency: 3, using: random)
    Linear(64, 64, using: random)
    ReLU()
    Linear(64, 2, using: random)
}
print(try model.summary(input: [2]))

let optimizer = Adam(model, learningRate: 5e-3)
let loss = CrossEntropy()
for step in 1...300 {
    optimizer.zeroGrad()
    let value = loss(model(points), labels)
    value.backward()
    optimizer.step()
    if step % 100 == 0 { print("step \(step): loss \(value.item)") }
}

let hits = (model(points).argmax(axis: 1) .== labels).cast(to: .float32).mean().item
print("accuracy \(hits)")

// Foundation's `Data` and FakeTensor's modules live side by side.
let bytes = Data(
    model.parameters[0].values(as: Float.self).flatMap { withUnsafeBytes(of: $0, Array.init) })
print("the first parameter has \(bytes.count) bytes")
print(hits > 0.95 ? "learned the spiral" : "did not learn the spiral")
