import FTSupport

/// Options that say something of columns, as a person may paste them into a shell.
package enum ColumnOption {
    /// `--types NAME=KIND` of one column.
    package static func types(_ name: String, _ kind: ColumnKind) -> String {
        types([name], kind)
    }

    /// `--types NAME=KIND,NAME=KIND`.
    package static func types(_ names: [String], _ kind: ColumnKind) -> String {
        let items = names.map { "\(QuotedList.item($0))=\(kind.rawValue)" }
        return "--types \(items.joined(separator: ",").shellWord)"
    }

    /// `--label NAME,NAME`. A name that would stand for a place is in quotes.
    static func label(_ names: [String]) -> String {
        let items = names.map { name in
            Int(name) != nil || ["first", "last", "none"].contains(name)
                ? "\"\(name)\"" : QuotedList.item(name)
        }
        return "--label \(items.joined(separator: ",").shellWord)"
    }
}
