public import FTJSON

extension ConfigValue {
    /// The effective config: every key with its value, in the order of the schema. Optional keys
    /// that are not set are null. Reading it again gives the same config.
    public var effective: JSONValue {
        switch content {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int(let value): .int(value)
        case .double(let value): .double(value)
        case .string(let value): .string(value)
        case .array(let values): .array(values.map(\.effective))
        case .object(let variant, let members): .object(Self.object(variant, members))
        }
    }

    private static func object(_ variant: String?, _ members: [Member]) -> JSONObject {
        var object = JSONObject()
        if let variant { object.append("type", .string(variant)) }
        for member in members { object.append(member.key, member.value.effective) }
        return object
    }
}
