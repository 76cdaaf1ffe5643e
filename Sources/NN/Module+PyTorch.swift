extension Module {
    /// PyTorch's names of those parameters and buffers that are called otherwise here, by ours.
    ///
    /// `load` takes tensors by either name; where a state has both, ours counts.
    public final var pyTorchNames: [String: String] { Inventory(of: self).pyTorchNames }
}

extension Inventory {
    /// See `Module.pyTorchNames`.
    var pyTorchNames: [String: String] {
        let renamings = modules.map(\.module.pyTorchMembers)
        guard renamings.contains(where: { !$0.isEmpty }) else { return [:] }
        var names: [String: String] = [:]
        for (place, (name, _)) in tensors.enumerated() {
            let theirs = pyTorchName(name, from: tensorOwners[place], renamings)
            if theirs != name { names[name] = theirs }
        }
        return names
    }

    /// Each module on the way from a tensor upwards may call what is inside it otherwise.
    private func pyTorchName(
        _ name: String, from owner: Int, _ renamings: [[(own: String, theirs: String)]]
    ) -> String {
        var (end, module) = ("", owner)
        var rest = Substring(name)
        while module >= 0 {
            let prefix = modules[module].name
            if rest.count > prefix.count {
                let inner = rest.dropFirst(prefix.isEmpty ? 0 : prefix.count + 1)
                end = Inventory.join(String(inner), end)
                rest = rest.prefix(prefix.count)
            }
            for (own, theirs) in renamings[module]
            where end == own || end.hasPrefix(own + ".") {
                end = theirs + end.dropFirst(own.count)
                break
            }
            module = owners[module]
        }
        return Inventory.join(String(rest), end)
    }
}

extension Inventory {
    /// What else each tensor may be called in a state, by its name: where it is reached by another
    /// way, and as PyTorch calls it.
    var otherNames: [String: [String]] {
        var others: [String: [String]] = [:]
        for (alias, name) in aliases { others[name, default: []].append(alias) }
        for (name, theirs) in pyTorchNames {
            let start = zip(name, theirs).prefix { $0 == $1 }.count
            let (end, theirEnd) = (name.dropFirst(start), theirs.dropFirst(start))
            let ways = [name] + (others[name] ?? [])
            others[name, default: []] += ways.filter { $0.hasSuffix(end) }
                .map { String($0.dropLast(end.count) + theirEnd) }
        }
        return others
    }
}
