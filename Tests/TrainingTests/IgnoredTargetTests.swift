import FakeTensor
import Foundation
import Testing

/// Runs whose loss ignores or weighs targets. The rate is 0 where numbers of the untrained model
/// are compared.
@Suite("Training with ignored targets")
struct IgnoredTargetTests {
    private static let features = Random(seed: 5).normal([20, 4]).values(as: Float.self)
    private static let classes: [Int64] = (0..<20).map { $0 % 3 }
    private static let some: [Int64] = (0..<20).map { [1, 2, 5].contains($0 % 7) ? -1 : $0 % 3 }

    private static func write(_ path: String, rows: [Int], _ labels: [Int64]) throws {
        let values = rows.flatMap { features[($0 * 4)..<($0 * 4 + 4)] }
        try HDF5Writer.create(path) { file in
            try file.write("x", NDArray(values, [rows.count, 4]))
            try file.write("y", NDArray(rows.map { labels[$0] }))
        }
    }

    /// A run on some rows of the data, in their order.
    private func trainer(
        _ sandbox: Sandbox, _ name: String, rows: [Int] = Array(0..<20), labels: [Int64],
        _ overrides: [String] = [], _ stop: StopSignal = StopSignal()
    ) throws -> Trainer {
        let path = sandbox.file("\(name).h5")
        try IgnoredTargetTests.write(path, rows: rows, labels)
        let text = """
            {"data": {"path": "\(path)", "train": {"inputs": "x", "targets": "y"},
              "validation": {"inputs": "x", "targets": "y"}, "batchSize": 8, "shuffle": false},
             "model": {"layers": [{"type": "linear", "units": 3}]},
             "loss": {"type": "crossEntropy", "ignoreIndex": -1},
             "optimizer": {"type": "sgd", "learningRate": 0},
             "training": {"epochs": 1}, "metrics": ["accuracy", {"type": "topKAccuracy", "k": 2}]}
            """
        let config = try RunConfig(text: text, file: "ignored.json", overrides: overrides)
        return try Trainer(
            starting: Experiment(config), in: RunFolder.create(sandbox.file(name)),
            stop: stop)
    }

    /// Loss, accuracy and top-2 accuracy by their definitions, one row after another.
    private func expected(
        _ model: Sequential, _ labels: [Int64], weights: [Double] = [1, 1, 1]
    ) -> [Double] {
        let x = Tensor(NDArray(IgnoredTargetTests.features, [20, 4]))
        let logits = model(x).values(as: Double.self)
        var (loss, weight, hits, near, count) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for (row, label) in labels.enumerated() where label >= 0 {
            let own = Array(logits[(row * 3)..<(row * 3 + 3)])
            let (label, sum) = (Int(label), own.reduce(0) { $0 + exp($1) })
            loss += weights[label] * (log(sum) - own[label])
            weight += weights[label]
            let larger = own.filter { $0 > own[label] }.count
            hits += larger == 0 ? 1 : 0
            near += larger < 2 ? 1 : 0
            count += 1
        }
        return [loss / weight, hits / count, near / count]
    }

    @Test(
        "losses and metrics are over what counts, at any batch size",
        arguments: [1, 2, 3, 8, 20], [[1.0, 1, 1], [1, 10, 0.1]])
    func counted(_ size: Int, _ weights: [Double]) throws {
        let sandbox = Sandbox()
        for (name, labels) in [
            ("some", IgnoredTargetTests.some), ("all", IgnoredTargetTests.classes),
        ] {
            let trainer = try trainer(
                sandbox, name, labels: labels,
                ["data.batchSize=\(size)", "loss.classWeights=\(weights)"])
            let summary = try trainer.run()
            let numbers = expected(trainer.experiment.model, labels, weights: weights)
            let best = try #require(summary.best?.measurement)
            #expect(abs((summary.trainLoss ?? 0) - numbers[0]) < 1e-6)
            #expect(abs(best.loss - numbers[0]) < 1e-6)
            #expect(best.value("accuracy") == numbers[1])
            #expect(best.value("top2Accuracy") == numbers[2])
        }
    }

    @Test("metrics of the training data are those of an uninterrupted run after a resumption")
    func resumed() throws {
        let sandbox = Sandbox()
        let options = [
            "data.validation=null", "training.checkpointEverySteps=2", "training.bestBy=accuracy",
        ]
        let labels = IgnoredTargetTests.some
        let whole = try trainer(sandbox, "whole", labels: labels, options)
        let summary = try whole.run()
        let numbers = expected(whole.experiment.model, labels)
        #expect(summary.best?.measurement.value("accuracy") == numbers[1])

        let stop = StopSignal()
        do {
            let stopped = try trainer(sandbox, "stopped", labels: labels, options, stop)
            stopped.observers.append(
                Listener { event in
                    if case .step(let progress) = event, progress.step == 2 { stop.request() }
                })
            #expect(try stopped.run().status == .interrupted)
        }
        let again = try Trainer.resume(sandbox.file("stopped")).trainer.run()
        #expect(again.best?.measurement == summary.best?.measurement)
    }

