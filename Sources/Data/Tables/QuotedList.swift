/// Lists as an option of a command line names them: items between commas, one that has a comma itself
/// in quotes as in CSV, `"a,b",c`.
package enum QuotedList {
    /// The items without their quotes, and whether each had any; nil where a quote isn't closed.
    package static func read(_ text: String) -> [(text: String, isQuoted: Bool)]? {
        var items: [(text: String, isQuoted: Bool)] = []
        var (item, isQuoted, isOpen) = ("", false, false)
        var rest = Substring(text)
        while let character = rest.popFirst() {
            if isOpen, character == "\"" {
                isOpen = rest.first == "\""
                if isOpen, let quote = rest.popFirst() { item.append(quote) }
            } else if isOpen {
                item.append(character)
            } else if character == "\"", item.isEmpty {
                (isOpen, isQuoted) = (true, true)
            } else if character == "," {
                items.append((item, isQuoted))
                (item, isQuoted) = ("", false)
            } else {
                item.append(character)
            }
        }
        if isOpen { return nil }
        return (items + [(item, isQuoted)]).filter { !$0.text.isEmpty || $0.isQuoted }
    }

    /// An item as such a list names it.
    package static func item(_ text: String) -> String {
        guard text.contains(",") || text.hasPrefix("\"") else { return text }
        return "\"\(text.replacing("\"", with: "\"\""))\""
    }
}
