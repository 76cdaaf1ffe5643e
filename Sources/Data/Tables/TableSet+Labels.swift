import FTSupport

extension TableSet {
    /// The columns to predict: several where an option lists them.
    static func labelNames(_ table: Table, _ options: TableOptions) throws -> [String] {
        let names = table.names
        switch options.label {
        case .none: return []
        case .first: return [names[0]]
        case .last: return [names[names.count - 1]]
        case .index(let index):
            guard names.indices.contains(index) else {
                throw DataError(
                    table.path,
                    "there is no column \(index); the columns are 0 to \(names.count - 1)")
            }
            if let place = names.firstIndex(of: "\(index)"), place != index {
                throw DataError(
                    table.path,
                    "--label \(index) may be the column called '\(index)' or column \(index) from "
                        + "0, '\(names[index])'; name one: "
                        + "\(ColumnOption.label(["\(index)"])) or "
                        + ColumnOption.label([names[index]]))
            }
            return [names[index]]
        case .name(let text): return try list(of: text, table)
        }
    }

    /// The columns that a list names; one whose name has a comma itself may stand without quotes
    /// where it is the only one.
    private static func list(of text: String, _ table: Table) throws -> [String] {
        if table.names.contains(text) { return [text] }
        guard let items = QuotedList.read(text) else {
            throw DataError(
                table.path, "--label \(text): a quote isn't closed; write --label '\"a,b\",c'")
        }
        guard items.count > 1 else {
            let name = items.first?.text ?? text
            try checkName(name, table)
            return [name]
        }
        let parts = items.map(\.text)
        let places = items.map { $0.isQuoted ? nil : Int($0.text) }
        let isOfPlaces =
            parts.allSatisfy { !table.names.contains($0) }
            && places.allSatisfy { $0.map(table.names.indices.contains) ?? false }
        if isOfPlaces {
            let named = places.compactMap { $0.map { table.names[$0] } }
            throw DataError(
                table.path,
                "--label \(text): several labels are named, not counted; those columns from 0 on "
                    + "are \(ColumnOption.label(named))")
        }
        for part in parts { try checkName(part, table) }
        if let twice = parts.first(where: { part in parts.count { $0 == part } > 1 }) {
            throw DataError(table.path, "--label names '\(twice)' twice; name it once")
        }
        return parts
    }

    static func checkName(_ name: String, _ table: Table) throws {
        if table.names.contains(name) { return }
        let listed = "there are " + table.names.prefix(12).joined(separator: ", ")
        var near = Suggestion.nearest(to: name, among: table.names).map { "did you mean '\($0)'?" }
        if let place = Int(name), table.names.indices.contains(place) {
            near = "columns are named; number \(place) from 0 is '\(table.names[place])'"
        } else if table.names.contains(where: { $0.contains(",") && $0.contains(name) }) {
            near = "a name with a comma stands in quotes: '\"a,b\",c'"
        }
        let header = table.hasHeader ? "" : "; if the first row names them, say --header yes"
        throw DataError(table.path, "there is no column '\(name)'; \(near ?? listed)\(header)")
    }

    /// Throws where a label is said to be what none can be.
    static func checkTypes(ofLabels labels: [String], _ table: Table, _ options: TableOptions)
        throws
    {
        func columns(_ label: String) -> [TableColumn] { [table.column(label)].compactMap(\.self) }
        for label in labels {
            let name = label.escapedForDisplay(limit: 30)
            switch options.types[label] {
            case .skip:
                throw DataError(
                    table.path,
                    "--types \(name)=skip: '\(name)' is what is to be predicted; name another column "
                        + "with --label, or leave it out of --types")
            case .id:
                throw DataError(
                    table.path,
                    "--types \(name)=id: '\(name)' is what is to be predicted, and what tells rows "
                        + "apart can't be; name another column with --label")
            case .date where ForeignForm.problem(ofLabel: label, columns(label)) == nil:
                throw DataError(
                    table.path,
                    "--types \(name)=date: '\(name)' is what is to be predicted, and dates can't be; "
                        + "write numbers, such as days since some day, or name another column with "
                        + "--label")
            default: continue
            }
        }
    }
}
