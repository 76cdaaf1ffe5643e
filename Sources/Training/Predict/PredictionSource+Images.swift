import Datasets
import FTConfig
import FTSupport
import Tensor

extension PredictionSource {
    /// Images of files, and of folders, which may hold folders of classes.
    ///
    /// Throws where the model wasn't trained on images, or one is none or doesn't fit.
    ///
    /// - Parameter skips: whether that is left for the reading of each.
    package static func images(
        _ paths: [String], for predictor: Predictor, skips: Bool = false
    ) throws -> PredictionSource {
        try images(paths, as: predictor.preprocessing, of: predictor.config, skips: skips)
    }

    static func images(
        _ paths: [String], as preprocessing: Preprocessing, of config: RunConfig, skips: Bool,
        compares: Bool = false
    ) throws -> PredictionSource {
        let form = try form(paths[0], preprocessing)
        let list = try ImageList(paths)
        let files = PictureFiles(list.items.map(\.path), form)
        let areOfClasses = try OutputMeaning(config, preprocessing).isOfClasses
        let others = compares && areOfClasses ? list.problems(preprocessing) : []
        if !skips { try files.check(list.name, beside: others) }
        var source = PredictionSource(
            list.name, count: list.items.count, names: ExampleNames(files: list.items.map(\.path)),
            read: { [try files.read($0)] },
            targets: { areOfClasses ? try list.targets(preprocessing) : nil }, hash: list.hash)
        source.pictures = files
        if areOfClasses { source.targetsOf = { try list.targets(preprocessing, of: $0) } }
        return source
    }

    /// What a model of images takes: bytes [channels, height, width] or [height, width]; nil of
    /// other models.
    static func pictureForm(_ preprocessing: Preprocessing) -> PictureFiles.Form? {
        let (input, shape) = (preprocessing.inputs[0], preprocessing.inputs[0].shape)
        let isImage = shape.count == 2 || shape.count == 3 && [1, 3].contains(shape[0])
        guard preprocessing.inputs.count == 1, isImage, input.dtype == .uint8,
            preprocessing.table == nil
        else { return nil }
        return PictureFiles.Form(Shape(shape), isScaled: preprocessing.scalesImages)
    }

    /// The same.
    ///
    /// Throws a sentence that says what other models were trained on.
    private static func form(
        _ path: String, _ preprocessing: Preprocessing
    ) throws(RunError) -> PictureFiles.Form {
        if let form = pictureForm(preprocessing) { return form }
        let (inputs, isOfTable) = (preprocessing.inputs, preprocessing.table != nil)
        let input = inputs[0]
        let what = Folder.exists(path) ? "a folder, which is read as images" : "an image"
        let names = inputs.map(\.name).joined(separator: ", ")
        let other =
            isOfTable
            ? "a table; give it one, as .csv or .jsonl"
            : inputs.count > 1
                ? "several inputs, \(names); give it HDF5 with all of them"
                : "\(input.dtype) \(Format.shape(input.shape)), not on bytes of channels, height and "
                    + "width; give it HDF5 or .npy"
        throw RunError(.data, "\(path): is \(what), and the model was trained on \(other)")
    }
}
