import FTJSON

/// Why a `key=value` argument cannot be applied.
struct OverrideProblem: Error {
    let path: String
    let message: String
}

/// One `key=value` argument: a path such as `model.layers.0.units` or `model.layers[0].units`, and
/// a value that is JSON or else a string.
struct Override {
    let steps: [String]
    let value: JSONNode
    /// Stands for the argument in messages: line 0, and the number of the argument.
    private let place: JSONPosition

    /// Splits the argument at its first `=`.
    init(_ argument: String, at place: JSONPosition) throws(OverrideProblem) {
        guard let split = argument.firstIndex(of: "=") else {
            let message = "\(argument.jsonQuoted) has no '='. Write key=value"
            throw OverrideProblem(path: "", message: message)
        }
        let path = argument[..<split]
        let text = String(argument[argument.index(after: split)...])
        steps = Self.steps(path)
        let maximum = 32
        if steps.contains("") || steps.count > maximum {
            let message =
                steps.count > maximum
                ? "a key path of more than \(maximum) parts"
                : "\(argument.jsonQuoted) has an empty key. Write key=value or outer.key=value"
            throw OverrideProblem(path: "", message: message)
        }
        self.place = place
        value = Self.moved(try Self.value(text, String(path)), to: place)
    }

    /// JSON, or the text itself where it is a word; what begins as JSON and isn't any is no word.
    private static func value(_ text: String, _ path: String) throws(OverrideProblem) -> JSONNode {
        do throws(JSONError) {
            let options = JSONParsingOptions(maximumDepth: 64, allowsDuplicateKeys: true)
            return try JSONNode(parsing: text, options: options)
        } catch {
            guard let first = text.first else { return JSONNode(.string(text)) }
            let isNumber = "+-.0123456789".contains(first) && Double(text) != nil
            guard "{[\"".contains(first) || isNumber else { return JSONNode(.string(text)) }
            let string = "or write '\(text.jsonQuoted)' for a string"
            let message =
                isNumber
                ? "\(text) is not how JSON writes a number; write 0.1, 1 or -1, say, \(string)"
                : "the value is not JSON: \(error.message) (at its column \(error.column)); "
                    + "correct it, \(string)"
            throw OverrideProblem(path: path, message: message)
        }
    }

    /// `a.b[0].c` and `a.b.0.c` are the same path.
    private static func steps(_ path: Substring) -> [String] {
        path.split(separator: ".", omittingEmptySubsequences: false).flatMap { part -> [String] in
            guard part.last == "]", let open = part.firstIndex(of: "[") else {
                return [String(part)]
            }
            let indices = part[part.index(after: open)...].dropLast()
            return [String(part[..<open])]
                + indices.split(separator: "][", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// The positions in the argument's own text would be taken for places in the file.
    private static func moved(_ node: JSONNode, to place: JSONPosition) -> JSONNode {
        switch node.value {
        case .array(let elements):
            JSONNode(.array(elements.map { moved($0, to: place) }), at: place)
        case .object(let members):
            JSONNode(.object(members.map { moved($0, to: place) }), at: place)
        default: JSONNode(node.value, at: place)
        }
    }

    private static func moved(
        _ member: JSONNode.Member, to place: JSONPosition
    ) -> JSONNode.Member {
        JSONNode.Member(key: member.key, at: place, moved(member.node, to: place))
    }

    /// Sets the value in the tree; objects that are missing on the way are created.
    ///
    /// - Parameter words: those that stand for an object of that type where one is expected.
    func apply(
        to root: inout JSONNode, words: Set<String> = []
    ) throws(OverrideProblem) {
        try set(&root, steps[...], path: "", words)
    }

    private func set(
        _ node: inout JSONNode, _ steps: ArraySlice<String>, path: String,
        _ words: Set<String>
    ) throws(OverrideProblem) {
        guard let step = steps.first else {
            node = value
            return
        }
        switch node.value {
        case .object(var members):
            let index = members.firstIndex { $0.key == step } ?? members.count
            if index == members.count {
                members.append(JSONNode.Member(key: step, at: place, JSONNode(.null)))
            }
            // The tree must not share the members while they change, or each level is copied.
            node.value = .null
            defer { node.value = .object(members) }
            let inner = ConfigPath.join(path, key: step)
            try set(&members[index].node, steps.dropFirst(), path: inner, words)
        case .array(var elements):
            let index = try index(step, count: elements.count, path)
            node.value = .null
            defer { node.value = .array(elements) }
            let inner = ConfigPath.join(path, index: index)
            try set(&elements[index], steps.dropFirst(), path: inner, words)
        case .null:
            node = JSONNode(.object([]), at: place)
            try set(&node, steps, path: path, words)
        default:
            let found = Checker.found(node)
            var message = "cannot set \(step.jsonQuoted) in it, for it is \(found), not an object"
            if steps.count == 1, case .string(let word) = node.value, words.contains(word) {
                var object: JSONObject = ["type": .string(word)]
                object[step] = JSONValue(value)
                message += ". Write \(path)='\(JSONValue.object(object).text())'"
            }
            throw OverrideProblem(path: path, message: message)
        }
    }

    private func index(
        _ step: String, count: Int, _ path: String
    ) throws(OverrideProblem) -> Int {
        if let index = Int(step), (0..<count).contains(index) { return index }
        let range = count == 0 ? "is empty" : "takes an index from 0 to \(count - 1)"
        let isBeyond = Int(step).map { $0 >= count } ?? false
        let remedy =
            isBeyond ? ". Add elements in the file, or give the whole list: \(path)='[…]'" : ""
        let message = "the array \(range), found \(step.jsonQuoted)" + remedy
        throw OverrideProblem(path: path, message: message)
    }
}
