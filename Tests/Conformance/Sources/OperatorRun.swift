import Foundation

/// One operator, run in child processes: a trap costs one check, and the next process goes on
/// behind it.
struct OperatorRun {
    let folder, name: String
    private let items: [Case]

    init(folder: String, name: String) throws {
        self.folder = folder
        self.name = name
        let file = try CaseFile(folder: folder, name: name)
        items = try file.lines.indices.map { try file.item($0) }
    }

    func tally() throws -> Tally {
        var tally = Tally()
        tally.cases = items.filter { $0.rejected != true }.count
        var start: Place? = Place(number: 0, check: .value)
        while let from = start, from.number < items.count {
            let (messages, sentence) = try child(from: from)
            start = nil
            var open: Place?
            for message in messages {
                switch message {
                case .begun(let place): open = place
                case .ended(let place, let outcome):
                    open = nil
                    note(outcome, at: place, in: &tally)
                }
            }
            guard let sentence else { continue }
            guard let place = open else { throw Broken(name: name, sentence: sentence) }
            noteTrap(sentence, at: place, in: &tally)
            // Where the value traps there is no derivative to look for.
            let next = place.check == .value ? nil : place.check.next
            start =
                next.map { Place(number: place.number, check: $0) }
                ?? Place(number: place.number + 1, check: .value)
        }
        return tally
    }

    struct Broken: Error, CustomStringConvertible {
        let name, sentence: String
        var description: String { "\(name): stopped outside of a check: \(sentence)" }
    }

    private func note(_ outcome: Outcome, at place: Place, in tally: inout Tally) {
        switch outcome {
        case .absent: return
        case .inexpressible(let reason): tally.inexpressible[reason, default: 0] += 1
        case .passed:
            tally.tried[place.check, default: 0] += 1
            tally.passed[place.check, default: 0] += 1
        case .failed(let words):
            tally.tried[place.check, default: 0] += 1
            tally.failures.append(failure(place, words))
        }
    }

    private func noteTrap(_ sentence: String, at place: Place, in tally: inout Tally) {
        tally.tried[place.check, default: 0] += 1
        if place.check == .rejects {
            tally.passed[place.check, default: 0] += 1
        } else {
            tally.traps += 1
            tally.failures.append(failure(place, "TRAP " + sentence))
        }
    }

    private func failure(_ place: Place, _ words: String) -> Failure {
        let item = items[place.number]
        return Failure(
            name: name, check: place.check, number: place.number, dtype: item.dtype,
            words: "(\(item.text))\t\(words)")
    }

    /// What a child says, and the last thing it says where it doesn't end well.
    private func child(from place: Place) throws -> (messages: [Message], sentence: String?) {
        let log = "\(folder)/\(name).log"
        guard FileManager.default.createFile(atPath: log, contents: nil),
            let output = FileHandle(forWritingAtPath: log)
        else { throw Broken(name: name, sentence: "\(log) can't be written") }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
        process.arguments = ["child", folder, name, "\(place.number)", place.check.rawValue]
        process.environment = ProcessInfo.processInfo.environment.merging([
            "SWIFT_BACKTRACE": "enable=no"
        ]) { $1 }
        process.standardOutput = output
        process.standardError = output
        try process.run()
        process.waitUntilExit()
        try output.close()
        let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
        let messages = lines.compactMap { Message($0) }
        if process.terminationStatus == 0 && process.terminationReason == .exit {
            try FileManager.default.removeItem(atPath: log)
            return (messages, nil)
        }
        let last =
            lines.last { Message($0) == nil } ?? "ended by signal \(process.terminationStatus)"
        let sentence = last.split(separator: "Fatal error: ").last.map(String.init) ?? ""
        return (messages, sentence)
    }
}
