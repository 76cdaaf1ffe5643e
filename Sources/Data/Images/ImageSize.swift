/// The size that images are made, where nobody says it.
package enum ImageSize {
    /// Longer sides make small networks slow and say little more.
    private static let longest = 96
    /// What larger ones are made, the longer side.
    private static let usual = 64

    /// A size for images of such sizes, nil to leave them as they are, and why.
    package static func choose(
        _ sizes: [PictureSize]
    ) -> (size: (height: Int, width: Int)?, why: String) {
        let first = sizes[0]
        guard sizes.contains(where: { $0.width != first.width || $0.height != first.height }) else {
            let long = max(first.width, first.height)
            guard long > longest else { return (nil, "as they are") }
            func side(_ old: Int) -> Int { max(1, (old * usual + long / 2) / long) }
            return (
                (side(first.height), side(first.width)),
                "scaled from \(first.width)×\(first.height); --size HEIGHTxWIDTH says otherwise"
            )
        }
        let sides = sizes.map { min($0.width, $0.height) }.sorted()
        let side = min(usual, max(16, sides[sides.count / 2]))
        return (
            (side, side),
            "each scaled to cover that, for they differ; --size HEIGHTxWIDTH says otherwise"
        )
    }
}
