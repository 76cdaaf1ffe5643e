public import FakeTensor

/// sin(ω (xWᵀ + b)): a custom layer. Its parameters are found by their type, without registration.
public final class SinusoidLayer: Layer {
    let linear: Linear
    let frequency: Double

    /// Weights are drawn from `random`.
    public init(_ inputs: Int, _ outputs: Int, frequency: Double, using random: Random) {
        linear = Linear(inputs, outputs, using: random)
        self.frequency = frequency
    }

    public override func callAsFunction(_ x: Tensor) -> Tensor {
        Sinusoid(frequency: frequency)(linear(x))
    }
}
