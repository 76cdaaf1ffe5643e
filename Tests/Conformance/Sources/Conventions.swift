import Foundation

/// Differences that were looked at and are a choice. In the file a reason stands on a line of its
/// own, and below it, indented, what it explains: operators, checks, dtypes (lists with commas; `*`
/// stands for any text) and a regular expression on the rest of the line.
struct Conventions {
    struct Rule {
        let reason: String
        let operators, checks, dtypes: [String]
        /// nil where anything fits.
        let pattern: NSRegularExpression?
    }

    let rules: [Rule]

    init(_ path: String) throws {
        var rules: [Rule] = []
        var reason = ""
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        where !line.hasPrefix("#") {
            guard line.hasPrefix(" ") else {
                reason = String(line)
                continue
            }
            let words = line.split(separator: " ", maxSplits: 3).map(String.init)
            guard words.count >= 3 else { throw BadLine(line: String(line)) }
            var pattern: NSRegularExpression?
            if words.count > 3 {
                pattern = try? NSRegularExpression(pattern: words[3])
                if pattern == nil { throw BadLine(line: String(line)) }
            }
            rules.append(
                Rule(
                    reason: reason, operators: list(words[0]), checks: list(words[1]),
                    dtypes: list(words[2]), pattern: pattern))
        }
        self.rules = rules
    }

    struct BadLine: Error, CustomStringConvertible {
        let line: String
        var description: String {
            "conventions: expected operators, checks, dtypes and an expression in '\(line)'"
        }
    }

    /// The place of the first rule that explains a failure.
    func explanation(of failure: Failure) -> Int? {
        rules.firstIndex { rule in
            matches(failure.name, rule.operators) && matches(failure.check.rawValue, rule.checks)
                && matches(failure.dtype, rule.dtypes) && fits(failure.words, rule.pattern)
        }
    }

    private func fits(_ words: String, _ pattern: NSRegularExpression?) -> Bool {
        guard let pattern else { return true }
        return pattern.firstMatch(in: words, range: NSRange(words.startIndex..., in: words)) != nil
    }
}

private func list(_ word: String) -> [String] {
    word.split(separator: ",").map(String.init)
}

private func matches(_ name: String, _ patterns: [String]) -> Bool {
    patterns.contains { pattern in
        guard pattern.contains("*") else { return name == pattern }
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard name.hasPrefix(parts[0]), name.hasSuffix(parts[parts.count - 1]) else { return false }
        var rest = name.dropFirst(parts[0].count)[...]
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let found = rest.range(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return true
    }
}
