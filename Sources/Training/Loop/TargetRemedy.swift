import Datasets
import NN
import Tensor

/// Transforms that may make targets fit a loss. The first that does is applied where it changes no
/// number; else the sentence of an error offers it.
struct TargetRemedy: CustomStringConvertible {
    /// What the targets would be then.
    let shape: Shape
    let dtype: DType
    private let isReshaped, isCast: Bool
    private var classes: Int?

    private init(_ shape: Shape, _ dtype: DType, was: (shape: Shape, dtype: DType)) {
        self.shape = shape
        self.dtype = dtype
        isReshaped = shape != was.shape
        isCast = dtype != was.dtype
    }

    /// Class numbers as vectors of so many numbers.
    private init(oneHot classes: Int, _ shape: Shape) {
        self.init(shape, .float32, was: (shape, .float32))
        self.classes = classes
    }

    /// Everything worth a try for targets of a model with this output: classes, then one number for
    /// each of the output.
    static func all(_ output: Shape, _ target: Shape, _ dtype: DType) -> [TargetRemedy] {
        var shapes = [target]
        var vectors: [TargetRemedy] = []
        if let last = output.last {
            shapes.append(output.removing(at: output.rank - 1))
            if dtype.isInteger, last > 1, shapes[1] == target {
                vectors.append(TargetRemedy(oneHot: last, output))
            }
        }
        shapes.append(output)
        // Means, then as many logarithms of variances.
        if let last = output.last, last % 2 == 0 {
            shapes.append(output.replacing(output.rank - 1, with: last / 2))
        }
        let classes: DType = dtype.isInteger ? dtype : .int64
        let reshaped = shapes.filter { $0.elementCount == target.elementCount }.flatMap { shape in
            [
                TargetRemedy(shape, dtype, was: (target, dtype)),
                TargetRemedy(shape, classes, was: (target, dtype)),
                TargetRemedy(shape, .float32, was: (target, dtype)),
            ]
        }
        return reshaped + vectors
    }

    /// The transforms, where they keep every number: of targets that a cast keeps, too.
    var transforms: [Transform]? {
        if classes != nil { return nil }
        let sizes = (0..<shape.rank).map { shape[$0] }
        return (isReshaped ? [.reshape(sizes)] : []) + (isCast ? [.cast(dtype)] : [])
    }

    var description: String {
        var words: [String] = []
        if let classes { words.append("{\"type\": \"oneHot\", \"classes\": \(classes)}") }
        if isReshaped {
            let sizes = (0..<shape.rank).map { "\(shape[$0])" }.joined(separator: ", ")
            words.append("{\"type\": \"reshape\", \"shape\": [\(sizes)]}")
        }
        if isCast { words.append("{\"type\": \"cast\", \"dtype\": \"\(dtype.name)\"}") }
        return "; add \(words.joined(separator: ", ")) to data.targetTransforms"
    }
}
