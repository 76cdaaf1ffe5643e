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

    /// Throws where a transform doesn't fit examples of this shape and dtype.
    public init(
        _ transforms: [Transform], shape: Shape, _ dtype: DType
    ) throws(TransformError) {
        var (shape, last) = (shape, dtype)
        for transform in transforms {
            shape = try transform.outputShape(for: shape)
            last = try transform.outputDType(for: last)
        }
        self.transforms = transforms
        outputShape = shape
        outputDType = last
    }

    /// Rows of an array on the CPU, each contiguous, as a transformed batch, without what is
    /// random.
    ///
    /// Throws where a class number is out of range.
    package func batch(_ source: NDArray, rows: some RandomAccessCollection<Int>) throws -> NDArray
    {
        try batch(source, rows: rows, draws: nil)
    }

    /// As above, and with what is random if there is something to draw from.
    func batch(
        _ source: NDArray, rows: some RandomAccessCollection<Int>, draws: Draws?
    ) throws -> NDArray {
        var result = TransformPipeline.gather(source, rows)
        for (place, transform) in transforms.enumerated() {
            guard transform.isRandom else {
                result = try transform.apply(result)
                continue
            }
            guard let draws else { continue }
            result = transform.augmented(result, draws.pairs(rows.count, transform: place))
        }
        return result
    }

    /// Rows copied one by one: too little work for the threads that training needs.
    private static func gather(
        _ source: NDArray, _ rows: some RandomAccessCollection<Int>
    ) -> NDArray {
        let shape = source.shape.replacing(0, with: rows.count)
        let out = NDArray(uninitialized: shape, source.dtype, on: CPUBackend.shared)
        let width = rows.isEmpty ? 0 : out.byteCount / rows.count
        var to = out.pointer
        let step = source.count > 0 ? source.strides[0] * source.dtype.size : 0
        for row in rows {
            memcpy(to, source.pointer + row * step, width)
            to += width
        }
        withExtendedLifetime((source.storage, out.storage)) {}
        return out
    }
}
