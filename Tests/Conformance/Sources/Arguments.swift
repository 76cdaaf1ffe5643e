import FakeTensor

/// Why a case can't be said in terms of the library.
struct Inexpressible: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}

/// What an operator is called with, by PyTorch's names of the parameters.
struct Arguments {
    private let values: [String: Value]
    let inputs: [Tensor]

    /// Keywords that don't bear on the result here, whoever has them.
    private static let idle: Set<String> = [
        "inplace", "memory_format", "device", "layout", "requires_grad", "pin_memory", "sparse",
        "sparse_grad", "size_average", "reduce", "non_blocking", "copy", "generator", "driver",
    ]

    /// Binds what the case passes to `input` and the parameters. A last one with a star takes the
    /// rest, be they given one by one or as a list.
    init(_ item: Case, parameters: [String], inputs: [Tensor]) throws {
        self.inputs = inputs
        let names = ["input"] + parameters
        var values: [String: Value] = [:]
        for (place, value) in item.args.enumerated() where !value.isNone {
            let name = names[min(place, names.count - 1)]
            if name.hasPrefix("*") {
                let rest = Array(item.args[place...])
                values[String(name.dropFirst())] =
                    rest.count == 1 && rest[0].elements != nil ? rest[0] : .list(rest)
                break
            }
            if place >= names.count { throw Inexpressible("argument \(place)") }
            values[name] = value
        }
        let known = Set(names.map { $0.hasPrefix("*") ? String($0.dropFirst()) : $0 })
        for (name, value) in item.kwargs where !value.isNone {
            if known.contains(name) {
                values[name] = value
            } else if !Arguments.idle.contains(name) {
                throw Inexpressible("argument \(name)")
            }
        }
        self.values = values
    }

    subscript(_ name: String) -> Value? { values[name] }

    func has(_ name: String) -> Bool { values[name] != nil }

    func isTensor(_ name: String) -> Bool {
        if case .tensor? = values[name] { true } else { false }
    }

    /// The first argument.
    var x: Tensor { get throws { try tensor("input") } }

    func tensor(_ name: String) throws -> Tensor {
        guard let found = try optionalTensor(name) else { throw Inexpressible("no \(name)") }
        return found
    }

    func optionalTensor(_ name: String) throws -> Tensor? {
        try values[name].map { try tensor($0, name) }
    }

    func tensor(_ value: Value, _ name: String) throws -> Tensor {
        switch value {
        case .tensor(let place): return inputs[place]
        case .other(let what): throw Inexpressible(what)
        default: throw Inexpressible("\(name) is no tensor")
        }
    }

    func tensors(_ name: String = "input") throws -> [Tensor] {
        guard let list = values[name]?.elements else { return [try tensor(name)] }
        return try list.map { try tensor($0, name) }
    }

    /// A number, whole or not.
    func scalar(_ name: String) throws -> Scalar? {
        switch values[name] {
        case .bool(let value): Scalar(value ? 1 : 0)
        case .int(let value): Scalar(value)
        case .float(let value): Scalar(value)
        case nil: nil
        default: throw Inexpressible("\(name) is no number")
        }
    }

    func number(_ name: String) throws -> Double? {
        switch values[name] {
        case .bool(let value): value ? 1 : 0
        case .int(let value): Double(value)
        case .float(let value): value
        case nil: nil
        default: throw Inexpressible("\(name) is no number")
        }
    }

    func int(_ name: String) throws -> Int? {
        switch values[name] {
        case .bool(let value): return value ? 1 : 0
        case .int(let value): return value
        case .tensor(let place) where inputs[place].count == 1 && inputs[place].dtype.isInteger:
            return inputs[place].item(as: Int.self)
        case nil: return nil
        default: throw Inexpressible("\(name) is no integer")
        }
    }

    func bool(_ name: String) throws -> Bool {
        switch values[name] {
        case .bool(let value): value
        case .int(let value): value != 0
        case nil: false
        default: throw Inexpressible("\(name) is no bool")
        }
    }

    func string(_ name: String) -> String? {
        if case .string(let word)? = values[name] { word } else { nil }
    }

    /// Integers: one, a list of them, or a tensor.
    func ints(_ name: String) throws -> [Int]? {
        switch values[name] {
        case .int(let value): return [value]
        case .tensor(let place) where inputs[place].dtype.isInteger:
            return inputs[place].values(as: Int.self)
        case .list(let list), .tuple(let list):
            return try list.map {
                guard case .int(let value) = $0 else { throw Inexpressible("\(name): no integers") }
                return value
            }
        case nil: return nil
        default: throw Inexpressible("\(name): no integers")
        }
    }

    /// The axes of a reduction; none are all.
    func axes(_ name: String = "dim") throws -> [Int]? {
        try ints(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    func dtype(_ name: String = "dtype") throws -> DType? {
        guard let word = string(name) else { return nil }
        guard let found = DType(name: word) else { throw Inexpressible("dtype \(word)") }
        return found
    }

    /// The argument, or what PyTorch takes where there is none.
    func int(_ name: String, or value: Int) throws -> Int { try int(name) ?? value }
    func number(_ name: String, or value: Double) throws -> Double { try number(name) ?? value }
    func scalar(_ name: String, or value: Int) throws -> Scalar {
        try scalar(name) ?? Scalar(value)
    }

    func require<T>(_ value: T?, _ name: String) throws -> T {
        guard let value else { throw Inexpressible("no \(name)") }
        return value
    }

    /// Trouble if the argument is there and isn't `value`.
    func only(_ name: String, _ value: Double) throws {
        if let found = try number(name), found != value { throw Inexpressible(name) }
    }
}
