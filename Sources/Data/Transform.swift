import CKernels
public import Tensor

/// One step between the stored examples and what the model sees. Works on whole batches.
public enum Transform: Sendable, Hashable {
    /// Every element times a factor; integers become float32.
    case scale(Double)
    /// (x − mean) / std, with one value for all elements or one for each index of one of an example's
    /// axes, by default the first (its channels), below 0 counted from the last; integers become
    /// float32. A loader measures what is left empty.
    case normalize(mean: [Double], std: [Double], axis: Int = 0)
    /// Examples as vectors.
    case flatten
    /// Examples in another shape of as many elements.
    case reshape([Int])
    /// Class numbers as float32 vectors that are 1 at the class and 0 elsewhere.
    case oneHot(classes: Int)
    /// Another dtype.
    case cast(DType)
    /// In training, images moved by up to so many pixels in each direction; zeros come in.
    case randomCrop(padding: Int)
    /// In training, left and right of images exchanged, with this probability.
    case randomFlip(rate: Double)
    /// In training, images turned about their middle by up to so many degrees in each direction;
    /// zeros come in.
    case randomRotation(degrees: Double)
    /// In training, zeros in a square of so many pixels a side, anywhere in each image. DeVries and
    /// Taylor, "Improved Regularization of Convolutional Neural Networks with Cutout", 2017.
    case cutout(size: Int)
}

/// A transform that doesn't fit its data, in one sentence.
public struct TransformError: Error, Equatable, CustomStringConvertible {
    /// The sentence, which begins with the transform's name.
    public let description: String
    init(_ description: String) { self.description = description }
}

extension Transform {
    /// The name that configs use.
    public var name: String {
        switch self {
        case .scale: "scale"
        case .normalize: "normalize"
        case .flatten: "flatten"
        case .reshape: "reshape"
        case .oneHot: "oneHot"
        case .cast: "cast"
        case .randomCrop: "randomCrop"
        case .randomFlip: "randomFlip"
        case .randomRotation: "randomRotation"
        case .cutout: "cutout"
        }
    }

    /// The shape of one example after this step, `shape` being that before it.
    public func outputShape(for shape: Shape) throws(TransformError) -> Shape {
        switch self {
        case .scale(let factor):
            guard factor.isFinite else { throw problem("the factor is not a finite number") }
            return shape
        case .cast: return shape
        case .normalize(let mean, let std, let axis):
            try checkNormalize(mean, std, axis, shape)
            return shape
        case .flatten: return [shape.elementCount]
        case .reshape(let sizes): return try reshaped(shape, sizes)
        case .oneHot(let classes):
            guard (1...1_000_000).contains(classes) else {
                throw problem("\(classes) classes; use a number from 1 to 1,000,000")
            }
            guard shape.rank < Shape.maximumRank - 1 else {
                throw problem("examples of shape \(shape) have too many dimensions")
            }
            return shape.appending(classes)
        case .randomCrop, .randomFlip, .randomRotation, .cutout:
            try checkRandom(shape)
            return shape
        }
    }

    /// The dtype after this step, `dtype` being that before it.
    public func outputDType(for dtype: DType) throws(TransformError) -> DType {
        switch self {
        case .scale, .normalize: return dtype.isFloat ? dtype : .float32
        case .flatten, .reshape, .randomCrop, .randomFlip, .randomRotation, .cutout: return dtype
        case .cast(let target): return target
        case .oneHot:
            guard dtype.isInteger || dtype == .bool else {
                throw problem("needs whole numbers, not \(dtype); cast to int64 before it")
            }
            return .float32
        }
    }

