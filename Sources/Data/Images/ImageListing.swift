import FTSupport

/// What lies in folders of classes: images, and what is none.
struct ImageListing {
    /// The path, the class and the size of each image, by part, class and name.
    private(set) var images: [(path: String, label: Int, size: PictureSize)] = []
    /// The images of each part, by its name.
    private(set) var parts: [(name: String, rows: Range<Int>)] = []
    /// The names of the classes, in order: those of the first part.
    private(set) var classes: [String] = []
    /// Files and folders that can't be used, and why.
    private(set) var faults: [DataError]
    /// Whether those are left out, and pixels are read, too, to find them all.
    private let skipsBad: Bool

    /// So many images are decoded at most to tell what else is wrong beside what headers say, which
    /// takes seconds.
    private static let mostDecoded = 10_000

    /// Reads the names of all images and their headers. Hidden files are passed over.
    ///
    /// - Parameter strays: what can't be used beside the parts.
    init(_ parts: [ImageFolder.Part], strays: [DataError], skipsBad: Bool) throws {
        (faults, self.skipsBad) = (strays, skipsBad)
        for part in parts {
            let first = images.count
            try add(part, to: parts[0])
            self.parts.append((name: part.name, rows: first..<images.count))
        }
    }

    private mutating func add(_ part: ImageFolder.Part, to whole: ImageFolder.Part) throws {
        let (folders, others) = try ImageFolder.listing(part.folder)
        faults += others
        guard !folders.isEmpty else {
            let isEmpty = try ImageFolder.names(part.folder, keepsUnreadable: true).isEmpty
            throw DataError(
                part.folder,
                isEmpty
                    ? "the folder is empty; put a folder of images for each class into it"
                    : "has no folders; it needs one of images for each class")
        }
        let isFirst = self.parts.isEmpty
        for name in folders {
            let folder = "\(part.folder)/\(name)"
            let label = isFirst ? classes.count : classes.firstIndex(of: name)
            guard let label else {
                let known = classes.prefix(8).joined(separator: ", ")
                faults.append(
                    DataError(
                        folder,
                        "is a class that \(whole.folder) hasn't, which has \(known); rename it or "
                            + "move it away"))
                continue
            }
            let before = images.count
            try addClass(folder, label)
            // A class of which nothing is left is none.
            if isFirst, images.count > before || !skipsBad { classes.append(name) }
        }
    }

    private mutating func addClass(_ folder: String, _ label: Int) throws {
        let (inner, unreadable) = try ImageFolder.contents(folder)
        let paths = inner.map { "\(folder)/\($0)" }
        guard !paths.isEmpty || !unreadable.isEmpty else {
            faults.append(DataError(folder, "holds no images; remove the folder"))
            return
        }
        faults += unreadable
        for path in paths {
            do {
                guard !Folder.exists(path) else {
                    throw DataError(
                        path,
                        "is a folder in a folder of images of one class; move its images into "
                            + "\(folder), or make it a class of its own beside that")
                }
                let size = try PictureFile.size(path)
                if skipsBad { _ = try PictureFile.read(path) }
                images.append((path, label, size))
            } catch let error as DataError {
                faults.append(error)
            }
        }
    }

    /// Throws for all files and folders together that can't be used, unless they are left out.
    ///
    /// - Parameter name: what messages call the whole folder.
    func check(_ name: String) throws(DataError) {
        guard !skipsBad else {
            guard images.isEmpty else { return }
            throw DataError(
                name, "holds no image that can be used",
                lines: FaultLines.of(faults))
        }
        guard !faults.isEmpty else { return }
        let hidden = ImageListing.damaged(images.prefix(ImageListing.mostDecoded).map(\.path))
        throw ImageListing.error(name, faults + hidden)
    }

    /// The images of some whose pixels can't be read, and why.
    static func damaged(_ paths: [String]) -> [DataError] {
        paths.compactMap { path in
            do {
                _ = try PictureFile.read(path)
                return nil
            } catch {
                return error as? DataError
            }
        }
    }

    /// What is wrong with all of them, in one error.
    static func error(_ name: String, _ faults: [DataError]) -> DataError {
        if faults.count == 1 {
            return DataError(
                faults[0].file, faults[0].problem + " (--skip-bad leaves it out)",
                lines: faults[0].lines)
        }
        return DataError(
            name,
            "\(Format.grouped(faults.count)) files and folders can't be used; make them anew, move "
                + "them away, or leave them out: --skip-bad",
            lines: FaultLines.of(faults))
    }
}

/// Problems below a sentence, a line each, up to a number.
package enum FaultLines {
    private static let most = 20

    package static func of(_ faults: [DataError], indent: String = "  ") -> [String] {
        let shown = faults.prefix(most).map { "\(indent)\($0.description)" }
        let rest = faults.count - shown.count
        return shown + (rest > 0 ? ["\(indent)and \(Format.grouped(rest)) more"] : [])
    }
}
