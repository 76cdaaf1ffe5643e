import Tensor

/// The scopes in which recorded operations were called, so that their backward can be placed too.
struct Places {
    // Tensors are not kept alive by this. A later tensor at the address of a dead one overwrites
    // the entry; the operation's identity keeps others from taking it over.
    private var noted: [ObjectIdentifier: (op: ObjectIdentifier, scope: String)] = [:]

    /// Notes that `op` made `y` here.
    mutating func note(_ y: Tensor, _ op: Op) {
        guard let scope = Place.current else { return }
        noted[ObjectIdentifier(y)] = (ObjectIdentifier(op), scope)
    }

    /// Where `op` made `y`; nil outside all scopes.
    subscript(y: Tensor, op: Op) -> String? {
        guard let entry = noted[ObjectIdentifier(y)], entry.op == ObjectIdentifier(op) else {
            return nil
        }
        return entry.scope
    }
}
