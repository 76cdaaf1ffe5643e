import Tensor

/// Where recorded operations were called, so that their backward can be placed too.
struct Places {
    /// The scopes and the line of the program that an operation was called from.
    struct Place: Sendable {
        var scope: String?
        var site: CallSite?
    }

    // Tensors are not kept alive by this. A later tensor at the address of a dead one overwrites the
    // entry; the operation's identity keeps others from taking it over.
    private var noted: [ObjectIdentifier: (op: ObjectIdentifier, place: Place)] = [:]

    /// Notes that `op` made `y` here.
    mutating func note(_ y: Tensor, _ op: Op, site: CallSite? = nil) {
        if Scope.current == nil, site == nil { return }
        let place = Place(scope: Scope.current, site: site)
        noted[ObjectIdentifier(y)] = (ObjectIdentifier(op), place)
    }

    /// Where `op` made `y`.
    subscript(y: Tensor, op: Op) -> Place {
        guard let entry = noted[ObjectIdentifier(y)], entry.op == ObjectIdentifier(op) else {
            return Place()
        }
        return entry.place
    }
}
