import Glibc
public import Tensor

/// Transforms in a row, checked against the examples that they will see.
public struct TransformPipeline: Sendable {
    /// The steps, first to last.
    public let transforms: [Transform]
    /// The shape of one example at the end.
    public let outputShape: Shape
    /// The dtype at the end.
    public let outputDType: DType
    /// The factor, where bytes become float32 and nothing else happens but reshaping: done while
    /// rows are gathered, which is the way that images go.
    private let byteFactor: Float?

    /// Throws where a transform doesn't fit examples of this shape and dtype.
    public init(
        _ transforms: [Transform], shape: Shape, _ dtype: DType
    ) throws(TransformError) {
        var (shape, last) = (shape, dtype)
        var steps: [Transform] = []
        for transform in transforms {
            shape = try transform.outputShape(for: shape)
            last = try transform.outputDType(for: last)
            switch transform {
            case .flatten, .reshape: break
            default: steps.append(transform)
            }
        }
        self.transforms = transforms
        outputShape = shape
        outputDType = last
        switch steps.first {
        case .scale(let factor) where steps.count == 1 && dtype == .uint8:
            byteFactor = Float(factor)
        case .cast(.float32) where steps.count == 1 && dtype == .uint8: byteFactor = 1
        default: byteFactor = nil
        }
    }

    /// Rows of a contiguous array on the CPU as a transformed batch.
    ///
    /// Throws where a class number is out of range.
    func batch(_ source: NDArray, rows: some RandomAccessCollection<Int>) throws -> NDArray {
        if let byteFactor { return scaled(source, rows, byteFactor) }
        var result = TransformPipeline.gather(source, rows)
        for transform in transforms { result = try transform.apply(result) }
        return result
    }

    private func scaled(
        _ source: NDArray, _ rows: some RandomAccessCollection<Int>, _ factor: Float
    ) -> NDArray {
        let shape = outputShape.inserting(rows.count, at: 0)
        let out = NDArray(uninitialized: shape, .float32, on: CPUBackend.shared)
        let width = outputShape.elementCount
        let from = source.pointer.assumingMemoryBound(to: UInt8.self)
        var to = out.pointer.assumingMemoryBound(to: Float.self)
        for row in rows {
            let pixels = from + row * width
            for index in 0..<width { to[index] = Float(pixels[index]) * factor }
            to += width
        }
        withExtendedLifetime((source.storage, out.storage)) {}
        return out
    }

    /// Rows copied one by one: too little work for the threads that training needs.
    private static func gather(
        _ source: NDArray, _ rows: some RandomAccessCollection<Int>
    ) -> NDArray {
        let shape = source.shape.replacing(0, with: rows.count)
        let out = NDArray(uninitialized: shape, source.dtype, on: CPUBackend.shared)
        let width = rows.isEmpty ? 0 : out.byteCount / rows.count
        var to = out.pointer
        for row in rows {
            memcpy(to, source.pointer + row * width, width)
            to += width
        }
        withExtendedLifetime((source.storage, out.storage)) {}
        return out
    }
}
