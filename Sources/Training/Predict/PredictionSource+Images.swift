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
        _ paths: [String], as preprocessing: Preprocessing, of config: RunConfig, skips: Bool
    ) throws -> PredictionSource {
        let form = try form(paths[0], preprocessing)
        let list = try ImageList(paths, keepsUnreadable: skips)
        let files = PictureFiles(list.items.map(\.path), form)
        if !skips { try files.check(list.name) }
        let areOfClasses = try OutputMeaning(config, preprocessing).isOfClasses
        var source = PredictionSource(
            list.name, count: list.items.count, names: ExampleNames(files: list.items.map(\.path)),
            read: { [try files.read($0)] },
            targets: { areOfClasses ? try list.targets(preprocessing) : nil }, hash: list.hash)
        source.pictures = files
        if areOfClasses { source.targetsOf = { try list.targets(preprocessing, of: $0) } }
        return source
    }

    /// What the model takes: bytes [channels, height, width] or [height, width].
    private static func form(
        _ path: String, _ preprocessing: Preprocessing
    ) throws(RunError) -> PictureFiles.Form {
        let (inputs, isOfTable) = (preprocessing.inputs, preprocessing.table != nil)
        let (input, shape) = (inputs[0], inputs[0].shape)
        let isGrey = shape.count == 2
        let isImage = isGrey || shape.count == 3 && [1, 3].contains(shape[0])
        if inputs.count == 1, isImage, input.dtype == .uint8, !isOfTable {
            return PictureFiles.Form(Shape(shape), isScaled: preprocessing.scalesImages)
        }
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

/// Files of images, and the folders of classes that they lie in.
private struct ImageList {
    struct Item {
        /// Its path, by which it can be opened again: of a folder's image it begins with the folder.
        let path: String
        /// The name of the folder that it lies in, where that is in the one that was named.
        let folder: String?
    }

    private(set) var items: [Item] = []
    /// What messages call them all.
    let name: String

    /// Throws where a folder holds nothing, or more than images and folders of images.
    ///
    /// - Parameter keepsUnreadable: whether names that aren't UTF-8, and folders within those of
    ///   classes, are left for the reading of each.
    init(_ paths: [String], keepsUnreadable: Bool) throws {
        name =
            paths.count <= 3
            ? paths.joined(separator: ", ")
            : "\(paths[0]) and \(Format.grouped(paths.count - 1)) more"
        for path in paths {
            guard Folder.exists(path) else {
                items.append(Item(path: path, folder: nil))
                continue
            }
            let before = items.count
            let folder = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
            for name in try ImageFolder.names(path, keepsUnreadable: keepsUnreadable) {
                try add(name, in: folder, keepsUnreadable)
            }
            guard items.count > before else {
                throw DataError(path, "holds no images; name another folder")
            }
        }
    }

    private mutating func add(
        _ name: String, in folder: String, _ keepsUnreadable: Bool
    ) throws {
        let path = "\(folder)/\(name)"
        guard Folder.exists(path) else {
            items.append(Item(path: path, folder: nil))
            return
        }
        for file in try ImageFolder.names(path, keepsUnreadable: keepsUnreadable) {
            guard keepsUnreadable || !Folder.exists("\(path)/\(file)") else {
                throw DataError(
                    "\(path)/\(file)",
                    "is a folder in a folder of \(folder), whose folders are classes; name \(path) "
                        + "instead")
            }
            items.append(Item(path: "\(path)/\(file)", folder: name))
        }
    }

    /// The classes by the names of the folders, stored as the model's targets were; nil where
    /// those are several for each.
    ///
    /// Throws where an image is in no such folder, or the model has no class of its name.
    ///
    /// - Parameter rows: of which images; nil for all.
    func targets(_ preprocessing: Preprocessing, of rows: [Int]? = nil) throws -> NDArray? {
        let items = rows.map { $0.map { self.items[$0] } } ?? self.items
        let shape = preprocessing.target.shape
        guard shape.reduce(1, *) == 1 else { return nil }
        let known = preprocessing.classNames
        let places = Dictionary(known.enumerated().map { ($1, $0) }) { first, _ in first }
        let labels = try items.map { item -> Int64 in
            guard let folder = item.folder else {
                throw DataError(
                    item.path,
                    "is in no folder that says its class, so there is nothing to compare with; put "
                        + "images into folders of classes, or use predict")
            }
            if let place = known.isEmpty ? Int(folder) : places[folder] { return Int64(place) }
            let place = item.path.prefix(upTo: item.path.lastIndex(of: "/") ?? item.path.endIndex)
            throw RunError(.data, "\(place): \(unknown(folder, known))")
        }
        return NDArray(labels, Shape([items.count] + shape))
    }

    private func unknown(_ folder: String, _ known: [String]) -> String {
        if known.isEmpty {
            return "the model's classes have no names; call their folders by their numbers, from 0"
        }
        let near = Suggestion.nearest(to: folder, among: known)
        let list = known.prefix(8).joined(separator: ", ") + (known.count > 8 ? ", …" : "")
        return "the model has no class '\(folder)'; "
            + (near.map { "is it '\($0)'? Rename the folder" }
                ?? "it was trained on \(list); rename the folder or move it away")
    }

    /// One hash of all names and contents, wherever the folder lies.
    func hash() throws -> String {
        if items.count == 1 { return try Provenance.hash(items[0].path) }
        let lines = items.map { item in
            let names = item.path.split(separator: "/").suffix(item.folder == nil ? 1 : 2)
            // One that can't be opened was left out.
            let hash = (try? Provenance.hash(item.path)) ?? "none"
            return "\(names.joined(separator: "/"))=\(hash)"
        }
        return Provenance.hash(text: lines.joined(separator: "\n"))
    }
}
