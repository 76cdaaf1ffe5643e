/// Where an element stands in an array.
enum Places {
    /// The index along each axis of the element at a position in row-major order.
    static func indices(of position: Int, in shape: [Int]) -> [Int] {
        var rest = position
        let indices = shape.reversed().map { size in
            defer { rest /= max(size, 1) }
            return rest % max(size, 1)
        }
        return indices.reversed()
    }

    /// The same as people write it: `47`, or `[23, 1]` where there are several axes.
    static func text(of position: Int, in shape: [Int]) -> String {
        shape.count < 2 ? "\(position)" : "\(indices(of: position, in: shape))"
    }
}
