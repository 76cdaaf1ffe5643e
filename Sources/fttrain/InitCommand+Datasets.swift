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
        guard !PredictionSource.areImages(path) else {
            throw UsageError(
                "init: \(path) is one image; name the folder that holds folders of such, one for each "
                    + "class")
        }
        let file = try HDF5File(path)
        let all = Set(try file.entries().map(\.path))
        guard let train = DatasetNames.find(in: "train", among: all) else {
            throw DataError(
                path,
                "init looks for datasets such as train/inputs and train/targets, test/inputs and "
                    + "test/targets; it holds " + all.sorted().prefix(8).joined(separator: ", "))
        }
        let held = DatasetNames.held(among: all)
        let inputs = try HDF5Dataset(file, train.inputs)
        let targets = try HDF5Dataset(file, train.targets).read()
        try checkVaries(targets, "\(path): '\(train.targets)'")
        let classes = Preprocessing.classes(file, on: train.targets)
        let most = min(20_000, max(1, (1 << 28) / max(1, inputs.rowBytes)))
        let sample = try inputs.read(rows: 0..<min(inputs.count, most))
        var draft = ConfigDraft(
            name: name, path: path, train: train, validation: held,
            inputShape: Array(inputs.rowShape), inputType: inputs.dtype, count: inputs.count,
            task: ConfigDraft.task(targets, names: classes),
            scaling: ConfigDraft.scaling(sample))
        draft.share = share
        draft.hasFlatChannel = draft.isOfChannels && ConfigDraft.hasFlatChannel(sample)
        return draft
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
        let images = try ImageFolder(ImageFolder.parts(of: path)) { sizes in
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
                + "size       \(form[2])×\(form[1]) pixels, \(colours), \(note)\n"
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

/// The size that images are made, where nobody says it.
private enum ImageSize {
    /// Longer sides make small networks slow and say little more.
    private static let longest = 96
    /// What larger ones are made, the longer side.
    private static let usual = 64

    static func choose(
        _ sizes: [PictureSize]
    ) -> (size: (height: Int, width: Int)?, why: String) {
        let first = sizes[0]
        guard sizes.contains(where: { $0.width != first.width || $0.height != first.height }) else {
            let long = max(first.width, first.height)
            guard long > longest else { return (nil, "as they are") }
            func side(_ old: Int) -> Int { max(1, (old * usual + long / 2) / long) }
            return (
                (side(first.height), side(first.width)),
                "scaled from \(first.width)×\(first.height); --size HEIGHTxWIDTH says otherwise"
            )
        }
        let sides = sizes.map { min($0.width, $0.height) }.sorted()
        let side = min(usual, max(16, sides[sides.count / 2]))
        return (
            (side, side),
            "each scaled to cover that, for they differ; --size HEIGHTxWIDTH says otherwise"
        )
    }
}
