import Tensor

/// What an operation was told, apart from its inputs: the stored properties of its class.
struct OpAttributes {
    /// Names and values, in the order of their declaration; switches that are off are left out.
    private(set) var values: [(name: String, text: String)] = []
    /// Bytes of the arrays among them, such as an index or a mask.
    private(set) var byteCount = 0

    init(of op: Op) {
        var levels: [Mirror] = []
        var level: Mirror? = Mirror(reflecting: op)
        while let mirror = level, mirror.subjectType != Op.self {
            levels.append(mirror)
            level = mirror.superclassMirror
        }
        for child in levels.reversed().flatMap(\.children) {
            guard let name = child.label else { continue }
            add(name, child.value)
        }
    }

    /// `axes=[1] keepDims`
    var description: String {
        values.map { $0.text.isEmpty ? $0.name : "\($0.name)=\($0.text)" }.joined(separator: " ")
    }

    private mutating func add(_ name: String, _ value: Any) {
        switch value {
        case let activation as Activation: values += OpAttributes(of: activation).values
        case let flag as Bool: if flag { values.append((name, "")) }
        case let array as NDArray:
            byteCount += array.byteCount
            values.append((name, "\(array.dtype) \(array.shape)"))
        case let shape as Shape: values.append((name, "\(shape)"))
        case let number as any Numeric: values.append((name, "\(number)"))
        case let number as Scalar: values.append((name, "\(number)"))
        case let text as String: values.append((name, text))
        case let type as DType: values.append((name, type.name))
        case let numbers as [Int]: values.append((name, "\(numbers)"))
        default: addStructure(name, value)
        }
    }

    /// Optionals by what they hold, enums by their case, structs by their fields; others, such as
    /// closures, have nothing to show.
    private mutating func addStructure(_ name: String, _ value: Any) {
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional?:
            if let held = mirror.children.first { add(name, held.value) }
        case .enum? where mirror.children.isEmpty: values.append((name, "\(value)"))
        case .struct?:
            for child in mirror.children {
                guard let field = child.label, child.value is Shape || child.value is [Int] else {
                    continue
                }
                add(field, child.value)
            }
        default: break
        }
    }
}
