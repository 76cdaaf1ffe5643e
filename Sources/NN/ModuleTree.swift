internal import FTSupport
internal import Tensor

/// A module, what is in it and how large that is, a line each:
///
///     Sequential(3 layers)       101,770 parameters
///     ├─ 0: Linear(784 → 128)    100,480  weight 128×784, bias 128
///     ├─ 1: ReLU
///     └─ 2: Linear(128 → 10)     1,290    weight 10×128, bias 10
struct ModuleTree: CustomStringConvertible {
    /// How deep the drawing goes; what lies deeper is counted.
    private static let deepest = 40

    private let modules: [(name: String, module: Module)]
    private let owners: [Int]
    private let depths: [Int]
    /// The last module found in each; -1 where there is none.
    private var lastChildren: [Int]
    /// What each module holds itself.
    private var tensors: [[(name: String, tensor: Tensor)]]
    /// The number of elements of the parameters of each module and all in it.
    private var counts: [Int]

    init(_ root: Module) {
        let inventory = Inventory(of: root)
        modules = inventory.modules
        owners = inventory.owners
        tensors = modules.map { _ in [] }
        counts = modules.map { _ in 0 }
        lastChildren = modules.map { _ in -1 }
        var depths = [0]
        for owner in owners.dropFirst() { depths.append(depths[owner] + 1) }
        self.depths = depths
        for (place, owner) in owners.enumerated().dropFirst() { lastChildren[owner] = place }
        for (place, entry) in zip(inventory.tensorOwners, inventory.tensors) {
            let (name, tensor) = entry
            tensors[place].append((ownName(name, in: place), tensor))
            if tensor is Parameter { counts[place] += tensor.count }
        }
        // A module stands before what is in it.
        for place in modules.indices.dropFirst().reversed() {
            counts[owners[place]] += counts[place]
        }
    }

    private func ownName(_ name: String, in place: Int) -> String {
        let prefix = modules[place].name
        return prefix.isEmpty ? name : String(name.dropFirst(prefix.count + 1))
    }

    var description: String {
        var rows: [[String]] = []
        for place in modules.indices where depths[place] <= ModuleTree.deepest {
            rows.append([stem(place) + title(place), total(place), parts(place)])
        }
        return TextTable.aligned(rows).joined(separator: "\n")
    }

    private func title(_ place: Int) -> String {
        let (_, module) = modules[place]
        let isFolded = depths[place] == ModuleTree.deepest && lastChildren[place] >= 0
        let text = isFolded ? "\(module.describe) …" : module.describe
        return place == 0 ? text : "\(ownName(modules[place].name, in: owners[place])): \(text)"
    }

    private func total(_ place: Int) -> String {
        if place == 0, modules.count > 1 { return Format.count(counts[place], "parameter") }
        return counts[place] == 0 ? "" : Format.grouped(counts[place])
    }

    private func parts(_ place: Int) -> String {
        let parts = tensors[place].map { name, tensor in
            let isFrozen = tensor is Parameter && !tensor.requiresGrad
            let note = tensor is Buffer ? " (buffer)" : isFrozen ? " (frozen)" : ""
            let type = tensor.dtype == .float32 ? "" : " \(tensor.dtype)"
            return "\(name) \(Format.shape(tensor.shape))\(type)\(note)"
        }
        return parts.joined(separator: ", ")
    }

    /// The lines that lead to a module from those around it.
    private func stem(_ place: Int) -> String {
        guard place > 0 else { return "" }
        var pieces = [isLast(place) ? "└─ " : "├─ "]
        var owner = owners[place]
        while owner > 0 {
            pieces.append(isLast(owner) ? "   " : "│  ")
            owner = owners[owner]
        }
        return pieces.reversed().joined()
    }

    /// Whether no other module follows in the same one.
    private func isLast(_ place: Int) -> Bool { lastChildren[owners[place]] == place }
}
