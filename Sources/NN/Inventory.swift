internal import Tensor

/// What a module is made of, found by walking its stored properties.
///
/// The walk keeps an explicit stack and visits each object once, so that neither deep models nor
/// cyclic ones harm it.
struct Inventory {
    private(set) var parameters: [(name: String, parameter: Parameter)] = []
    private(set) var buffers: [(name: String, buffer: Buffer)] = []
    private(set) var modules: [(name: String, module: Module)] = []
    private(set) var randoms: [(name: String, random: Random)] = []
    /// Parameters and buffers together, in the order of their declaration.
    private(set) var tensors: [(name: String, tensor: Tensor)] = []
    private(set) var aliases: [(alias: String, name: String)] = []

    private var names: [ObjectIdentifier: String] = [:]
    private var sharedModules: [(alias: String, name: String)] = []

    init(of root: Module) {
        var stack: [(name: String, value: Any)] = [("", root)]
        while let (name, value) = stack.popLast() {
            let parts = visit(value, named: name)
            for part in parts.reversed() {
                stack.append((Inventory.join(name, part.name), part.value))
            }
        }
        addAliasesOfSharedModules()
    }

    static func join(_ prefix: String, _ name: String) -> String {
        prefix.isEmpty || name.isEmpty ? prefix + name : "\(prefix).\(name)"
    }

    /// Notes `value` and gives the parts to visit next.
    private mutating func visit(_ value: Any, named name: String) -> [(name: String, value: Any)] {
        if let module = value as? Module {
            if let first = names[ObjectIdentifier(module)] {
                sharedModules.append((name, first))
                return []
            }
            names[ObjectIdentifier(module)] = name
            modules.append((name, module))
            return module.members
        }
        if let tensor = value as? Tensor {
            note(tensor, named: name)
        } else if let random = value as? Random {
            if names.updateValue(name, forKey: ObjectIdentifier(random)) == nil {
                randoms.append((name, random))
            }
        } else if let container = value as? any MemberContainer {
            return container.heldMembers
        } else if !(value is any TensorScalar) {
            return Inventory.tupleMembers(value)
        }
        return []
    }

    private mutating func note(_ tensor: Tensor, named name: String) {
        guard tensor is Parameter || tensor is Buffer else { return }
        if let first = names[ObjectIdentifier(tensor)] {
            aliases.append((name, first))
            return
        }
        names[ObjectIdentifier(tensor)] = name
        tensors.append((name, tensor))
        if let parameter = tensor as? Parameter { parameters.append((name, parameter)) }
        if let buffer = tensor as? Buffer { buffers.append((name, buffer)) }
    }

    private static func tupleMembers(_ value: Any) -> [(name: String, value: Any)] {
        let mirror = Mirror(reflecting: value)
        guard mirror.displayStyle == .tuple else { return [] }
        return mirror.children.map { child in
            let label = child.label ?? ""
            return (label.hasPrefix(".") ? String(label.dropFirst()) : label, child.value)
        }
    }

    /// A shared module's tensors have further names. A module inside itself would have endlessly
    /// many; those are left out.
    private mutating func addAliasesOfSharedModules() {
        for (alias, name) in sharedModules where !name.isEmpty && !alias.hasPrefix("\(name).") {
            for (tensorName, _) in tensors where tensorName.hasPrefix("\(name).") {
                aliases.append((alias + tensorName.dropFirst(name.count), tensorName))
            }
        }
    }
}

extension Module {
    /// The stored properties, those of base classes first.
    final var storedProperties: [(name: String, value: Any)] {
        var levels: [Mirror] = []
        var level: Mirror? = Mirror(reflecting: self)
        while let mirror = level, mirror.subjectType != Module.self {
            levels.append(mirror)
            level = mirror.superclassMirror
        }
        return levels.reversed().flatMap { mirror in
            mirror.children.map { (Module.propertyName($0.label ?? ""), $0.value) }
        }
    }

    /// The name a property was declared by: lazy ones are stored under a longer one.
    private static func propertyName(_ label: String) -> String {
        let lazyPrefix = "$__lazy_storage_$_"
        return label.hasPrefix(lazyPrefix) ? String(label.dropFirst(lazyPrefix.count)) : label
    }
}

/// A collection whose elements are searched for parameters.
private protocol MemberContainer {
    var heldMembers: [(name: String, value: Any)] { get }
}

extension Array: MemberContainer {
    var heldMembers: [(name: String, value: Any)] {
        // A million numbers are no modules; don't box each.
        if Element.self is any TensorElement.Type { return [] }
        return enumerated().map { (String($0.offset), $0.element) }
    }
}

extension Dictionary: MemberContainer {
    var heldMembers: [(name: String, value: Any)] {
        if Value.self is any TensorElement.Type { return [] }
        // By key, for the order of a dictionary differs from run to run.
        return map { (String(describing: $0.key), $0.value) }.sorted { $0.0 < $1.0 }
    }
}

extension Optional: MemberContainer {
    var heldMembers: [(name: String, value: Any)] { map { [("", $0)] } ?? [] }
}
