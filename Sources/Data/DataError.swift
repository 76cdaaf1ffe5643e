/// What is wrong with a data file, in one sentence.
public struct DataError: Error, Equatable, CustomStringConvertible {
    /// The file, as the user named it.
    public let file: String
    /// The problem and, after a semicolon, the remedy.
    public let problem: String

    /// A problem with `file`, which may name a place in it.
    public init(_ file: String, _ problem: String) {
        self.file = file
        self.problem = problem
    }

    /// The sentence: file, problem, remedy.
    public var description: String { "\(file): \(problem)" }
}

/// The candidate that `text` was probably meant to be, if one is close enough.
func closestName(to text: String, among candidates: [String]) -> String? {
    let limit = max(2, text.utf8.count / 3)
    // Names beyond any plausible typing error only cost time.
    let near = candidates.prefix(1000).filter {
        $0.utf8.count < 256 && abs($0.utf8.count - text.utf8.count) <= limit
    }
    let scored = near.map { (name: $0, distance: editDistance(Array(text.utf8), Array($0.utf8))) }
    guard let best = scored.min(by: { $0.distance < $1.distance }), best.distance <= limit else {
        return nil
    }
    return best.name
}

/// Insertions, deletions and substitutions that turn one into the other.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var previous = Array(0...b.count)
    for (row, x) in a.enumerated() {
        var current = [row + 1]
        for (column, y) in b.enumerated() {
            let substituted = previous[column] + (x == y ? 0 : 1)
            current.append(min(substituted, previous[column + 1] + 1, current[column] + 1))
        }
        previous = current
    }
    return previous[b.count]
}

/// A number with thousands separated by commas.
func grouped(_ number: Int) -> String {
    var text = ""
    let digits = String(number.magnitude)
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
        text.append(digit)
    }
    return number < 0 ? "-" + text : text
}
