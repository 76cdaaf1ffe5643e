import FakeTensor
import Testing

@Suite struct TrainingTests {
    @Test("learns three clusters and says so in its files")
    func learns() throws {
        let sandbox = Sandbox()
        let trainer = try sandbox.trainer("run", ["training.epochs=20"])
        let summary = try trainer.run()
        #expect(summary.status == .completed)
        #expect(summary.epochs == 20)
        #expect(summary.steps == 100)
        #expect(summary.best?.measurement.value("accuracy") == 1)
        let rows = try sandbox.text("run/metrics.csv").split(separator: "\n")
        #expect(rows.count == 21)
        #expect(
            rows[0] == "epoch,step,trainLoss,validationLoss,learningRate,samplesPerSecond,"
                + "seconds,dataWaitShare,best,accuracy")
        #expect(try sandbox.text("run/metrics.jsonl").split(separator: "\n").count == 20)
        #expect(try sandbox.text("run/summary.json").contains("\"status\": \"completed\""))
        #expect(try sandbox.text("run/config.json").contains("\"prefetch\": 4"))
    }

    @Test("keeps the last, the best and the newest step checkpoints")
    func keeps() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer("run", ["training.keepCheckpoints=2"]).run()
        let store = try RunFolder(opening: sandbox.file("run")).checkpoints()
        let steps = try store.stepPaths().map { try TrainingCheckpoint.state(path: $0).step }
        #expect(steps == [12, 14])
        #expect(try TrainingCheckpoint.state(path: store.lastPath).step == 15)
        #expect(try TrainingCheckpoint.state(path: store.bestPath).best != nil)
    }

    @Test("trains to the same bits at any number of threads")
    func threads() throws {
        let sandbox = Sandbox()
        let wide = ["model.layers.0.units=4096", "data.batchSize=20", "training.epochs=2"]
        let before = CPUBackend.shared.threads
        defer { CPUBackend.shared.threads = before }
        for threads in 1...2 {
            CPUBackend.shared.threads = threads
            _ = try sandbox.trainer("run\(threads)", wide).run()
        }
        #expect(
            try tensors(sandbox.file("run1/last.safetensors"))
                == tensors(sandbox.file("run2/last.safetensors")))
    }

    @Test("measures on the training data where there is no other")
    func noValidation() throws {
        let sandbox = Sandbox()
        let summary = try sandbox.trainer(
            "run", ["data.validation=null", "training.bestBy=loss"]
        ).run()
        #expect(summary.hasValidation == false)
        #expect(summary.best?.measurement.loss == summary.trainLoss)
        #expect(try sandbox.text("run/summary.json").contains("\"train\": {"))
    }

    @Test("measures on a split of the training data")
    func split() throws {
        let sandbox = Sandbox()
        let trainer = try sandbox.trainer("run", ["data.validation=null", "data.split=0.25"])
        #expect(trainer.experiment.info().validationCount == 10)
        #expect(trainer.experiment.info().stepsPerEpoch == 4)
        #expect(try trainer.run().status == .completed)
    }

    @Test("evaluates a run folder and a checkpoint file alike")
    func evaluates() throws {
        let sandbox = Sandbox()
        let summary = try sandbox.trainer().run()
        let folder = try Evaluation(sandbox.file("run"))
        let file = try Evaluation(sandbox.file("run/best.safetensors"))
        #expect(folder.measurement == summary.best?.measurement)
        #expect(file.measurement == folder.measurement)
        #expect(folder.count == 12)
    }
}

@Suite struct DivergenceTests {
    @Test("stops at a loss that is not finite and names the tensor and the rate")
    func explodes() throws {
        let sandbox = Sandbox()
        let summary = try sandbox.trainer("run", ["optimizer.learningRate=1e38"]).run()
        #expect(summary.status == .diverged)
        let reason = try #require(summary.reason)
        #expect(reason.contains("at step"))
        #expect(reason.contains("0.weight"))
        #expect(reason.contains("learning rate 1.0e+38"))
        #expect(reason.contains("no checkpoint was saved before"))
        #expect(try sandbox.text("run/summary.json").contains("\"status\": \"diverged\""))
    }

    @Test("names the checkpoint to go back to, and resumes from it at a lower rate")
    func goodCheckpoint() throws {
        let sandbox = Sandbox()
        _ = try sandbox.trainer().run()
        let changes = ["training.epochs=6", "optimizer.learningRate=1e38"]
        let resumption = try Trainer.resume(sandbox.file("run"), overrides: changes)
        let summary = try resumption.trainer.run()
        #expect(summary.status == .diverged)
        #expect(summary.reason?.contains("the last good checkpoint is") == true)
    }

    @Test("changes nothing after it, though the host hears of it late", arguments: [true, false])
    func nothingMore(_ captures: Bool) throws {
        let sandbox = Sandbox()
        let path = sandbox.file("spoiled.h5")
        try writeClusters(path, spoiled: true)
        // The NaN is in the third of five batches; the fourth is launched before its loss is read.
        let changes = ["data.path=\(path)", "data.shuffle=false", "training.capture=\(captures)"]
        let trainer = try sandbox.trainer("run", changes + ["training.checkpointEverySteps=0"])
        #expect(try trainer.run().status == .diverged)
        let expected = try Experiment(sandbox.config(changes))
        let images = try HDF5Dataset(HDF5File(path), "train/images").read(rows: 0..<16)
        for (start, labels) in [(0, [0, 1, 2, 0, 1, 2, 0, 1]), (8, [2, 0, 1, 2, 0, 1, 2, 0])] {
            let batch = Tensor(images.slice(axis: 0, start: start, count: 8))
            expected.loss(expected.model(batch), Tensor(labels, .uint8)).backward()
            expected.optimizer.step()
            expected.optimizer.zeroGrad()
        }
        let pairs = zip(trainer.experiment.model.parameters, expected.model.parameters)
        #expect(pairs.allSatisfy { $0.values(as: Float.self) == $1.values(as: Float.self) })
    }

    @Test("blames the data where it holds NaN")
    func spoiledData() throws {
        let sandbox = Sandbox()
        try writeClusters(sandbox.file("spoiled.h5"), spoiled: true)
        let path = sandbox.file("spoiled.h5")
        let summary = try sandbox.trainer("run", ["data.path=\(path)"]).run()
        #expect(summary.status == .diverged)
        let reason = try #require(summary.reason)
        #expect(reason.contains("spoiled.h5: 'train/images': row 16 holds NaN"), "\(reason)")
        #expect(summary.remedy == "correct the data or leave the row out, and train again")
    }
}
