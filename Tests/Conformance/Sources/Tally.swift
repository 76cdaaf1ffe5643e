/// A check that didn't hold.
struct Failure {
    let name: String
    let check: Check
    let number: Int
    let dtype: String
    /// The call, and what differs.
    let words: String

    var line: String { "\(name)\t\(check)\t#\(number)\t\(dtype)\t\(words)" }
}

/// What became of one operator's cases.
struct Tally {
    var cases = 0
    var passed: [Check: Int] = [:]
    var tried: [Check: Int] = [:]
    /// Reasons why cases can't be said here.
    var inexpressible: [String: Int] = [:]
    var failures: [Failure] = []
    var traps = 0

    /// Cases that the library has a form for.
    var expressed: Int { cases - inexpressible.values.reduce(0, +) }

    static func += (sum: inout Tally, part: Tally) {
        sum.cases += part.cases
        sum.passed.merge(part.passed, uniquingKeysWith: +)
        sum.tried.merge(part.tried, uniquingKeysWith: +)
        sum.inexpressible.merge(part.inexpressible, uniquingKeysWith: +)
        sum.failures += part.failures
        sum.traps += part.traps
    }
}
