import FTJSON

// An object in which every default is written out, as a run keeps them, says more than somebody
// chose. Where its `type` becomes another one, what was only the default of the old one makes room
// for the new one's.
extension Checker {
    /// Removes from the object whose type an override changes what stands there by default.
    mutating func forgetDefaults(_ override: Override, in root: inout JSONNode) {
        guard override.steps.last == "type", let new = override.value.string else { return }
        forget(new, &root, .object(schema.fields), override.steps.dropLast()[...])
    }

    private mutating func forget(
        _ new: String, _ node: inout JSONNode, _ type: ConfigType, _ steps: ArraySlice<String>
    ) {
        guard let step = steps.first else { return removeDefaults(new, &node, type) }
        switch node.value {
        case .object(var members):
            guard let index = members.firstIndex(where: { $0.key == step }),
                let inner = field(step, of: type, node)
            else { return }
            forget(new, &members[index].node, inner, steps.dropFirst())
            node.value = .object(members)
        case .array(var elements):
            guard case .array(let inner, _) = type.kind, let index = Int(step),
                elements.indices.contains(index)
            else { return }
            forget(new, &elements[index], inner, steps.dropFirst())
            node.value = .array(elements)
        default: return
        }
    }

    /// What may stand at a key of an object.
    private func field(_ key: String, of type: ConfigType, _ node: JSONNode) -> ConfigType? {
        switch type.kind {
        case .object(let fields): fields.first { $0.name == key }?.type
        case .named(let element): element
        case .union(let name):
            node["type"]?.string.flatMap { schema[union: name]?[$0] }?.fields
                .first { $0.name == key }?.type
        default: nil
        }
    }

    private mutating func removeDefaults(
        _ new: String, _ node: inout JSONNode, _ type: ConfigType
    ) {
        guard case .union(let name) = type.kind, let union = schema[union: name],
            let members = node.members, let old = node["type"]?.string, old != new,
            let fields = union[old]?.fields, let others = union[new]?.fields,
            fields.allSatisfy({ field in members.contains { $0.key == field.name } })
        else { return }
        let needed = Set(others.filter(\.isRequired).map(\.name))
        node.value = .object(
            members.filter { member in
                guard let field = fields.first(where: { $0.name == member.key }) else {
                    return true
                }
                return needed.contains(member.key) || !isDefault(member.node, of: field)
            })
    }

    /// Whether a value is what would be there without it.
    private func isDefault(_ node: JSONNode, of field: Field) -> Bool {
        switch field.presence {
        case .required: return false
        case .optional: return node.isNull
        case .defaulted(let value):
            var checker = Checker(schema: schema, file: file)
            let given = checker.check(node, as: field.type, at: "")
            let standard = checker.check(JSONNode(copying: value), as: field.type, at: "")
            return given != nil && given?.effective == standard?.effective
        }
    }
}
