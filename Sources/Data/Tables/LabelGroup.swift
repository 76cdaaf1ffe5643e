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
            Label(name, tables, options)
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
        /// The first file, where there are others; empty else.
        private let file: String

        init(_ name: String, _ tables: [Table], _ options: TableOptions) {
            let columns = tables.compactMap { $0.column(name) }
            self.name = name
            kind = ColumnGuess.label(columns, options.types[name], options)
            isSaid = options.types[name] == .number
            file = tables.count > 1 ? tables[0].path : ""
            areDates =
                !options.labelsAreWords && [nil, .date].contains(options.types[name])
                && ForeignForm.problem(ofLabel: name, columns) != nil
            var texts: Set<String> = []
            // Words that others hold alone are told by themselves.
            if let column = columns.first {
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
                + (file.isEmpty ? "" : " in \(file)")
        }
    }

    private static let most = 1000

    /// What those runs would be; empty where they are many.
    private static func runs(_ labels: [Label]) -> String {
        let useful = labels.filter { $0.different > 1 }
        let answers = useful.filter(\.isAnswer)
        let numbers = useful.filter { !$0.isAnswer && $0.isNumber }
        let words = useful.filter { !$0.isAnswer && !$0.isNumber }.map { [$0] }
        let lists = ([answers, numbers] + words).filter { !$0.isEmpty }.map { group in
            ColumnOption.label(group.map(\.name))
        }
        return labels.count > 6 || lists.isEmpty ? "" : ": \(lists.joined(separator: "; "))"
    }

    private static func problem(_ labels: [Label]) -> String {
        let shown = labels.prefix(6).map(\.words).joined(separator: ", ")
        let more = labels.count > 6 ? ", and \(labels.count - 6) more" : ""
        return "labels are predicted together where all are numbers, or each is one of two words; "
            + "\(shown)\(more). Name those of one kind with --label, and make a run of each other one"
            + runs(labels)
    }
}
