internal import Tensor

/// What a module is made of, found by walking its stored properties.
///
/// The walk keeps an explicit stack and visits each object once, so that neither deep models nor
/// cyclic ones harm it.
struct Inventory {
    private(set) var parameters: [(name: String, parameter: Parameter)] = []
    private(set) var buffers: [(name: String, buffer: Buffer)] = []
    private(set) var modules: [(name: String, module: Module)] = []
    /// For each module the position of the one that it was found in; -1 for the first.
    private(set) var owners: [Int] = []
    private(set) var randoms: [(name: String, random: Random)] = []
    /// Parameters and buffers together, in the order of their declaration.
    private(set) var tensors: [(name: String, tensor: Tensor)] = []
    /// For each of them the position of the module that it was found in.
    private(set) var tensorOwners: [Int] = []
    private(set) var aliases: [(alias: String, name: String)] = []

    private var names: [ObjectIdentifier: String] = [:]
    private var taken: Set<String> = []
    private var sharedModules: [(alias: String, name: String)] = []

    init(of root: Module) {
        var stack: [(name: String, value: Any, owner: Int)] = [("", root, -1)]
        while let (name, value, owner) = stack.popLast() {
            let known = modules.count
            let parts = visit(value, named: name)
            let isNew = modules.count > known
            if isNew { owners.append(owner) }
            if tensors.count > tensorOwners.count { tensorOwners.append(owner) }
            for part in parts.reversed() {
                stack.append((Inventory.join(name, part.name), part.value, isNew ? known : owner))
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
        } else if let collection = value as? any UnsearchedContainer {
            failUnsearched(collection, name)
        } else if !(value is any TensorScalar), !(value is String) {
            return Inventory.parts(of: value)
        }
        return []
    }

    private func failUnsearched(_ collection: any UnsearchedContainer, _ name: String) {
        let type = Swift.type(of: collection)
        guard Inventory.mayHoldParts(type.heldType) else { return }
        fail(
            latestModule,
            "'\(name)' is a \(type), whose elements \(type.reason), so what is in it can't be named",
            hint: "keep it in an array")
    }

    /// A tensor of one's own that wants a gradient is meant to be trained, and wouldn't be.
    private func failUntrained(_ name: String) -> Never {
        fail(
            latestModule,
            "'\(name)' requires a gradient but is a Tensor, which no optimizer, checkpoint or "
                + "change of device looks for",
            hint: "make it a Parameter(…)")
    }

    private var latestModule: String {
        modules.last.map { String(describing: Swift.type(of: $0.module)) } ?? "Module"
    }

    private mutating func note(_ tensor: Tensor, named name: String) {
        guard tensor is Parameter || tensor is Buffer else {
            if tensor.requiresGrad, tensor.isLeaf { failUntrained(name) }
            return
        }
        if let first = names[ObjectIdentifier(tensor)] {
            aliases.append((name, first))
            return
        }
        guard taken.insert(name).inserted else {
            fail(
                "Module", "two parameters are both called '\(name)'",
                hint: "rename a property or key on the way to one of them")
        }
        names[ObjectIdentifier(tensor)] = name
        tensors.append((name, tensor))
        if let parameter = tensor as? Parameter { parameters.append((name, parameter)) }
        if let buffer = tensor as? Buffer { buffers.append((name, buffer)) }
    }

    /// The stored properties of a struct, the elements of a tuple, the payload of an enum under its
    /// case's name.
    private static func parts(of value: Any) -> [(name: String, value: Any)] {
        // What describes itself may do so without end.
        if value is any CustomReflectable { return [] }
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .tuple, .struct, .enum: break
        default: return []
        }
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
    /// The stored properties, those of base classes first. One that a base class has under the same
    /// name is called after its class, `Derived.scale`.
    final var storedProperties: [(name: String, value: Any)] {
        var levels: [Mirror] = []
        var level: Mirror? = Mirror(reflecting: self)
        while let mirror = level, mirror.subjectType != Module.self {
            levels.append(mirror)
            level = mirror.superclassMirror
        }
        var names: Set<String> = []
        return levels.reversed().flatMap { mirror in
            mirror.children.map { child in
                let name = propertyName(child)
                let isNew = names.insert(name).inserted
                return (isNew ? name : "\(mirror.subjectType).\(name)", child.value)
            }
        }
    }

    /// The name a property was declared by: lazy ones are stored under a longer one.
    ///
    /// A lazy property that nobody has read holds nothing yet; its parameters would go unseen.
    private final func propertyName(_ child: Mirror.Child) -> String {
        let label = child.label ?? ""
        let lazyPrefix = "$__lazy_storage_$_"
        guard label.hasPrefix(lazyPrefix) else { return label }
        let name = String(label.dropFirst(lazyPrefix.count))
        let isUnread = (child.value as? any MemberContainer)?.heldMembers.isEmpty ?? true
        if isUnread, Inventory.mayHoldParts(type(of: child.value)) {
            fail(
                "\(type(of: self))",
                "the lazy property '\(name)' was not read yet, so what is in it can't be found",
                hint: "read it at the end of init, or declare it with let")
        }
        return name
    }
}
