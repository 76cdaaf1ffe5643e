import FTSupport

/// The size that most images have, and those that have another.
struct CommonSize {
    let width, height: Int
    /// The images of other sizes.
    let others: [(path: String, size: PictureSize)]
    private let count: Int
    /// An image of that size.
    private let example: String

    private struct Sides: Hashable {
        let width, height: Int
    }

    /// Of sizes that are equally frequent the one that is met first.
    init(_ images: [(path: String, size: PictureSize)]) {
        func sides(_ size: PictureSize) -> Sides { Sides(width: size.width, height: size.height) }
        let counts = Dictionary(images.map { (sides($0.size), 1) }, uniquingKeysWith: +)
        let most = counts.values.max() ?? 0
        let first = images.first { counts[sides($0.size)] == most }
        example = first?.path ?? ""
        (width, height) = (first?.size.width ?? 1, first?.size.height ?? 1)
        others = images.filter { [width, height] in
            $0.size.width != width || $0.size.height != height
        }
        count = images.count
    }

    /// As `--size` takes it.
    var form: String { "\(height)x\(width)" }

    /// Whether the others are at most a twentieth: rather mistakes than what images are like.
    var othersAreFew: Bool { others.count * 20 <= count }

    /// Which and how many have another size, for few of them.
    var note: String {
        let shown = others.prefix(3).map { "\($0.path) \($0.size.form)" }
        let more = others.count > 3 ? " and \(Format.grouped(others.count - 3)) more" : ""
        return "\(Format.grouped(others.count)) of \(Format.count(count, "picture")) "
            + (others.count == 1 ? "is another size" : "are other sizes")
            + " than \(form), \(shown.joined(separator: ", "))\(more)"
    }

    /// What to say where images must have one size; nil where they have.
    func error(_ folder: String) -> DataError? {
        guard let first = others.first else { return nil }
        let remedy =
            "make them alike with --size HEIGHTxWIDTH, as in --size \(height)x\(width)"
        func of(_ size: PictureSize) -> String { "\(size.form) pixels" }
        guard others.count > 1 else {
            return DataError(
                first.path,
                "has \(of(first.size)), and \(example) \(form); \(remedy) (1 of "
                    + "\(Format.count(count, "picture")) is another size)")
        }
        return DataError(
            folder,
            "\(Format.grouped(others.count)) of \(Format.count(count, "picture")) are other sizes "
                + "than \(form), the most frequent; \(remedy)",
            lines: FaultLines.of(others.map { DataError($0.path, "has \(of($0.size))") }))
    }
}

extension PictureSize {
    /// Height and width as `--size` takes them.
    var form: String { "\(height)x\(width)" }
}
