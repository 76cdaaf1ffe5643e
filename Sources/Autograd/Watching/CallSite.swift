internal import Runtime

/// The stack at one point; which line of the user's code it belongs to is found out when asked.
struct CallSite: Sendable {
    private let stack: Backtrace?

    /// The stack here.
    init() { stack = try? Backtrace.capture(limit: 48, top: 0) }

    /// File and line of the innermost frame outside this framework, as in `Net.swift:12`; nil in
    /// programs without debug information.
    var line: String? {
        guard let frames = stack?.symbolicated()?.frames else { return nil }
        for frame in frames {
            guard let place = frame.symbol?.sourceLocation, place.line > 0 else { continue }
            if CallSite.isOwn(place.path) { continue }
            let file = place.path.split(separator: "/").last ?? ""
            return "\(file):\(place.line)"
        }
        return nil
    }

    /// Whether code is the framework's, or the compiler's: `<compiler-generated>` and macros.
    private static func isOwn(_ path: String) -> Bool {
        path.contains("<") || path.contains("@__") || path.hasPrefix(sources)
    }

    /// The folder of the framework's modules, by this file's place in it.
    private static let sources: String = {
        let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropLast(3).joined(separator: "/") + "/"
    }()
}
