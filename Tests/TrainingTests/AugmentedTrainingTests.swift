import FTConfig
import FTJSON
import FakeTensor
import FoundationEssentials
import Testing

@Suite("Training on images that change, and by numbers that were measured")
struct AugmentedTrainingTests {
    /// The clusters as images of 2×3, changed in every way.
    static let augmented = [
        "data.transforms=[{\"type\": \"reshape\", \"shape\": [1, 2, 3]}, "
            + "{\"type\": \"randomCrop\", \"padding\": 1}, \"randomFlip\", "
            + "{\"type\": \"randomRotation\", \"degrees\": 20}, "
            + "{\"type\": \"cutout\", \"size\": 1}, \"normalize\", \"flatten\"]"
    ]

    private func kept(_ path: String) throws -> JSONNode {
        let state = try TrainingCheckpoint.state(path: path)
        let text = try #require(state.extra["preprocessing"])
        return try JSONNode(parsing: text)
    }

    @Test("a checkpoint keeps what was measured, and nothing that is random")
    func measured() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("run", AugmentedTrainingTests.augmented).run()
        let node = try kept(sandbox.file("run/last.safetensors"))
        let transforms = try #require(node["inputs"]?.elements?[0]["transforms"]?.elements)
        #expect(
            transforms.compactMap { $0["type"]?.string } == ["reshape", "normalize", "flatten"])
        let file = try HDF5File(sandbox.file("clusters.h5"))
        let values = try HDF5Dataset(file, "train/images").read().values(as: Double.self)
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        let found = transforms[1]
        let (first, second) = (found["mean"]?.elements, found["std"]?.elements)
        #expect(abs(try #require(first?[0].double) - mean) < 1e-12)
        #expect(abs(try #require(second?[0].double) - variance.squareRoot()) < 1e-12)
    }

    @Test("each channel has numbers of its own, and targets can be measured too")
    func channels() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer(
            "run",
            [
                "data.transforms=[{\"type\": \"reshape\", \"shape\": [3, 1, 2]}, \"normalize\", "
                    + "\"flatten\"]", "data.train.targets=train/sums",
                "data.validation.targets=test/sums", "data.targetTransforms=[\"normalize\"]",
                "model.layers.2.units=6", "loss={\"type\": \"meanSquaredError\"}", "metrics=[]",
            ]
        ).run()
        let node = try kept(sandbox.file("run/last.safetensors"))
        let input = node["inputs"]?.elements?[0]["transforms"]?.elements?[1]
        #expect(input?["mean"]?.elements?.count == 3)
        #expect(node["target"]?["transforms"]?.elements?[0]["std"]?.elements?.count == 1)
        // What is predicted is in the units of the data.
        let predictor = try Predictor(sandbox.file("run"))
        let file = try HDF5File(sandbox.file("clusters.h5"))
        let inputs = try HDF5Dataset(file, "test/images").read()
        let sums = try HDF5Dataset(file, "test/sums").read().values(as: Double.self)
        let guesses = try predictor(inputs).values.values(as: Double.self)
        let mean = guesses.reduce(0, +) / Double(guesses.count)
        #expect(abs(mean - sums.reduce(0, +) / Double(sums.count)) < 0.2)
    }

    @Test("eval and predict apply the numbers of the training rows to other data")
    func other() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("run", AugmentedTrainingTests.augmented).run()
        let before = try Evaluation(sandbox.file("run"))
        let images = try HDF5Dataset(
            HDF5File(sandbox.file("clusters.h5")), "test/images"
        ).read()
        let labels = try HDF5Dataset(
            HDF5File(sandbox.file("clusters.h5")), "test/labels"
        ).read()
        // A file whose training rows would give other numbers.
        try HDF5Writer.create(sandbox.file("other.h5")) { file in
            try file.write("train/images", NDArray.full([12, 6], 0, .float32))
            try file.write("train/labels", labels)
            try file.write("test/images", images)
            try file.write("test/labels", labels)
        }
        let after = try Evaluation(
            sandbox.file("run"), overrides: ["data.path=\(sandbox.file("other.h5"))"])
        #expect(after.measurement == before.measurement)
        let first = try Predictor(sandbox.file("run"))(images)
        let again = try Predictor(sandbox.file("run"))(images)
        #expect(first.values.values(as: Float.self) == again.values.values(as: Float.self))
    }

    @Test("without validation data the training data are measured as they are")
    func unchanged() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("run", AugmentedTrainingTests.augmented + ["data.validation=null"])
            .run()
        let first = try Evaluation(sandbox.file("run/last.safetensors"))
        let summary = try sandbox.text("run/metrics.csv").split(separator: "\n").last ?? ""
        #expect(summary.contains("\(first.measurement.loss)") || first.measurement.loss.isFinite)
        let second = try Evaluation(sandbox.file("run/last.safetensors"))
        #expect(first.measurement == second.measurement)
    }

    @Test("what can't be measured gives a sentence")
    func refusals() throws {
        let sandbox = Sandbox()
        try HDF5Writer.create(sandbox.file("flat.h5")) { file in
            for part in ["train", "test"] {
                try file.write("\(part)/images", NDArray.full([6, 6], 2, .float32))
                try file.write("\(part)/labels", NDArray([0, 1, 2, 0, 1, 2] as [UInt8]))
            }
        }
        func sentence(_ overrides: [String]) throws -> String {
            do {
                _ = try Experiment(sandbox.config(overrides))
                return ""
            } catch let error as ConfigError {
                return error.description
            }
        }
        let flat = "data.path=\(sandbox.file("flat.h5"))"
        #expect(
            try sentence([flat, "data.transforms=[\"normalize\"]"])
                .contains("normalize: they all are 2, which has no deviation to divide by"))
        #expect(
            try sentence(["data.transforms=[{\"type\": \"normalize\", \"mean\": [1]}]"])
                .contains("needs mean and std, or neither"))
        #expect(
            try sentence(["data.targetTransforms=[\"randomFlip\"]"])
                .contains("randomFlip: is for inputs, not for targets"))
        #expect(
            try sentence(["data.transforms=[\"flatten\", \"cutout\"]"])
                .contains("cutout: needs images"))
    }
}
