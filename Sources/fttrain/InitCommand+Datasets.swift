import Datasets
import FTConfig
import FTSupport
import Tensor
import Training

extension InitCommand {
    /// A config for the datasets of a file.
    ///
    /// - Parameter share: of the training examples, to measure on where the file has none for that.
    static func datasets(_ path: String, _ name: String, share: Double) throws -> ConfigDraft {
        guard DataKind(path) != .image else {
            throw UsageError(
                "init: \(path) is one image; name the folder that holds folders of such, one for each "
                    + "class")
        }
        let file = try HDF5File(path)
        let found = try DatasetSearch(path, file.entries())
        let (train, held) = (found.train, found.held)
        let inputs = try HDF5Dataset(file, train.inputs)
        let targets = try HDF5Dataset(file, train.targets).read()
        try checkSound(targets, "\(path): '\(train.targets)'")
        try checkVaries(targets, "\(path): '\(train.targets)'")
        let classes = Preprocessing.classes(file, on: train.targets)
        let most = min(20_000, max(1, (1 << 28) / max(1, inputs.rowBytes)))
        let sample = try inputs.read(rows: 0..<min(inputs.count, most))
        try checkSound(sample, "\(path): '\(train.inputs)'")
        var draft = ConfigDraft(
            name: name, path: path, train: train, validation: held,
            inputShape: Array(inputs.rowShape), inputType: inputs.dtype, count: inputs.count,
            task: ConfigDraft.task(targets, names: classes),
            scaling: inputs.dtype == .uint8 ? nil : ConfigDraft.scaling(sample))
        draft.share = share
        // A number for each element of what isn't a list would be too many to write down.
        if targets.rank <= 2 { draft.targetScaling = ConfigDraft.scaling(targets) }
        if case .classes(let count, _) = draft.task {
            let counts = try [targets, held.map { try HDF5Dataset(file, $0.targets).read() }].map {
                $0.map { RareClass.counts($0, classes: count) }
            }
            draft.rare = RareClass(counts[0] ?? [], held: counts[1], names: classes)
        }
        if case .flags = draft.task {
            let measured = try held.map { try HDF5Dataset(file, $0.targets).read() }
            draft.rareLabel = RareLabel(targets, held: measured, names: classes)
        }
        draft.hasFlatChannel = ImageNetwork.hasFlatChannel(sample)
        return draft
    }

    /// Throws where examples hold what is no number: a model can't learn from that.
    static func checkSound(_ examples: NDArray, _ path: String) throws {
        guard examples.dtype.isFloat else { return }
        let values = examples.values(as: Double.self)
        let width = max(1, examples.shape.removing(at: 0).elementCount)
        let rows = Set(values.indices.lazy.filter { !values[$0].isFinite }.map { $0 / width })
            .sorted()
        guard !rows.isEmpty else { return }
        let shown = rows.prefix(8).map { "\($0)" }.joined(separator: ", ")
        throw DataError(
            path,
            (rows.count == 1 ? "row \(shown) holds" : "\(rows.count) rows, counted from 0, hold")
                + " NaN or infinity" + (rows.count == 1 ? ", counted from 0" : ": \(shown)")
                + (rows.count > 8 ? ", …" : "")
                + "; correct them or leave such rows out")
    }

    /// Whether a file begins with UTF-8 that has none of the bytes which only binary files have.
    static func isText(_ path: String) -> Bool {
        guard let bytes = try? FileBytes.read(path, limit: 1 << 24), !bytes.isEmpty else {
            return false
        }
        return !bytes.contains { $0 < 9 } && String(validating: bytes, as: UTF8.self) != nil
    }

    /// Throws where `--split` is given for data that are split already.
    static func checkNoSplit(
        _ invocation: CommandInvocation, _ reason: String
    ) throws(UsageError) {
        guard invocation.string("split") != nil else { return }
        throw UsageError("init: --split: \(reason), so nothing is left to split; leave it out")
    }

    /// Makes datasets of a folder of images, and a config for them.
    static func images(
        _ path: String, _ name: String, _ file: String, _ invocation: CommandInvocation
    ) throws -> ConfigDraft {
        var note = ""
        let given = try DataCommand.size(invocation)
        let images = try DataCommand.images(of: path, invocation) { sizes in
            let (size, why) = given.map { ($0, "as --size says") } ?? ImageSize.choose(sizes)
            note = why
            return size
        }
        guard images.classes.count > 1 else {
            throw DataError(
                path,
                "has images of one class, \(images.classes[0]), so there is nothing to learn; add a "
                    + "folder of another")
        }
        let share = try share(invocation)
        try HDF5Writer.create(file) { file in
            if images.parts.count > 1 {
                let names = images.parts.map(\.name).joined(separator: ", ")
                try checkNoSplit(invocation, "\(path) has folders \(names)")
            }
            try DataCommand.write(
                images, from: path, to: file, share: images.parts.count > 1 ? nil : share,
                seed: UInt64(invocation.int("seed") ?? 42))
        }
        let draft = try datasets(file, name, share: share)
        let form = images.shape
        let colours = form[0] == 1 ? "grey" : "in colours"
        Terminal.print(
            "images     \(path)   \(Format.count(images.count, "file")) in "
                + "\(Format.count(images.classes.count, "folder"))\n"
                + "size       \(form[1])x\(form[2]) pixels, \(colours), \(note)\n"
                + "parts      \(parts(images, draft))\n")
        return draft
    }

    private static func parts(_ images: ImageFolder, _ draft: ConfigDraft) -> String {
        guard images.parts.count > 1 else {
            let held = images.count - draft.count
            return "train \(Format.grouped(draft.count)), validation \(Format.grouped(held)), the "
                + "same share of each class"
        }
        return images.parts.map { "\($0.name) \(Format.grouped($0.rows.count))" }
            .joined(separator: ", ") + ", as the folders are"
    }
}
