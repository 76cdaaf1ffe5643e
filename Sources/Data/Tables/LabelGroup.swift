import FTSupport

/// What the columns are taken for that are predicted together.
enum LabelGroup {
    /// What each label is: one is what its cells are; of several all are quantities, or all one of
    /// two classes.
    ///
    /// - Parameter refused: is given the labels where they are neither.
    static func kinds(
        _ names: [String], _ tables: [Table], _ options: TableOptions,
        _ refused: inout RefusedColumns
    ) -> [(name: String, kind: LabelEncoding.Kind)] {
        let found = names.map { name in
            Label(name, tables.compactMap { $0.column(name) }, options)
        }
        guard found.count > 1 else { return found.map { ($0.name, $0.kind) } }
        if found.allSatisfy(\.isAnswer) { return found.map { ($0.name, .answers) } }
        if found.allSatisfy(\.isNumber) { return found.map { ($0.name, .numbers) } }
        // Dates have a sentence of their own.
        if !found.contains(where: \.areDates) {
            refused.add(names[0], problem(found))
            for name in names.dropFirst() { refused.skip(name) }
        }
        return found.map { ($0.name, $0.kind) }
    }

    private struct Label {
        let name: String
        let kind: LabelEncoding.Kind
        /// How many different words or numbers it holds, as far as that matters.
        let different: Int
        let areDates: Bool
        private let isSaid: Bool
        private let isOfSeveral: Bool

        init(_ name: String, _ columns: [TableColumn], _ options: TableOptions) {
            self.name = name
            kind = ColumnGuess.label(columns, options.types[name], options)
            isSaid = options.types[name] == .number
            isOfSeveral = columns.count > 1
            areDates =
                !options.labelsAreWords && [nil, .date].contains(options.types[name])
                && ForeignForm.problem(ofLabel: name, columns) != nil
            var texts: Set<String> = []
            for column in columns {
                for row in 0..<column.count where texts.count <= LabelGroup.most {
                    if let text = column.text(row) { texts.insert(text) }
                }
            }
            different = texts.count
        }

        /// Whole numbers, of which a table has two, may be classes; others are quantities.
        var isAnswer: Bool { different == 2 && !isSaid && kind != .numbers }
        var isNumber: Bool { !kind.isOfWords }

        var words: String {
            let name = "'\(name.escapedForDisplay(limit: 30))'"
            guard kind.isOfWords else { return "\(name) holds numbers" }
            let count =
                different > LabelGroup.most ? "more than \(LabelGroup.most)" : "\(different)"
            return "\(name) holds \(count) different \(different == 1 ? "word" : "words")"
                + (isOfSeveral ? " in all files" : "")
        }
    }

    private static let most = 1000

    private static func problem(_ labels: [Label]) -> String {
        let shown = labels.prefix(6).map(\.words).joined(separator: ", ")
        let more = labels.count > 6 ? ", and \(labels.count - 6) more" : ""
        return "labels are predicted together where all are numbers, or each is one of two words; "
            + "\(shown)\(more). Name those of one kind with --label, and make a run of each other one"
    }
}
