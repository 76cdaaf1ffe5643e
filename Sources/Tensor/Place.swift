/// A name around the current code, by which messages and reports say where something happened.
package final class Place {
    private let name: () -> String
    private let outer: Place?

    @TaskLocal private static var innermost: ThreadScope<Place>?

    private init(_ name: @escaping () -> String, in outer: Place?) {
        self.name = name
        self.outer = outer
    }

    /// Runs `body` under a name inside the names around it, for this thread.
    package static func open<R>(
        _ name: () -> String, _ body: () throws -> R
    ) rethrows -> R {
        // The scope lets go of the place at its end, so the name doesn't outlive this call.
        try withoutActuallyEscaping(name) { name in
            try ThreadScope.open(Place(name, in: innermost?.value), in: $innermost, body)
        }
    }

    /// The names around the current code, as in `encoder › 2 Linear(784 → 512)`; nil outside all.
    package static var current: String? { innermost?.value?.path }

    /// `current` for a sentence that ends the program: while names are asked for, there are none.
    static var last: String? {
        let place = innermost?.value
        return $innermost.withValue(nil) { place?.path }
    }

    private var path: String {
        var names: [String] = []
        var next: Place? = self
        while let place = next {
            names.append(place.name())
            next = place.outer
        }
        return names.reversed().joined(separator: " › ")
    }
}
