/// An argument as the generator wrote it.
indirect enum Value: Decodable {
    case none, bool(Bool), int(Int), float(Double), string(String)
    /// One of the case's inputs.
    case tensor(Int)
    case list([Value]), tuple([Value])
    case slice(Int?, Int?, Int?), ellipsis
    /// What the library has no form for, such as a complex tensor.
    case other(String)

    private enum Key: String, CodingKey { case tensor, float, tuple, slice, ellipsis, other }

    init(from decoder: any Decoder) throws {
        if let keys = try? decoder.container(keyedBy: Key.self) {
            self = try Value(keys)
            return
        }
        let single = try decoder.singleValueContainer()
        if single.decodeNil() {
            self = .none
        } else if let value = try? single.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? single.decode(Int.self) {
            self = .int(value)
        } else if let value = try? single.decode(String.self) {
            self = .string(value)
        } else {
            self = .list(try single.decode([Value].self))
        }
    }

    private init(_ keys: KeyedDecodingContainer<Key>) throws {
        switch keys.allKeys.first {
        case .tensor: self = .tensor(try keys.decode(Int.self, forKey: .tensor))
        case .float: self = .float(Double(try keys.decode(String.self, forKey: .float)) ?? .nan)
        case .tuple: self = .tuple(try keys.decode([Value].self, forKey: .tuple))
        case .slice:
            let ends = try keys.decode([Int?].self, forKey: .slice)
            self = .slice(ends[0], ends[1], ends[2])
        case .ellipsis: self = .ellipsis
        default: self = .other(try keys.decode(String.self, forKey: .other))
        }
    }

    var isNone: Bool { if case .none = self { true } else { false } }

    /// The elements of a list or tuple.
    var elements: [Value]? {
        switch self {
        case .list(let list), .tuple(let list): list
        default: nil
        }
    }
}
