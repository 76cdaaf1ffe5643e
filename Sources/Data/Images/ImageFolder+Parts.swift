import FTSupport
import Glibc

extension ImageFolder {
    /// What folders in place of classes are called, and the datasets that are made of them.
    private static let partNames: [(folder: String, name: String)] = [
        ("train", "train"), ("val", "validation"), ("valid", "validation"),
        ("validation", "validation"), ("test", "test"),
    ]

    /// The parts of a folder: `train` and, where they are there, `validation` and `test`, if it
    /// holds no other folder and each holds folders; otherwise the folder itself as `train`. And what
    /// can't be used beside parts.
    ///
    /// Throws where there is no such folder, or two for one part.
    static func parts(of folder: String) throws -> (parts: [Part], strays: [DataError]) {
        let (folders, others) = try listing(folder)
        let found = partNames.filter { folders.contains($0.folder) }
        guard found.first?.name == "train", found.count == folders.count,
            try found.allSatisfy({ try holdsFolders("\(folder)/\($0.folder)") })
        else { return ([("train", folder)], []) }
        for (part, next) in zip(found, found.dropFirst()) where part.name == next.name {
            throw DataError(
                folder,
                "has two folders to validate on, \(part.folder) and \(next.folder); move one away")
        }
        return (found.map { ($0.name, "\(folder)/\($0.folder)") }, others)
    }

    private static func holdsFolders(_ folder: String) throws -> Bool {
        try names(folder, keepsUnreadable: true).contains { Folder.exists("\(folder)/\($0)") }
    }

    /// The names of the folders in a folder, and what else is there.
    static func listing(_ folder: String) throws -> (folders: [String], others: [DataError]) {
        let (names, unreadable) = try contents(folder)
        let folders = names.filter { Folder.exists("\(folder)/\($0)") }
        let others = names.filter { !folders.contains($0) }.map {
            DataError("\(folder)/\($0)", "is no folder of images; move it away")
        }
        return (folders, unreadable + others)
    }

    /// The names in a folder, and what is wrong with those that aren't UTF-8.
    static func contents(_ folder: String) throws -> (names: [String], unreadable: [DataError]) {
        let all = try names(folder, keepsUnreadable: true)
        return (
            all.filter { !$0.contains("\u{FFFD}") },
            all.filter { $0.contains("\u{FFFD}") }.map {
                DataError("\(folder)/\($0)", "its name is not UTF-8; rename it")
            }
        )
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
            let isFile = access(folder, F_OK) == 0
            throw DataError(
                folder,
                problem.isMissing && isFile
                    ? "this is a file; name the folder that holds one of images for each class"
                    : problem.isMissing
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
