/// A value of the standard library whose elements are searched for parameters.
///
/// These describe themselves to `Mirror`, so each says here what it holds. Other structs, enums
/// (`Result` too) and tuples are searched by their fields.
protocol MemberContainer {
    static var heldType: Any.Type { get }
    var heldMembers: [(name: String, value: Any)] { get }
}

/// A collection of the standard library that can't be searched: its elements have no lasting names.
protocol UnsearchedContainer {
    static var heldType: Any.Type { get }
    static var reason: String { get }
}

/// Whether values of a type can't hold a module. A million numbers or words are not looked at one
/// by one.
func isPlain<Value>(_ type: Value.Type) -> Bool {
    _isPOD(type) || type == String.self || type == Character.self || type == Substring.self
}

extension MemberContainer where Self: Collection {
    static var heldType: Any.Type { Element.self }

    /// The elements by their positions from 0.
    var heldMembers: [(name: String, value: Any)] {
        isPlain(Element.self) ? [] : enumerated().map { (String($0.offset), $0.element) }
    }
}

extension Array: MemberContainer {}
extension ArraySlice: MemberContainer {}
extension ContiguousArray: MemberContainer {}
extension CollectionOfOne: MemberContainer {}
extension Repeated: MemberContainer {}
extension Slice: MemberContainer {}
extension ReversedCollection: MemberContainer {}

extension InlineArray: MemberContainer {
    static var heldType: Any.Type { Element.self }

    var heldMembers: [(name: String, value: Any)] {
        isPlain(Element.self) ? [] : indices.map { (String($0), self[$0]) }
    }
}

extension Dictionary: MemberContainer {
    static var heldType: Any.Type { Value.self }

    var heldMembers: [(name: String, value: Any)] {
        if isPlain(Value.self) { return [] }
        // By key, for the order of a dictionary differs from run to run.
        return map { (String(describing: $0.key), $0.value) }.sorted { $0.0 < $1.0 }
    }
}

extension KeyValuePairs: MemberContainer {
    static var heldType: Any.Type { Value.self }

    var heldMembers: [(name: String, value: Any)] {
        isPlain(Value.self) ? [] : map { (String(describing: $0.key), $0.value) }
    }
}

extension Optional: MemberContainer {
    static var heldType: Any.Type { Wrapped.self }

    var heldMembers: [(name: String, value: Any)] { map { [("", $0)] } ?? [] }
}

extension Set: UnsearchedContainer {
    static var heldType: Any.Type { Element.self }
    static var reason: String { "have another order in each run" }
}

extension AnySequence: UnsearchedContainer {
    static var heldType: Any.Type { Element.self }
    static var reason: String { "may come only once" }
}

extension AnyCollection: UnsearchedContainer {
    static var heldType: Any.Type { Element.self }
    static var reason: String { "may be made anew each time" }
}
