public import FTJSON

extension ConfigSchema {
    /// The same rules as a JSON Schema (draft 2020-12), from which editors complete and check.
    public var jsonSchema: JSONValue {
        var schema: JSONObject = [
            "$schema": "https://json-schema.org/draft/2020-12/schema", "title": .string(title),
        ]
        schema.append(contentsOf: objectSchema(fields, first: ["$schema": ["type": "string"]]))
        var definitions = JSONObject()
        for union in unions { definitions.append(union.name, unionSchema(union)) }
        if !unions.isEmpty { schema.append("$defs", .object(definitions)) }
        return .object(schema)
    }

    private func objectSchema(
        _ fields: [Field], first: JSONObject = [:], requires: [String] = []
    ) -> JSONObject {
        var properties = first
        for field in fields { properties.append(field.name, fieldSchema(field)) }
        var schema: JSONObject = ["type": "object", "properties": .object(properties)]
        let required = requires + fields.filter(\.isRequired).map(\.name)
        if !required.isEmpty { schema.append("required", .strings(required)) }
        schema.append("additionalProperties", false)
        return schema
    }

    /// What a variant takes.
    package func variantSchema(_ variant: Variant) -> JSONValue {
        let type: JSONObject = ["type": ["const": .string(variant.name)]]
        var schema: JSONObject = ["description": .string(variant.summary)]
        schema.append(contentsOf: objectSchema(variant.fields, first: type, requires: ["type"]))
        return .object(schema)
    }

    /// What all variants of a union take, one of which there must be.
    package func unionSchema(_ union: Union) -> JSONValue {
        var choices = union.variants.map { variantSchema($0) }
        let bare = union.variants.filter { !$0.fields.contains(where: \.isRequired) }
        if union.allowsShorthand, !bare.isEmpty {
            choices.append(["enum": .strings(bare.map(\.name))])
        }
        return ["oneOf": .array(choices)]
    }

    private func fieldSchema(_ field: Field) -> JSONValue {
        var schema: JSONObject = ["description": .string(field.doc)]
        var rules = typeSchema(field.type)
        if case .optional = field.presence { rules = nullable(rules) }
        if field.takesNull { rules = nullable(rules) }
        schema.append(contentsOf: rules)
        if case .defaulted(let value) = field.presence { schema.append("default", value) }
        return .object(schema)
    }

    private func nullable(_ rules: JSONObject) -> JSONObject {
        var rules = rules
        guard let type = rules["type"], rules["properties"] == nil else {
            return ["anyOf": [.object(rules), ["type": "null"]]]
        }
        rules["type"] = [type, "null"]
        if case .array(let allowed)? = rules["enum"] { rules["enum"] = .array(allowed + [.null]) }
        return rules
    }

    private func typeSchema(_ type: ConfigType) -> JSONObject {
        switch type.kind {
        case .integer(let bounds):
            return limits("integer", [("minimum", bounds.min), ("maximum", bounds.max)])
        case .number(let bounds):
            var schema: JSONObject = ["type": "number"]
            let ends = [
                ("minimum", bounds.min), ("exclusiveMinimum", bounds.above),
                ("maximum", bounds.max), ("exclusiveMaximum", bounds.below),
            ]
            for (key, end) in ends {
                if let end {
                    schema.append(key, Int(exactly: end).map { .int($0) } ?? .double(end))
                }
            }
            return schema
        case .bool: return ["type": "boolean"]
        case .string(let allowed):
            return allowed.isEmpty
                ? ["type": "string"] : ["type": "string", "enum": .strings(allowed)]
        case .array(let element, let count):
            var schema = limits("array", [("minItems", count.min), ("maxItems", count.max)])
            schema.append("items", .object(typeSchema(element)))
            return schema
        case .object(let fields): return objectSchema(fields)
        case .union(let name): return ["$ref": "#/$defs/\(name)"]
        case .word(let word, let other):
            return ["anyOf": [["const": .string(word)], .object(typeSchema(other))]]
        case .nameOr(let number):
            return ["anyOf": [.object(typeSchema(number)), ["type": "string", "minLength": 1]]]
        case .perAxis(let element, let count):
            let array = ConfigType.array(of: element, minCount: count.min, maxCount: count.max)
            return ["anyOf": [.object(typeSchema(element)), .object(typeSchema(array))]]
        case .named(let element):
            let one = JSONValue.object(typeSchema(element))
            return [
                "anyOf": [
                    one, ["type": "object", "additionalProperties": one, "minProperties": 1],
                ]
            ]
        }
    }

    private func limits(_ type: String, _ limits: [(key: String, value: Int?)]) -> JSONObject {
        var schema: JSONObject = ["type": .string(type)]
        for limit in limits {
            if let value = limit.value { schema.append(limit.key, .int(value)) }
        }
        return schema
    }
}
