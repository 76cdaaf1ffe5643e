import NN
import Synchronization
import Tensor
import Testing

private func parameter(_ count: Int) -> Parameter { Parameter(.full([count], 1)) }

private struct Pair { let scale = parameter(1) }

private protocol Holding {}
extension Pair: Holding {}

private enum Choice {
    case one(Parameter)
    case named(scale: Parameter, [Parameter])
}

/// A module whose one property holds a value of any type.
private final class Holder<Value>: Module {
    let held: Value
    init(_ held: Value) { self.held = held }
}

private final class Locked: Module {
    let lock = Mutex(0)
    let scale = parameter(1)
}

private final class Item: Module, Hashable {
    let scale = parameter(1)
    static func == (a: Item, b: Item) -> Bool { a === b }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

private func names<Value>(_ held: Value) -> [String] {
    Holder(held).namedParameters.map(\.name)
}

@Suite("Parameters in containers")
struct ContainerTests {
    @Test("are found in every ordered collection, by position")
    func ordered() {
        let list = [parameter(1), parameter(2)]
        let expected = ["held.0", "held.1"]
        #expect(names(list) == expected)
        #expect(names(list[...]) == expected)
        #expect(names([parameter(3)].dropFirst() + list[1...]) == ["held.0"])
        #expect(names(ContiguousArray(list)) == expected)
        #expect(names(ContiguousArray(list)[...]) == expected)
        #expect(names(CollectionOfOne(list[0])) == ["held.0"])
        #expect(names(repeatElement(list[0], count: 2)) == ["held.0"])
        #expect(names(list.reversed() as ReversedCollection) == expected)
        #expect(names(Slice(base: list, bounds: 0..<2)) == expected)
        let inline: InlineArray<2, Parameter> = [list[0], list[1]]
        #expect(names(inline) == expected)
        #expect(names([list[...], []]) == ["held.0.0", "held.0.1"])
    }

    @Test("are found in dictionaries, by key")
    func keyed() {
        #expect(names(["b": parameter(1), "a": parameter(2)]) == ["held.a", "held.b"])
        let pairs: KeyValuePairs = ["b": parameter(1), "a": parameter(2)]
        #expect(names(pairs) == ["held.b", "held.a"])
    }

    @Test("are found in optionals, tuples, structs, enums, results and behind protocols")
    func others() {
        #expect(names(Optional(parameter(1))) == ["held"])
        #expect(names(Optional(Optional(parameter(1)))) == ["held"])
        #expect(names((left: parameter(1), parameter(2))) == ["held.left", "held.1"])
        #expect(names(Pair()) == ["held.scale"])
        #expect(names(Choice.one(parameter(1))) == ["held.one"])
        let named = Choice.named(scale: parameter(1), [parameter(2)])
        #expect(names(named) == ["held.named.scale", "held.named.1.0"])
        #expect(names(Result<Parameter, any Error>.success(parameter(1))) == ["held.success"])
        #expect(names(Pair() as any Holding) == ["held.scale"])
        #expect(names([Pair(), 1, "a"] as [Any]) == ["held.0.scale"])
        #expect(names(Set([1, 2])).isEmpty && names(AnySequence([1])).isEmpty)
        #expect(names("a"[...]).isEmpty && names(0..<Int.max).isEmpty)
        #expect(Locked().namedParameters.map(\.name) == ["scale"])
    }

    @Test("are not passed over in silence where they have no lasting names")
    func unsearched() async {
        let set = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Holder(Set([Item()])).parameters }
        #expect(
            set.contains(
                "Holder<Set<Item>>: 'held' is a Set<Item>, whose elements have another order"))
        let sequence = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) { _ = Holder(AnySequence([Item()])).parameters }
        #expect(sequence.contains("whose elements may come only once"))
        #expect(sequence.contains("(keep it in an array)"))
    }
}

extension Optional where Wrapped == ExitTest.Result {
    fileprivate func contains(_ sentence: String) -> Bool {
        String(decoding: self?.standardErrorContent ?? [], as: UTF8.self).contains(sentence)
    }
}
