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
                : (size, "scaled from \(common.form); \(otherwise)")
        }
        let sides = images.map { min($0.size.width, $0.size.height) }.sorted()
        let side = min(usual, max(16, sides[sides.count / 2]))
        return ((side, side), "each scaled to cover that, for they differ; \(otherwise)")
    }
}
