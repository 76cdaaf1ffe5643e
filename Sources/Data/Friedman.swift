import Glibc
public import Tensor

/// A task of regression that is drawn: y = 10 sin(π x₁ x₂) + 20 (x₃ − ½)² + 10 x₄ + 5 x₅ + noise of
/// deviation 1, of ten inputs in [0, 1), the last five of which say nothing. The best mean squared
/// error is 1.
///
/// Friedman, "Multivariate adaptive regression splines", 1991, section 4.3.
public enum Friedman {
    /// How many inputs there are.
    public static let inputs = 10

    /// Inputs float32 [count, 10] and targets float32 [count, 1] of a part of the data.
    public static func make(
        count: Int, seed: UInt64, part: String
    ) -> (inputs: NDArray, targets: NDArray) {
        let random = Random(seed: seed).fork("friedman \(part)")
        let x = random.uniform([count, inputs], on: .cpu)
        let noise = random.normal([count], .float64, on: .cpu).values(as: Double.self)
        let rows = x.values(as: Double.self)
        let targets = noise.enumerated().map { row, noise in
            let x = rows[row * inputs..<(row + 1) * inputs].prefix(5).map { $0 }
            let wave: Double = 10 * sin(Double.pi * x[0] * x[1])
            let curve: Double = 20 * (x[2] - 0.5) * (x[2] - 0.5)
            return Float(wave + curve + 10 * x[3] + 5 * x[4] + noise)
        }
        return (x, NDArray(targets, [count, 1]))
    }

    /// Writes `train` and `test` parts of `inputs` and `targets` to an HDF5 file.
    public static func write(
        to path: String, seed: UInt64, train: Int, test: Int, replaces: Bool = true
    ) throws {
        try HDF5Writer.create(path, replaces: replaces) { file in
            for (part, count) in [("train", train), ("test", test)] {
                let (inputs, targets) = make(count: count, seed: seed, part: part)
                try file.write("\(part)/inputs", inputs, deflate: 1)
                try file.write("\(part)/targets", targets)
            }
            try file.setAttribute("generator", "FakeTensor friedman, version 1")
            try file.setAttribute("seed", String(seed))
        }
    }
}
