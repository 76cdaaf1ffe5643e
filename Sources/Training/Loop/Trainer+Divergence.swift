import Autograd
import Checkpoint
import Datasets
import FTSupport
import Glibc
import NN
import Optim
import Tensor

/// Why training can't go on, in one sentence.
struct Divergence: Error, CustomStringConvertible {
    let description: String
    /// What may help.
    let remedy: String

    static let ofData = "correct the data or leave the row out, and train again"
    static let ofLarge =
        "scale such numbers (data.transforms, data.targetTransforms), correct them or leave the row "
        + "out, and train again"
}

extension Trainer {
    /// What to say of a loss that is not finite: where it comes from, as far as can be seen.
    func divergence(_ value: Double, _ last: UnreadStep) throws -> Divergence {
        let problem =
            "the loss is \(Format.measure(value)) at step \(Format.grouped(cursor.step + 1))"
        if let blame = try spoiledRow(last) {
            return divergence("\(problem); \(blame)", remedy: Divergence.ofData)
        }
        if let blame = try rowBeyondPrecision(last) {
            return divergence(
                "\(problem); \(blame)",
                remedy: "scale the inputs (data.transforms), or train in training.precision=bf16")
        }
        let batch = zip(
            data.train.dataset.inputNames + [data.train.dataset.targetName],
            last.batch.allInputs + [last.batch.targets])
        for (name, array) in batch {
            guard let (row, value) = array.firstRowBeyondSquares else { continue }
            return divergence(
                "\(problem); \(name): \(storedRow(row, of: last)) holds \(value), whose square no "
                    + "float32 holds", remedy: Divergence.ofLarge)
        }
        return divergence(
            "\(problem); \(origin(last.batch))",
            remedy: experiment.lossRemedy(isFirst: cursor.step == 0))
    }

    /// A sentence on the first row of a batch with a number that fp16 can't hold; nil if none has
    /// one, or the run takes others.
    private func rowBeyondPrecision(_ last: UnreadStep) throws -> String? {
        guard config.precision == .float16 else { return nil }
        for (name, array) in zip(data.train.dataset.inputNames, last.batch.allInputs) {
            guard let (row, value) = array.firstRow(where: { abs($0) > 65_504 }) else { continue }
            return "\(name): \(storedRow(row, of: last)) holds \(value), beyond the 65,504 of fp16"
        }
        return nil
    }

    private func storedRow(_ row: Int, of last: UnreadStep) -> String {
        "row \(data.train.row(at: last.sampler.position + row, epoch: last.sampler.epoch))"
    }

    /// A sentence with the learning rate and the checkpoint to go back to.
    func divergence(_ problem: String, remedy: String? = nil) -> Divergence {
        let good: String
        if cursor.sampler.epoch == 0, access(store.lastPath, F_OK) != 0 {
            good = "no checkpoint was saved before"
        } else {
            good = "the last good checkpoint is \(store.lastPath)"
        }
        let rate = "learning rate \(Format.rate(optimizer.learningRate))"
        let clip = optimizer.clipping == .none ? " or set optimizer.clipNorm" : ""
        let radius = config.samRadius == nil ? "" : " or optimizer.samRadius"
        let usual =
            optimizer is QuasiNewton
            ? "scale inputs and targets to about 1, or use another optimizer"
            : "lower optimizer.learningRate\(radius)\(clip), and train again"
        return Divergence(
            description: "\(problem); \(rate); \(good)",
            remedy: remedy ?? usual)
    }

    /// A sentence on the first row of a batch that holds NaN or infinity; nil if none does.
    private func spoiledRow(_ last: UnreadStep) throws -> String? {
        let dataset = data.train.dataset
        for (name, array) in zip(
            dataset.inputNames + [dataset.targetName], last.batch.allInputs + [last.batch.targets])
        {
            guard let (row, value) = array.firstSpoiledRow else { continue }
            return "\(name): \(storedRow(row, of: last)) holds \(value)"
        }
        return nil
    }

    private func origin(_ batch: Batch) -> String {
        if let name = nonFiniteParameter { return "parameter \(name) holds NaN or infinity" }
        let targets = batch.targets.on(backend)
        if let anomaly = experiment.anomaly(batch.allInputs.map { $0.on(backend) }, targets) {
            return anomaly.description
        }
        optimizer.zeroGrad()
        experiment.loss(experiment.output(batch.tensors(on: backend)), Tensor(targets)).backward()
        if let name = optimizer.nonFiniteGradient {
            return "the gradient of \(name) holds NaN or infinity"
        }
        return "all parameters and gradients are finite"
    }

    /// The first parameter with NaN or infinity.
    var nonFiniteParameter: String? {
        experiment.model.namedParameters.first { !$0.parameter.data.isAllFinite }?.name
    }
}

extension Experiment {
    /// A sentence on the first row of some examples that holds NaN, infinity or, if none does, a
    /// number whose square is infinite; nil if there is none.
    func spoiledRow(in loader: Loader) throws -> (sentence: String, remedy: String)? {
        if let row = try spoiledRow(in: loader, \.firstSpoiledRow) {
            return (row, Divergence.ofData)
        }
        return try spoiledRow(in: loader, \.firstRowBeyondSquares).map {
            ("\($0), whose square no float32 holds", Divergence.ofLarge)
        }
    }

    private func spoiledRow(
        in loader: Loader, _ find: (NDArray) -> (row: Int, value: String)?
    ) throws -> String? {
        var found: String?
        func look(_ name: String, _ first: Int, _ block: NDArray) {
            guard found == nil, let (row, value) = find(block) else { return }
            found = "\(name): row \(loader.dataset.storedRow(first + row)) holds \(value)"
        }
        let names = loader.dataset.inputNames
        for index in names.indices where loader.allInputs[index].outputDType.isFloat {
            try loader.scanInput(index) { look(names[index], $0, $1) }
        }
        try loader.scanTargets { look(loader.dataset.targetName, $0, $1) }
        return found
    }
}

/// The numbers that float32 holds.
enum FloatRange {
    /// To follow "beyond".
    static let words = "the largest number of float32, 3.4e+38"
}

extension NDArray {
    /// The first row with a number that float32 can't hold, and the number.
    ///
    /// - Parameter orInfinite: whether infinity is such a number, too.
    func firstRowBeyondFloat32(orInfinite: Bool = false) -> (row: Int, value: String)? {
        let largest = Double(Float.greatestFiniteMagnitude)
        guard dtype == .float64 || orInfinite else { return nil }
        // Nearly always nothing is, which the array says at once.
        if cast(to: .float32).isAllFinite { return nil }
        return firstRow { abs($0) > largest && (orInfinite || $0.isFinite) }
    }

    /// The first row with NaN or infinity, and which of them it holds.
    fileprivate var firstSpoiledRow: (row: Int, value: String)? {
        dtype.isFloat && !isAllFinite ? firstRow { !$0.isFinite } : nil
    }

    /// The first row with a number so large that its square is infinite in float32.
    fileprivate var firstRowBeyondSquares: (row: Int, value: String)? {
        dtype.isFloat ? firstRow { abs($0) > 1.8446743e19 } : nil
    }

    /// The first row with such a number, and the number.
    fileprivate func firstRow(where isFound: (Double) -> Bool) -> (row: Int, value: String)? {
        let values = values(as: Double.self)
        guard let index = values.firstIndex(where: isFound) else { return nil }
        return (index / max(1, count / max(1, shape[0])), Format.number(values[index]))
    }
}
