import FakeTensor
import Foundation

/// A place in a file of cases.
struct Place: Equatable {
    var number: Int
    var check: Check
}

/// What a child process says on a line: a check begins, or how it ended.
enum Message {
    case begun(Place)
    case ended(Place, Outcome)

    var line: String {
        switch self {
        case .begun(let place): "begin\t\(place.number)\t\(place.check)"
        case .ended(let place, .passed): "passed\t\(place.number)\t\(place.check)"
        case .ended(let place, .absent): "absent\t\(place.number)\t\(place.check)"
        case .ended(let place, .failed(let words)):
            "failed\t\(place.number)\t\(place.check)\t\(words)"
        case .ended(let place, .inexpressible(let reason)):
            "inexpressible\t\(place.number)\t\(place.check)\t\(reason)"
        }
    }

    /// nil for a line of another kind, such as the sentence of a trap.
    init?(_ line: Substring) {
        let words = line.split(separator: "\t", maxSplits: 3, omittingEmptySubsequences: false)
        guard words.count >= 3, let number = Int(words[1]),
            let check = Check(rawValue: String(words[2]))
        else { return nil }
        let place = Place(number: number, check: check)
        let rest = words.count > 3 ? String(words[3]) : ""
        switch words[0] {
        case "begin": self = .begun(place)
        case "passed": self = .ended(place, .passed)
        case "absent": self = .ended(place, .absent)
        case "failed": self = .ended(place, .failed(rest))
        case "inexpressible": self = .ended(place, .inexpressible(rest))
        default: return nil
        }
    }

    init(begun place: Place) { self = .begun(place) }
    init(_ place: Place, _ outcome: Outcome) { self = .ended(place, outcome) }
}

/// Runs the checks of one operator's cases from a place on, and prints what becomes of each.
func runChild(folder: String, name: String, from start: Place) throws {
    guard let entry = Entry.named(name) else { fail("conformance", "no entry for \(name)") }
    let file = try CaseFile(folder: folder, name: name)
    for number in start.number..<max(file.lines.count, start.number) {
        let trial = Trial(entry: entry, item: try file.item(number), file: file)
        var next = number == start.number ? start.check : Check.allCases.first
        while let check = next {
            let place = Place(number: number, check: check)
            say(Message(begun: place))
            let outcome = trial.run(check)
            say(Message(place, outcome))
            next = check.next
            if case .inexpressible = outcome { next = nil }
        }
    }
}

/// Written at once: a trap may follow.
private func say(_ message: Message) {
    FileHandle.standardOutput.write(Data((message.line + "\n").utf8))
}
