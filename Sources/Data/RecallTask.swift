public import Tensor

/// Sequences whose answer stands at their beginning: a task for a long memory, which a model that
/// sees the last few steps alone can't do better than by chance.
///
/// A step is a vector that is 1 at its symbol. The first is one of `classes` symbols, the answer;
/// those that follow are drawn from as many other ones, which say nothing. After Hochreiter and
/// Schmidhuber, "Long short-term memory", 1997, task 2.
public enum RecallTask {
    /// How many answers there are, and how many symbols that say nothing.
    public static let classes = 4
    /// How many steps a sequence has.
    public static let steps = 32

    /// Sequences float32 [count, steps, 2 · classes] and answers uint8 [count] of a part of the
    /// data.
    public static func make(
        count: Int, seed: UInt64, part: String
    ) -> (sequences: NDArray, answers: NDArray) {
        let random = Random(seed: seed).fork("recall \(part)")
        let width = 2 * classes
        let symbols = random.uniform([count * steps], high: Double(classes), .float64)
            .values(as: Double.self)
        var sequences = [Float](repeating: 0, count: count * steps * width)
        var answers: [UInt8] = []
        for (place, number) in symbols.enumerated() {
            let symbol = min(classes - 1, Int(number))
            let isAnswer = place.isMultiple(of: steps)
            if isAnswer { answers.append(UInt8(symbol)) }
            sequences[place * width + symbol + (isAnswer ? 0 : classes)] = 1
        }
        return (NDArray(sequences, [count, steps, width]), NDArray(answers))
    }

    /// Writes `train` and `test` parts of `sequences` and `answers` to an HDF5 file.
    public static func write(
        to path: String, seed: UInt64, train: Int, test: Int, replaces: Bool = true
    ) throws {
        try HDF5Writer.create(path, replaces: replaces) { file in
            for (part, count) in [("train", train), ("test", test)] {
                let (sequences, answers) = make(count: count, seed: seed, part: part)
                try file.write("\(part)/sequences", sequences, chunkRows: 256, deflate: 1)
                try file.write("\(part)/answers", answers)
            }
            try file.setAttribute("generator", "FakeTensor recall, version 1")
            try file.setAttribute("seed", String(seed))
        }
    }
}
