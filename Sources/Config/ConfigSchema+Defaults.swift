package import FTJSON

extension ConfigSchema {
    /// The paths at which a config has what it would have if nothing stood there.
    package func defaults(in config: JSONValue) -> [String] {
        var found: [String] = []
        var open: [(path: String, value: JSONValue, type: ConfigType)] = [
            ("", config, .object(fields))
        ]
        func look(at object: JSONObject, _ fields: [Field], _ path: String) {
            for field in fields {
                let inner = ConfigPath.join(path, key: field.name)
                guard let value = object[field.name] else { continue }
                if field.isUsual(value) { found.append(inner) }
                open.append((inner, value, field.type))
            }
        }
        while let (path, value, type) = open.popLast() {
            switch (type.kind, value) {
            case (.object(let fields), .object(let object)): look(at: object, fields, path)
            case (.union(let name), .object(let object)):
                guard case .string(let kind)? = object["type"],
                    let variant = self[union: name]?[kind]
                else { continue }
                look(at: object, variant.fields, path)
            case (.array(let element, _), .array(let elements)):
                open += elements.enumerated().map {
                    (ConfigPath.join(path, index: $0.offset), $0.element, element)
                }
            default: continue
            }
        }
        return found
    }
}

extension Field {
    /// Whether a value is what the key has where it isn't given.
    fileprivate func isUsual(_ value: JSONValue) -> Bool {
        switch presence {
        case .defaulted(let usual): value == usual
        case .optional: value == .null
        case .required: false
        }
    }
}
