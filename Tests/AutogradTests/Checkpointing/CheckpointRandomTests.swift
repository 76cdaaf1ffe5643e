import Autograd
import Tensor
import Testing

@Suite("Checkpointing with positions of random streams")
struct CheckpointRandomTests {
    /// The gradient through draws at positions that the function sets.
    private func slope(_ position: UInt64, _ checkpoints: Int) -> (Tensor, position: UInt64) {
        let random = Random(seed: 3)
        let body = { (x: Tensor) in
            let before = random.position
            random.position = position
            let y = x.dropout(0.5, using: random) * x
            let z = y.dropout(0.5, using: random)
            random.position = before
            return z + x.dropout(0.25, using: random)
        }
        let around = (0..<checkpoints).reduce(body) { f, _ in { x in checkpoint(f, x * 1) } }
        let x = Tensor(Random(seed: 9).normal([64], .float64), requiresGrad: true)
        let y = around(x)
        _ = random.next()
        return (y.square().sum().derivative(by: x), random.position)
    }

    @Test("repeats what the function sets, and leaves the stream where it is", arguments: [1, 2])
    func set(_ checkpoints: Int) {
        for position: UInt64 in [0, 100] {
            let (plain, place) = slope(position, 0)
            let (again, samePlace) = slope(position, checkpoints)
            #expect(plain.values(as: Double.self) == again.values(as: Double.self))
            #expect(place == samePlace)
        }
    }

    @Test("refuses another position than the first time")
    func other() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let random = Random(seed: 3)
            var runs: UInt64 = 0
            let x = Tensor([1, 2], requiresGrad: true)
            let y = checkpoint { (x: Tensor) in
                runs += 1
                random.position = runs
                return x.dropout(0.5, using: random) * x
            }(x)
            y.sum().backward()
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(
            text.contains("checkpoint: the function set a random stream to position 2"), "\(text)")
    }
}
