import Tensor

/// Rows cut in two at random.
package enum Partition {
    /// The rows 0..<count in two parts, both in order, the second being the given share.
    ///
    /// - Parameters:
    ///   - groups: the group of each row; each is cut by the same share, as nearly as whole rows
    ///     can be, and the first part has a row of each. nil for one group.
    ///   - seed: what the choice is drawn from.
    package static func rows(
        _ count: Int, share: Double, groups: [Int]? = nil, seed: UInt64
    ) -> (first: [Int], second: [Int]) {
        var members: [Int: [Int]] = [:]
        for row in Random(seed: seed).fork("split").permutation(count) {
            members[groups?[row] ?? 0, default: []].append(row)
        }
        var second: [Int] = []
        var (wanted, taken) = (0.0, 0)
        for group in members.keys.sorted() {
            let rows = members[group] ?? []
            // What rounding took from one group goes to the next.
            wanted += Double(rows.count) * share
            var size = min(max(Int(wanted.rounded()) - taken, 0), rows.count)
            if size == 0, rows.count > 1, share * Double(rows.count) >= 0.5 { size = 1 }
            // Nothing is learned of a group that the first part has no row of.
            if groups != nil { size = min(size, rows.count - 1) }
            second += rows.prefix(size)
            taken += size
        }
        let chosen = Set(second)
        return ((0..<count).filter { !chosen.contains($0) }, second.sorted())
    }

    /// The fold, from 0, of each of the rows 0..<count: folds differ by one row at most, in all and
    /// of each group.
    ///
    /// - Parameters:
    ///   - groups: the group of each row; nil for one group.
    ///   - seed: what the choice is drawn from.
    package static func folds(
        _ count: Int, of folds: Int, groups: [Int]? = nil, seed: UInt64
    ) -> [Int] {
        let order = Random(seed: seed).fork("split").permutation(count)
        // Sorting by group keeps the random order within each.
        let dealt = groups.map { groups in
            order.enumerated().sorted {
                (groups[$0.element], $0.offset) < (groups[$1.element], $1.offset)
            }.map(\.element)
        }
        var result = [Int](repeating: 0, count: count)
        for (place, row) in (dealt ?? order).enumerated() { result[row] = place % folds }
        return result
    }
}
