import Datasets
import FTSupport
import Tensor

extension PredictionSource {
    /// Images of files, and of folders, which may hold folders of classes.
    ///
    /// Throws where the model wasn't trained on images, or one is none or doesn't fit.
    package static func images(
        _ paths: [String], for predictor: Predictor
    ) throws -> PredictionSource {
        try images(
            paths, as: predictor.preprocessing, areOfClasses: predictor.meaning.isOfClasses)
    }

    /// - Parameter areOfClasses: whether the model takes each for a class.
    static func images(
        _ paths: [String], as preprocessing: Preprocessing, areOfClasses: Bool
    ) throws -> PredictionSource {
        let form = try form(paths[0], preprocessing)
        let list = try ImageList(paths)
        let files = try PictureFiles(list.items.map(\.path), form)
        let shape = preprocessing.inputs[0].shape
        return PredictionSource(
            list.name, count: list.items.count,
            read: { [try files.read($0).reshape(Shape([$0.count] + shape))] },
            targets: { areOfClasses ? try list.targets(preprocessing) : nil }, idNames: ["file"],
            ids: { [list.items[$0].id] }, hash: list.hash)
    }

    /// What the model takes: bytes [channels, height, width] or [height, width].
    private static func form(
        _ path: String, _ preprocessing: Preprocessing
    ) throws(RunError) -> PictureFiles.Form {
        let (inputs, isOfTable) = (preprocessing.inputs, preprocessing.table != nil)
        let input = inputs[0]
        let sizes = input.shape.count == 2 ? [1] + input.shape : input.shape
        let isImage = sizes.count == 3 && [1, 3].contains(sizes[0]) && input.dtype == .uint8
        if inputs.count == 1, isImage, !isOfTable {
            return PictureFiles.Form(
                channels: sizes[0], height: sizes[1], width: sizes[2],
                isScaled: preprocessing.scalesImages)
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
        /// What tells it apart: its path, within the folder that was named.
        let id: String
        let path: String
        /// The name of the folder that it lies in, where that is in the one that was named.
        let folder: String?
    }

    private(set) var items: [Item] = []
    /// What messages call them all.
    let name: String

    /// Throws where a folder holds nothing, or more than images and folders of images.
    init(_ paths: [String]) throws {
        name =
            paths.count <= 3
            ? paths.joined(separator: ", ")
            : "\(paths[0]) and \(Format.grouped(paths.count - 1)) more"
        for path in paths {
            guard Folder.exists(path) else {
                items.append(Item(id: path, path: path, folder: nil))
                continue
            }
            let before = items.count
            let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
            for name in try ImageFolder.names(path) {
                try add(name, in: folder, id: paths.count > 1 ? "\(folder)/\(name)" : name)
            }
            guard items.count > before else {
                throw DataError(path, "holds no images; name another folder")
            }
        }
    }

    private mutating func add(_ name: String, in folder: String, id: String) throws {
        let path = "\(folder)/\(name)"
        guard Folder.exists(path) else {
            items.append(Item(id: id, path: path, folder: nil))
            return
        }
        for file in try ImageFolder.names(path) {
            guard !Folder.exists("\(path)/\(file)") else {
                throw DataError(
                    "\(path)/\(file)",
                    "is a folder in a folder of \(folder), whose folders are classes; name \(path) "
                        + "instead")
            }
            items.append(Item(id: "\(id)/\(file)", path: "\(path)/\(file)", folder: name))
        }
    }

    /// The classes by the names of the folders, stored as the model's targets were; nil where
    /// those are several for each.
    ///
    /// Throws where an image is in no such folder, or the model has no class of its name.
    func targets(_ preprocessing: Preprocessing) throws -> NDArray? {
        let shape = preprocessing.target.shape
        guard shape.reduce(1, *) == 1 else { return nil }
        let known = preprocessing.classNames
        let places = Dictionary(known.enumerated().map { ($1, $0) }) { first, _ in first }
        let labels = try items.map { item -> Int64 in
            guard let folder = item.folder else {
                throw RunError(
                    .data,
                    "\(item.path): is in no folder that says its class, so there is nothing to compare "
                        + "with; put images into folders of classes, or use predict")
            }
            if let place = known.isEmpty ? Int(folder) : places[folder] { return Int64(place) }
            throw RunError(
                .data,
                "\(item.path.dropLast(item.id.count))\(place(of: item)): \(unknown(folder, known))")
        }
        return NDArray(labels, Shape([items.count] + shape))
    }

    private func place(of item: Item) -> String {
        item.id.split(separator: "/").dropLast().joined(separator: "/")
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

    /// One hash of all names and contents.
    func hash() throws -> String {
        if items.count == 1 { return try Provenance.hash(items[0].path) }
        let lines = try items.map { "\($0.id)=\(try Provenance.hash($0.path))" }
        return Provenance.hash(text: lines.joined(separator: "\n"))
    }
}
