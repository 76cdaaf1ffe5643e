import FTJSON
import FTSupport

extension Checker {
    /// Reports that another type or range was expected.
    mutating func unexpected(
        _ node: JSONNode, _ type: ConfigType, _ path: String
    ) -> ConfigValue? {
        var message = "expected \(type.expectation), found \(Self.found(node))"
        message += remedy(node, type, path)
        report(node.position, path, message)
        return nil
    }

    private func remedy(_ node: JSONNode, _ type: ConfigType, _ path: String) -> String {
        switch (type.kind, node.value) {
        case (.string(let allowed), .string(let value)):
            return suggestion(for: value, among: allowed).map { ". Did you mean \"\($0)\"?" }
                ?? ""
        case (.string(let allowed), .number(let number)) where allowed.isEmpty:
            return node.position.line == 0
                ? ". To give it as a string, write '\"\(number)\"'" : ". Put it in double quotes"
        case (.array(let element, _), .string(let value)) where element.takesWords:
            let words = value.split(separator: ",").map { $0.filter { !$0.isWhitespace } }
            let list = JSONValue.strings(words).text()
            return node.position.line == 0
                ? ". Write \(path)='\(list)'" : ". Write a list: \(list)"
        case (.perAxis(let element, _), _): return remedy(node, element, path)
        case (.integer, .string(let value)):
            return Int(value) == nil ? "" : ". Remove the quotes"
        case (.number, .string(let value)):
            return Double(value)?.isFinite == true ? ". Remove the quotes" : ""
        case (.integer, .number(let number)) where number.isWrittenAsInteger && number.int == nil:
            return JSONNumber.beyond(number.text) ?? ""
        case (.number, .number(let number)) where number.double.isInfinite:
            return ", which is too large for a double"
        case (.word(let word, _), .string(let value)):
            return suggestion(for: value, among: [word]).map { ". Did you mean \"\($0)\"?" } ?? ""
        case (.union(let name), .string(let value)):
            return schema[union: name]?[value] == nil ? "" : ". Write {\"type\": \"\(value)\"}"
        default: return ""
        }
    }

    /// Guessing takes time, and nobody reads so many guesses.
    var canSuggest: Bool { issues.count < 100 }

    func suggestion(for word: String, among candidates: [String]) -> String? {
        canSuggest ? Suggestion.nearest(to: word, among: candidates) : nil
    }

    /// A node in a few words: `the string "ten"`, `0`, `an object`.
    static func found(_ node: JSONNode) -> String {
        switch node.value {
        case .object: return "an object"
        case .array: return "an array"
        case .string(let value): return "the string \(value.jsonQuoted)"
        case .number(let number):
            return number.text.count <= 40 ? number.text : "\(number.text.prefix(40))…"
        case .bool(let value): return value ? "true" : "false"
        case .null: return "null"
        }
    }
}

extension ConfigType {
    /// Whether an element of this type may be a word.
    fileprivate var takesWords: Bool {
        switch kind {
        case .string, .union: true
        default: false
        }
    }
}
