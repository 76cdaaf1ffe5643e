// To see the fields of a type without a value of it, which Mirror needs.
@_spi(Reflection) internal import Swift
internal import Tensor

extension Inventory {
    /// Whether values of a type are parts of a module or may hold some: lists, structs and tuples
    /// are looked into; an enum whose cases carry something may hold anything.
    static func mayHoldParts(_ type: Any.Type) -> Bool {
        var seen: Set<ObjectIdentifier> = []
        var waiting = [type]
        while let next = waiting.popLast() {
            guard seen.insert(ObjectIdentifier(next)).inserted else { continue }
            if let container = next as? any MemberContainer.Type {
                waiting.append(container.heldType)
            } else if isPart(next) {
                return true
            } else if !isPlain(next) {
                switch kind(of: next) {
                case .enum: return true
                case .struct, .tuple: waiting += fieldTypes(of: next)
                default: break
                }
            }
        }
        return false
    }

    private static func isPart(_ type: Any.Type) -> Bool {
        type is Module.Type || type is Parameter.Type || type is Buffer.Type || type is Random.Type
    }

    private static func fieldTypes(of type: Any.Type) -> [Any.Type] {
        var types: [Any.Type] = []
        _ = _forEachField(of: type) { _, _, field, _ in
            types.append(field)
            return true
        }
        return types
    }

    private static func kind<Value>(of type: Value.Type) -> _MetadataKind {
        var kind = _MetadataKind.unknown
        _ = _forEachField(of: Holder<Value>.self) { _, _, _, found in
            kind = found
            return true
        }
        return kind
    }
}

/// A type whose only field is of the type to be looked at.
private struct Holder<Value> { let value: Value }
