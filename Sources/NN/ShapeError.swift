internal import FTSupport
internal import Tensor

/// An input that doesn't fit a layer or a loss, noticed before anything is computed.
public struct ShapeError: Error, Equatable, CustomStringConvertible {
    /// Where in the model, from the outside in: positions in sequences, names of properties.
    public var path: [String]
    /// The layer or loss, as it describes itself.
    public let layer: String
    /// What is wrong with which shape.
    public let problem: String
    /// What to do about it, where that is known; nil mostly.
    public let remedy: String?

    /// A problem of `layer`, which stands at `path` in the model.
    public init(layer: String, problem: String, path: [String] = [], remedy: String? = nil) {
        self.remedy = remedy
        self.layer = layer
        self.problem = problem
        self.path = path
    }

    /// Place, layer, problem and remedy in one sentence, as in `layer 2.module: Linear(…): …`.
    public var description: String {
        let place = path.isEmpty ? "" : "layer \(path.joined(separator: ".")), "
        return "\(place)\(layer): \(problem)" + (remedy.map { "; \($0)" } ?? "")
    }

    /// What helps where a loss compares numbers one by one, and there are others or they lie
    /// otherwise.
    static func ofTargets(_ prediction: Shape, _ target: Shape) -> String? {
        if prediction.elementCount == target.elementCount {
            return "end the model with a reshape to \(target)"
        }
        if prediction.rank == target.rank, prediction.dropLast().elementsEqual(target.dropLast()) {
            return "give the last layer \(Format.count(target.last ?? 1, "unit"))"
        }
        return nil
    }

    /// Runs `body` and puts `name`, if it isn't empty, in front of the path of a `ShapeError` that
    /// it throws.
    public static func located<R>(in name: String, _ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch var error as ShapeError {
            if !name.isEmpty { error.path.insert(name, at: 0) }
            throw error
        }
    }
}
