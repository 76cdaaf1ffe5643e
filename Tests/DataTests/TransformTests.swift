import Tensor
import Testing

@testable import Datasets

@Suite("Transforms")
struct TransformTests {
    private func run(_ transforms: [Transform], _ batch: NDArray) throws -> NDArray {
        let pipeline = try TransformPipeline(
            transforms, shape: batch.shape.removing(at: 0), batch.dtype)
        let out = try pipeline.batch(batch, rows: 0..<batch.shape[0])
        #expect(out.shape == pipeline.outputShape.inserting(batch.shape[0], at: 0))
        #expect(out.dtype == pipeline.outputDType)
        return out
    }

    @Test("scale multiplies, and integers become float32", arguments: DType.allCases)
    func scale(dtype: DType) throws {
        let out = try run([.scale(0.5)], sample([2, 3], dtype))
        let expected = sample([2, 3], dtype).values(as: Float.self).map { $0 * 0.5 }
        #expect(out.dtype == (dtype.isFloat ? dtype : .float32))
        #expect(out.values(as: Float.self) == expected)
    }

    @Test("bytes scaled on the way give the bits of the steps one by one")
    func fused() throws {
        let bytes = NDArray((0...255).map { UInt8($0) }, [4, 8, 8])
        let fused = try run([.scale(1 / 255), .flatten], bytes)
        let steps = try Transform.flatten.apply(Transform.scale(1 / 255).apply(bytes))
        #expect(same(fused, steps))
        #expect(same(try run([.cast(.float32)], bytes), bytes.cast(to: .float32)))
    }

    @Test("normalize uses one value for all or one a channel")
    func normalize() throws {
        let batch = NDArray([1, 2, 3, 4, 5, 6, 7, 8] as [Float], [2, 2, 2])
        let all = try run([.normalize(mean: [2], std: [2])], batch)
        #expect(all.values(as: Float.self) == [-0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3])
        let each = try run([.normalize(mean: [1, 3], std: [1, 0.5])], batch)
        #expect(each.values(as: Float.self) == [0, 1, 0, 2, 4, 5, 8, 10])
    }

    @Test("normalize along another axis, counted from either end")
    func axes() throws {
        let batch = NDArray([1, 2, 3, 4, 5, 6, 7, 8] as [Float], [1, 4, 2])
        let expected: [Float] = [0, 0, 2, 4, 4, 8, 6, 12]
        for axis in [1, -1] {
            let scaled = try run([.normalize(mean: [1, 2], std: [1, 0.5], axis: axis)], batch)
            #expect(scaled.values(as: Float.self) == expected)
        }
        let one = try run([.normalize(mean: [1], std: [2], axis: -1)], batch)
        #expect(one.values(as: Float.self) == [0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5])
        let vectors = try run(
            [.normalize(mean: [1, 2], std: [1, 0.5], axis: -1)], batch.reshape([4, 2]))
        #expect(vectors.values(as: Float.self) == expected)
    }

    @Test("flatten, reshape, cast and oneHot")
    func others() throws {
        let batch = sample([3, 2, 6], .int32)
        #expect(try run([.flatten], batch).shape == [3, 12])
        #expect(try run([.reshape([4, 3])], batch).shape == [3, 4, 3])
        #expect(try run([.cast(.float64)], batch).dtype == .float64)
        let labels = try run([.oneHot(classes: 3)], NDArray([2, 0] as [UInt8]))
        #expect(same(labels, NDArray([0, 0, 1, 1, 0, 0] as [Float], [2, 3])))
    }

    @Test(
        "what doesn't fit gets a sentence",
        arguments: [
            (
                Transform.normalize(mean: [1, 2, 3], std: [1]), DType.uint8,
                "normalize: mean has 3 values; examples of shape [2, 6] need 1 or 2"
            ),
            (
                .normalize(mean: [1, 2], std: [1], axis: 1), .uint8,
                "normalize: mean has 2 values; examples of shape [2, 6] need 1 or 6"
            ),
            (
                .normalize(mean: [0], std: [1], axis: -3), .uint8,
                "normalize: examples of shape [2, 6] have no axis -3; use one from -2 to 1"
            ),
            (.normalize(mean: [0], std: [0]), .uint8, "normalize: std must be more than 0"),
            (.normalize(mean: [.nan], std: [1]), .uint8, "normalize: mean is not a finite number"),
            (.scale(.infinity), .uint8, "scale: the factor is not a finite number"),
            (
                .reshape([5]), .uint8,
                "reshape: [5] doesn't fit: examples of shape [2, 6] have 12 elements; "
                    + "give it sizes that make as many, or leave it out"
            ),
            (.reshape([-3, -4]), .uint8, "reshape: [-3, -4] is not a shape"),
            (.oneHot(classes: 0), .uint8, "oneHot: 0 classes; use a number from 1 to 1,000,000"),
            (
                .oneHot(classes: 3), .float32,
                "oneHot: needs whole numbers, not float32; cast to int64 before it"
            ),
        ])
    func mistakes(transform: Transform, dtype: DType, sentence: String) {
        #expect(throws: TransformError(sentence)) {
            try TransformPipeline([transform], shape: [2, 6], dtype)
        }
    }

    @Test("a class that is out of range is an error of the data")
    func classRange() throws {
        let dataset = try Dataset(
            inputs: sample([2, 1], .float32), targets: NDArray([1, 3]), name: "a.h5")
        let loader = try Loader(dataset, batchSize: 2, targetTransforms: [.oneHot(classes: 3)])
        let problem =
            "oneHot: 3 is not a class from 0 to 2; use more classes or correct the data"
        let batches = loader.epoch()
        #expect(throws: DataError("a.h5", problem)) { try batches.next() }
    }
}
