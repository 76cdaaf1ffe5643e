import Datasets
import FTSupport
import Tensor

/// Files of images, and the folders of classes that they lie in.
struct ImageList {
    struct Item {
        /// Its path, by which it can be opened again: of a folder's image it begins with the folder.
        let path: String
        /// The name of the folder that it lies in, where that is in the one that was named.
        let folder: String?
    }

    private(set) var items: [Item] = []
    /// What messages call them all.
    let name: String

    /// Whatever lies in the folders, images or not: that is for the reading of each to say.
    ///
    /// Throws where a folder holds nothing.
    init(_ paths: [String]) throws {
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
            for name in try ImageFolder.names(path, keepsUnreadable: true) {
                try add(name, in: folder)
            }
            guard items.count > before else {
                throw DataError(path, "holds no images; name another folder")
            }
        }
    }

    private mutating func add(_ name: String, in folder: String) throws {
        let path = "\(folder)/\(name)"
        guard Folder.exists(path) else {
            items.append(Item(path: path, folder: nil))
            return
        }
        items += try ImageFolder.names(path, keepsUnreadable: true).map {
            Item(path: "\(path)/\($0)", folder: name)
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
        let find = finder(preprocessing)
        return NDArray(try items.map(find), Shape([items.count] + shape))
    }

    /// What is wrong with the classes of images: one problem for each image in no folder, and one
    /// for each folder of no class.
    func problems(_ preprocessing: Preprocessing) -> [DataError] {
        guard preprocessing.target.shape.reduce(1, *) == 1 else { return [] }
        let find = finder(preprocessing)
        var told: Set<String> = []
        return items.compactMap { item -> DataError? in
            do throws(DataError) {
                _ = try find(item)
                return nil
            } catch {
                return told.insert(error.file).inserted ? error : nil
            }
        }
    }

    /// Finds the class of an image.
    private func finder(_ preprocessing: Preprocessing) -> (Item) throws(DataError) -> Int64 {
        let known = preprocessing.classNames
        let places = Dictionary(known.enumerated().map { ($1, $0) }) { first, _ in first }
        return { item throws(DataError) in
            guard let folder = item.folder else {
                throw DataError(
                    item.path,
                    "is in no folder that says its class, so there is nothing to compare with; put "
                        + "images into folders of classes, or use predict")
            }
            if let place = known.isEmpty ? Int(folder) : places[folder] { return Int64(place) }
            let place = item.path.prefix(upTo: item.path.lastIndex(of: "/") ?? item.path.endIndex)
            throw DataError(String(place), unknown(folder, known))
        }
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