    /// A batch [N, …] of which one example has the shape that was checked.
    ///
    /// Throws where a class number is out of range.
    func apply(_ batch: NDArray) throws -> NDArray {
        let count = batch.shape[0]
        let shape = batch.shape.removing(at: 0)
        switch self {
        case .scale(let factor):
            let x = Transform.floating(batch)
            return x.zipReusing(.mul, Scalar(factor))
        case .normalize(let mean, let std, let axis):
            let x = Transform.floating(batch)
            let centred = x.zip(.sub, channels(mean, axis, shape, beside: x))
            return centred.zipReusing(.div, channels(std, axis, shape, beside: x))
        case .flatten, .reshape:
            return batch.reshape(try outputShape(for: shape).inserting(count, at: 0))
        case .cast(let dtype): return batch.cast(to: dtype)
        case .oneHot(let classes): return try Transform.oneHot(batch, classes)
        case .randomCrop, .randomFlip, .randomRotation, .cutout: return batch
        }
    }

    private static func floating(_ batch: NDArray) -> NDArray {
        batch.dtype.isFloat ? batch : batch.cast(to: .float32)
    }

    /// The place of an axis that may be counted from the last; nil where there is no such.
    package static func place(of axis: Int, in shape: Shape) -> Int? {
        let place = axis < 0 ? axis + shape.rank : axis
        return (0..<shape.rank).contains(place) ? place : nil
    }

    /// That examples of a shape have no such axis, and which they have.
    package static func noAxis(_ axis: Int, in shape: Shape) -> String {
        let remedy =
            shape.rank == 0 ? "leave it out" : "use one from \(-shape.rank) to \(shape.rank - 1)"
        return "examples of shape \(shape) have no axis \(axis); \(remedy)"
    }

    /// Values that broadcast against [N, …] along an axis of the examples, or against everything if
    /// there is one.
    private func channels(
        _ values: [Double], _ axis: Int, _ shape: Shape, beside x: NDArray
    ) -> NDArray {
        if values.count == 1 { return .full([], values[0], x.dtype, on: x.backend) }
        var aligned = Shape(repeating: 1, count: shape.rank)
        aligned[Transform.place(of: axis, in: shape) ?? 0] = values.count
        return NDArray(values, aligned, on: x.backend).cast(to: x.dtype)
    }

    private static func oneHot(_ batch: NDArray, _ classes: Int) throws -> NDArray {
        let labels = batch.asIndex.values(as: Int.self)
        var values = [Float](repeating: 0, count: labels.count * classes)
        for (row, label) in labels.enumerated() {
            guard label >= 0, label < classes else {
                throw TransformError(
                    "oneHot: \(label) is not a class from 0 to \(classes - 1);"
                        + " use more classes or correct the data")
            }
            values[row * classes + label] = 1
        }
        return NDArray(values, batch.shape.appending(classes), on: batch.backend)
    }

    private func checkNormalize(
        _ mean: [Double], _ std: [Double], _ axis: Int, _ shape: Shape
    ) throws(TransformError) {
        let place = Transform.place(of: axis, in: shape)
        guard place != nil || axis == 0 else {
            throw problem(Transform.noAxis(axis, in: shape))
        }
        for (name, values) in [("mean", mean), ("std", std)] {
            let channels = place.map { shape[$0] } ?? 1
            guard values.count == 1 || values.count == channels else {
                throw problem(
                    "\(name) has \(values.count) values; examples of shape \(shape) need 1"
                        + (channels == 1 ? "" : " or \(channels)"))
            }
            guard values.allSatisfy(\.isFinite) else {
                throw problem("\(name) is not a finite number")
            }
        }
        guard std.allSatisfy({ $0 > 0 }) else { throw problem("std must be more than 0") }
    }

    private func reshaped(_ shape: Shape, _ sizes: [Int]) throws(TransformError) -> Shape {
        var product = 1
        for size in sizes {
            let (next, overflow) = product.multipliedReportingOverflow(by: size)
            guard size > 0, !overflow else { throw problem("\(sizes) is not a shape") }
            product = next
        }
        guard product == shape.elementCount, sizes.count < Shape.maximumRank else {
            throw problem(
                "\(sizes) doesn't fit: examples of shape \(shape) have \(shape.elementCount)"
                    + " elements; give it sizes that make as many, or leave it out")
        }
        return Shape(sizes)
    }

    private func problem(_ text: String) -> TransformError { TransformError("\(name): \(text)") }
}
