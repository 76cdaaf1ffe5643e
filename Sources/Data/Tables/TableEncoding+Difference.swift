import FTSupport

extension TableEncoding {
    /// How rows become other numbers by another encoding, as the first thing that differs; nil where
    /// they become the same.
    ///
    /// - Parameter name: whose the other is, as in "the model's".
    package func difference(from other: TableEncoding, called name: String) -> String? {
        let (own, others) = (columns.filter(\.isInput), other.columns.filter(\.isInput))
        for (mine, its) in zip(own, others) {
            let text = mine.name.escapedForDisplay(limit: 30)
            if mine.name != its.name {
                return "column '\(text)' stands where \(name) has "
                    + "'\(its.name.escapedForDisplay(limit: 30))'"
            }
            if mine.kind != its.kind {
                return "column '\(text)' is a \(mine.kind.rawValue), \(name) a \(its.kind.rawValue)"
            }
            if mine.order != its.order {
                return "column '\(text)' has days and months in another order than \(name)"
            }
            if mine.hasTimes != its.hasTimes {
                return "column '\(text)' has inputs for the time of day, "
                    + (mine.hasTimes ? "\(name) none" : "of \(name) alone")
            }
            if mine.categories != its.categories {
                return "column '\(text)' has other words than \(name)"
            }
            if let scaling = TableEncoding.scaling(
                (mine.mean, mine.deviation), (its.mean, its.deviation), name)
            {
                return "column '\(text)' \(scaling)"
            }
        }
        if own.count != others.count {
            return "it has \(Format.count(own.count, "column")), \(name) \(others.count)"
        }
        for (mine, its) in zip(labels, other.labels)
        where mine.kind == .numbers && its.kind == .numbers {
            let found = TableEncoding.scaling(
                (mine.mean, mine.deviation), (its.mean, its.deviation), name)
            if let found {
                return "the label '\(mine.name.escapedForDisplay(limit: 30))' \(found)"
            }
        }
        return nil
    }

    private static func scaling(
        _ own: (mean: Double, deviation: Double), _ other: (mean: Double, deviation: Double),
        _ name: String
    ) -> String? {
        guard own != other else { return nil }
        func text(_ scaling: (mean: Double, deviation: Double)) -> String {
            "(x − \(Format.short(scaling.mean))) / \(Format.short(scaling.deviation))"
        }
        return "is \(text(own)), \(name) \(text(other))"
    }
}

extension ColumnEncoding {
    fileprivate var isInput: Bool { ![.id, .skip].contains(kind) }
}
