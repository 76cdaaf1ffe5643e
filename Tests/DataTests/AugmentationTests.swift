import Tensor
import Testing

@testable import Datasets

@Suite("Random transforms of images")
struct AugmentationTests {
    private func changed(
        _ transform: Transform, _ batch: NDArray, _ pairs: [(Double, Double)]
    ) -> [Float] {
        let out = transform.augmented(batch, pairs)
        #expect(out.shape == batch.shape && out.dtype == batch.dtype)
        return out.values(as: Float.self)
    }

    private let image = NDArray([1, 2, 3, 4, 5, 6] as [Float], [1, 2, 3])

    @Test("a crop moves the image, and zeros come in")
    func crop() {
        let crop = Transform.randomCrop(padding: 1)
        #expect(changed(crop, image, [(0.5, 0.5)]) == [1, 2, 3, 4, 5, 6])
        #expect(changed(crop, image, [(0, 0.5)]) == [4, 5, 6, 0, 0, 0])
        #expect(changed(crop, image, [(0.99, 0)]) == [0, 0, 0, 2, 3, 0])
        #expect(changed(crop, image, [(0.4, 0.9)]) == [0, 1, 2, 0, 4, 5])
        let far = Transform.randomCrop(padding: 50)
        #expect(changed(far, image, [(0, 0.5)]) == [0, 0, 0, 0, 0, 0])
        #expect(changed(far, image, [(0.5, 0.999)]) == [0, 0, 0, 0, 0, 0])
    }

    @Test("a flip, a square of zeros, a turn", arguments: [DType.float32, .uint8, .float16])
    func others(dtype: DType) {
        let image = image.cast(to: dtype)
        #expect(changed(.randomFlip(rate: 0.5), image, [(0.4, 0)]) == [3, 2, 1, 6, 5, 4])
        #expect(changed(.randomFlip(rate: 0.5), image, [(0.5, 0)]) == [1, 2, 3, 4, 5, 6])
        #expect(changed(.cutout(size: 1), image, [(0.6, 0.4)]) == [1, 2, 3, 4, 0, 6])
        #expect(changed(.cutout(size: 2), image, [(0, 0.9)]) == [1, 0, 0, 4, 5, 6])
        #expect(changed(.cutout(size: 9), image, [(0, 0)]) == [0, 0, 0, 0, 0, 0])
        let square = NDArray([1, 2, 3, 4] as [Float], [1, 2, 2]).cast(to: dtype)
        #expect(changed(.randomRotation(degrees: 90), square, [(0.5, 0)]) == [1, 2, 3, 4])
        let turned = changed(.randomRotation(degrees: 180), square, [(0.75, 0)])
        #expect(
            turned.map { $0.rounded() } == [3, 1, 4, 2]
                || turned.map { $0.rounded() } == [2, 4, 1, 3])
    }

    @Test("channels of an example change alike, examples by numbers of their own")
    func channels() {
        let batch = NDArray((0..<8).map { Float($0) }, [2, 2, 1, 2])
        let out = changed(.randomFlip(rate: 0.5), batch, [(0, 0), (0.9, 0)])
        #expect(out == [1, 0, 3, 2, 4, 5, 6, 7])
    }

    private func loader(_ transforms: [Transform], streamed: Bool = false) throws -> Loader {
        let images = NDArray((0..<40 * 25).map { UInt8($0 % 255 + 1) }, [40, 5, 5])
        let labels = NDArray((0..<40).map { UInt8($0) })
        var data = try Dataset(inputs: images, targets: labels)
        let folder = TemporaryFolder()
        if streamed {
            let path = folder["images.h5"]
            try HDF5Writer.create(path) { file in
                try file.write("x", images, chunkRows: 4)
                try file.write("y", labels)
            }
            data = try Dataset.open(path, inputs: "x", targets: "y", memoryLimit: 0)
        }
        return try Loader(
            data, batchSize: 7, shuffle: true, seed: 3, inputTransforms: transforms)
    }

    private func batches(_ loader: Loader, _ state: SamplerState) throws -> [[Float]] {
        let stream = loader.epoch(from: state)
        var all: [[Float]] = []
        while let batch = try stream.next() { all.append(batch.inputs.values(as: Float.self)) }
        return all
    }

    private let every: [Transform] = [
        .randomCrop(padding: 2), .randomFlip(rate: 0.5), .randomRotation(degrees: 30),
        .cutout(size: 2), .scale(1 / 255),
    ]

    @Test("an epoch is drawn by seed, epoch and place alone", arguments: [false, true])
    func reproducible(streamed: Bool) throws {
        let loader = try loader(every, streamed: streamed)
        let first = try batches(loader, SamplerState(epoch: 2))
        #expect(first.count == 6)
        #expect(try batches(loader, SamplerState(epoch: 2)) == first)
        for start in 1..<6 {
            let rest = try batches(loader, SamplerState(epoch: 2, position: 7 * start))
            #expect(rest == Array(first[start...]))
        }
        #expect(try batches(loader, SamplerState(epoch: 3)) != first)
    }

    @Test("measuring leaves it out")
    func plain() throws {
        let loader = try loader(every)
        let plain = try batches(
            Loader(loader.dataset, batchSize: 7, inputTransforms: [.scale(1 / 255)]),
            SamplerState())
        #expect(try batches(loader.withoutRandomTransforms, SamplerState()) == plain)
        #expect(try batches(loader, SamplerState()) != plain)
        try loader.scanInput(0) { _, block in
            let first = try loader.dataset.read(0..<1).inputs[0].values(as: Float.self)
            #expect(block.values(as: Float.self).first == first[0] * Float(1 / 255.0))
        }
    }

    @Test("every shift comes, about as often as another")
    func shares() {
        let draws = Draws(seed: 1, epoch: 0, first: 0, input: 0)
        var counts: [Float: Int] = [:]
        let images = NDArray.full([900, 1, 3], 0, .float32)
        images.withUnsafeMutableBytes { bytes in
            let pixels = bytes.bindMemory(to: Float.self)
            for row in 0..<900 { pixels[row * 3 + 1] = 1 }
        }
        let out = Transform.randomCrop(padding: 1).augmented(
            images, draws.pairs(900, transform: 0).map { (0.5, $0.1) })
        let pixels = out.values(as: Float.self)
        for row in 0..<900 {
            let place = (0..<3).first { pixels[row * 3 + $0] == 1 } ?? 9
            counts[Float(place), default: 0] += 1
        }
        #expect(counts.count == 3 && counts.values.allSatisfy { (240...360).contains($0) })
    }

    @Test(
        "what doesn't fit gets a sentence",
        arguments: [
            (Transform.randomFlip(rate: 0.5), Shape([4]), "randomFlip: needs images"),
            (.randomCrop(padding: 0), Shape([4, 4]), "randomCrop: its number is out of range"),
            (
                .randomRotation(degrees: 200), Shape([4, 4]),
                "randomRotation: its number is out of range"
            ),
        ])
    func refusals(transform: Transform, shape: Shape, sentence: String) throws {
        let found = TemporaryFolder().sentence {
            try TransformPipeline([transform], shape: shape, .float32)
        }
        #expect(found?.hasPrefix(sentence) ?? false)
        let data = try Dataset(
            inputs: NDArray.full([2, 3, 3], 0, .float32),
            targets: NDArray.full([2, 3, 3], 0, .float32))
        #expect(throws: TransformError.self) {
            try Loader(data, batchSize: 1, targetTransforms: [.randomFlip(rate: 1)])
        }
    }
}
