import FTSupport

extension ImageFolder {
    /// What folders in place of classes are called, and the datasets that are made of them.
    private static let partNames: [(folder: String, name: String)] = [
        ("train", "train"), ("val", "validation"), ("valid", "validation"),
        ("validation", "validation"), ("test", "test"),
    ]

    /// The parts of a folder: `train` and, where they are there, `validation` and `test`, if it
    /// holds no other folder and each holds folders; otherwise the folder itself as `train`.
    ///
    /// Throws where there is no such folder, or two for one part, or a file beside parts.
    package static func parts(of folder: String) throws -> [Part] {
        let names = try names(folder)
        let folders = names.filter { Folder.exists("\(folder)/\($0)") }
        let found = partNames.filter { folders.contains($0.folder) }
        guard found.first?.name == "train", found.count == folders.count,
            try found.allSatisfy({ try holdsFolders("\(folder)/\($0.folder)") })
        else { return [("train", folder)] }
        try checkAreFolders(names, folders, in: folder)
        for (part, next) in zip(found, found.dropFirst()) where part.name == next.name {
            throw DataError(
                folder,
                "has two folders to validate on, \(part.folder) and \(next.folder); move one away")
        }
        return found.map { ($0.name, "\(folder)/\($0.folder)") }
    }

    private static func holdsFolders(_ folder: String) throws -> Bool {
        try names(folder).contains { Folder.exists("\(folder)/\($0)") }
    }

    /// The names of the folders in a folder that holds nothing else.
    static func classes(in folder: String) throws -> [String] {
        let names = try names(folder)
        let folders = names.filter { Folder.exists("\(folder)/\($0)") }
        guard !folders.isEmpty else {
            throw DataError(folder, "has no folders; it needs one of images for each class")
        }
        try checkAreFolders(names, folders, in: folder)
        return folders
    }

    private static func checkAreFolders(
        _ names: [String], _ folders: [String], in folder: String
    ) throws(DataError) {
        guard let other = names.first(where: { !folders.contains($0) }) else { return }
        throw DataError("\(folder)/\(other)", "is no folder of images; move it away")
    }

    /// The images of a class.
    ///
    /// Throws where there are none, or a folder lies among them.
    static func images(of folder: String) throws -> [String] {
        let paths = try names(folder).map { "\(folder)/\($0)" }
        guard !paths.isEmpty else { throw DataError(folder, "holds no images; remove the folder") }
        guard let inner = paths.first(where: { Folder.exists($0) }) else { return paths }
        throw DataError(
            inner,
            "is a folder in a folder of images of one class; move its images into \(folder), or make "
                + "it a class of its own beside that")
    }

    /// What lies in a folder, in the order of the bytes of the names, without hidden files.
    ///
    /// Throws where there is no such folder, or a name isn't UTF-8.
    ///
    /// - Parameter keepsUnreadable: whether names that aren't UTF-8 are given, too, as far as they are.
    package static func names(
        _ folder: String, keepsUnreadable: Bool = false
    ) throws -> [String] {
        guard let names = Folder.names(in: folder) else {
            let problem = FileProblem.last
            throw DataError(
                folder,
                problem.isMissing
                    ? "there is no such folder; check the path" : problem.whileReading)
        }
        if !keepsUnreadable, let unreadable = names.first(where: { $0.contains("\u{FFFD}") }) {
            throw DataError("\(folder)/\(unreadable)", "its name is not UTF-8; rename it")
        }
        return names.filter { !$0.hasPrefix(".") }.sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
    }
}