    @Test(
        "a batch without a counted target trains nothing and doesn't end the run",
        arguments: ["true", "false"],
        [
            #"{"type": "sgd", "learningRate": 0.1, "momentum": 0.9, "weightDecay": 0.1}"#,
            #"{"type": "adam", "learningRate": 0.1}"#,
        ])
    func ignoredBatch(_ capture: String, _ optimizer: String) throws {
        let sandbox = Sandbox()
        var labels = IgnoredTargetTests.classes
        for row in 8..<16 { labels[row] = -1 }
        let options = [
            "optimizer=\(optimizer)", "training.capture=\(capture)", "training.epochs=3",
        ]
        let all = try trainer(sandbox, "all", labels: labels, options).run()
        #expect(all.status == .completed && all.steps == 9)
        let rows = Array(0..<8) + Array(16..<20)
        let counted = try trainer(sandbox, "counted", rows: rows, labels: labels, options).run()
        #expect(all.trainLoss == counted.trainLoss)
        #expect(all.best?.measurement == counted.best?.measurement)
        #expect(
            try tensors(sandbox.file("all/last.safetensors"))
                == tensors(sandbox.file("counted/last.safetensors")))
    }

    @Test(
        "data in which no target counts are refused before training", arguments: ["train", "test"])
    func ignoredAll(_ part: String) throws {
        let sandbox = Sandbox()
        try HDF5Writer.create(sandbox.file("other.h5")) { file in
            try file.write("x", NDArray(IgnoredTargetTests.features, [20, 4]))
            for name in ["train", "test"] {
                let labels = name == part ? [Int64](repeating: -1, count: 20) : [Int64](0..<20)
                try file.write(name, NDArray(labels.map { $0 < 0 ? $0 : $0 % 3 }))
            }
        }
        let path = sandbox.file("other.h5")
        let overrides = [
            "data.path=\(path)", "data.train.targets=train", "data.validation.targets=test",
        ]
        let error = #expect(throws: DataError.self) {
            try trainer(sandbox, "run", labels: IgnoredTargetTests.classes, overrides)
        }
        #expect(
            error?.description.hasPrefix(
                "\(path): '\(part)': none of the targets counts: each is -1")
                == true, "\(error?.description ?? "")")
    }

    @Test("metrics of numbers leave out what the loss ignores")
    func numbers() throws {
        let sandbox = Sandbox()
        let overrides = [
            #"loss={"type":"binaryCrossEntropy","ignoreIndex":-1}"#,
            #"model={"layers":[{"type":"linear","units":1}]}"#,
            #"metrics=["meanAbsoluteError","meanSquaredError","r2"]"#,
        ]
        let sides = IgnoredTargetTests.some.map { Float(min($0, 1)) }
        let names = ["meanAbsoluteError", "meanSquaredError", "r2"]
        func measured(_ name: String, _ rows: [Int]) throws -> [Double] {
            let path = sandbox.file("\(name)-sides.h5")
            let inputs = rows.flatMap { IgnoredTargetTests.features[($0 * 4)..<($0 * 4 + 4)] }
            try HDF5Writer.create(path) { file in
                try file.write("x", NDArray(inputs, [rows.count, 4]))
                try file.write("y", NDArray(rows.map { sides[$0] }, [rows.count, 1]))
            }
            let changes = overrides + ["data.path=\(path)"]
            let labels = IgnoredTargetTests.classes
            let summary = try trainer(sandbox, name, labels: labels, changes).run()
            let best = try #require(summary.best?.measurement)
            return names.map { best.value($0) ?? .nan }
        }
        let all = try measured("all", Array(0..<20))
        let counted = try measured("counted", (0..<20).filter { sides[$0] >= 0 })
        #expect(zip(all, counted).allSatisfy { abs($0 - $1) < 1e-9 }, "\(all), \(counted)")
    }

    @Test("a run whose examples all weigh 0 ends with a sentence and not with a loss of 0")
    func weightless() throws {
        let sandbox = Sandbox()
        let trainer = try trainer(
            sandbox, "run", labels: (0..<20).map { $0 % 2 }, ["loss.classWeights=[0,0,1]"])
        let error = #expect(throws: DataError.self) { try trainer.run() }
        #expect(error?.problem.contains("none of the targets counts") == true)
        #expect(try sandbox.text("run/summary.json").contains("\"status\": \"failed\""))
    }
}
