import FTSupport

/// The size that images are made, where nobody says it.
package enum ImageSize {
    /// Longer sides make small networks slow and say little more.
    private static let longest = 96
    /// What larger ones are made, the longer side.
    private static let usual = 64

    /// A size for images, nil to leave them as they are, and why.
    package static func choose(
        _ images: [(path: String, size: PictureSize)]
    ) -> (size: (height: Int, width: Int)?, why: String) {
        let common = CommonSize(images)
        let otherwise = "--size HEIGHTxWIDTH says otherwise"
        if common.others.isEmpty || common.othersAreFew {
            let long = max(common.height, common.width)
            let isKept = long <= longest
            func side(_ old: Int) -> Int { max(1, (old * usual + long / 2) / long) }
            let size =
                isKept
                ? (common.height, common.width) : (side(common.height), side(common.width))
            if !common.others.isEmpty {
                return (size, "each scaled to cover that: \(common.note); \(otherwise)")
            }
            return isKept
                ? (nil, "as they are")
                : (size, "scaled from \(common.width)×\(common.height); \(otherwise)")
        }
        let sides = images.map { min($0.size.width, $0.size.height) }.sorted()
        let side = min(usual, max(16, sides[sides.count / 2]))
        return ((side, side), "each scaled to cover that, for they differ; \(otherwise)")
    }
}

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

    /// Whether the others are at most a twentieth: rather mistakes than what images are like.
    var othersAreFew: Bool { others.count * 20 <= count }

    /// Which and how many have another size, for few of them.
    var note: String {
        let shown = others.prefix(3).map { "\($0.path) \($0.size.width)×\($0.size.height)" }
        let more = others.count > 3 ? " and \(Format.grouped(others.count - 3)) more" : ""
        return "\(Format.grouped(others.count)) of \(Format.count(count, "picture")) "
            + (others.count == 1 ? "is another size" : "are other sizes")
            + " than \(width)×\(height), \(shown.joined(separator: ", "))\(more)"
    }

    /// What to say where images must have one size; nil where they have.
    func error(_ folder: String) -> DataError? {
        guard let first = others.first else { return nil }
        let remedy =
            "make them alike with --size HEIGHTxWIDTH, as in --size \(height)x\(width)"
        func of(_ size: PictureSize) -> String { "\(size.width)×\(size.height) pixels" }
        guard others.count > 1 else {
            return DataError(
                first.path,
                "has \(of(first.size)), and \(example) \(width)×\(height); \(remedy) (1 of "
                    + "\(Format.count(count, "picture")) is another size)")
        }
        return DataError(
            folder,
            "\(Format.grouped(others.count)) of \(Format.count(count, "picture")) are other sizes "
                + "than \(width)×\(height), the most frequent; \(remedy)",
            lines: FaultLines.of(others.map { DataError($0.path, "has \(of($0.size))") }))
    }
}
