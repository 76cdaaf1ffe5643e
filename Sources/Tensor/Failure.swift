/// Stops the program with one sentence about a programming mistake.
///
/// `fatalError` and not `precondition`: the message of a failed precondition is lost in release
/// builds.
public func fail(_ operation: String, _ problem: String, hint: String? = nil) -> Never {
    let advice = hint.map { " (\($0))" } ?? ""
    fatalError("\(operation): \(problem)\(advice)")
}
