import Dispatch
import FakeTensor
import Foundation
import Synchronization

// conformance entries                                what the generator needs to know
// conformance run CASES CONVENTIONS [OPERATOR …]     compares, prints, fails on the unexplained
// conformance child CASES OPERATOR CASE CHECK        one operator, from a place on

let words = Array(CommandLine.arguments.dropFirst())

switch words.first {
case "entries":
    print(DType.allCases.map(\.name).joined(separator: " "))
    print(Entry.table.flatMap(\.names).joined(separator: "\n"))
case "run" where words.count >= 3:
    do {
        let only = Set(words.dropFirst(3))
        exit(try run(folder: words[1], conventions: words[2], only: only) ? 0 : 1)
    } catch {
        print("conformance: \(error)")
        exit(2)
    }
case "child" where words.count == 5:
    guard let number = Int(words[3]), let check = Check(rawValue: words[4]) else { exit(2) }
    try runChild(folder: words[1], name: words[2], from: Place(number: number, check: check))
default:
    print("usage: conformance entries | run CASES CONVENTIONS [OPERATOR …]")
    exit(2)
}

func run(folder: String, conventions: String, only: Set<String>) throws -> Bool {
    let database = try String(contentsOfFile: folder + "/database.txt", encoding: .utf8)
        .split(separator: "\n").map(String.init)
    let names = database.filter {
        Entry.named($0) != nil && (only.isEmpty || only.contains($0))
            && FileManager.default.fileExists(atPath: "\(folder)/\($0).jsonl")
    }
    let results = Mutex<[String: Result<Tally, any Error>]>([:])
    DispatchQueue.concurrentPerform(iterations: names.count) { place in
        let name = names[place]
        let result = Result { try OperatorRun(folder: folder, name: name).tally() }
        results.withLock { $0[name] = result }
    }
    let tallies = try results.withLock { found in
        try names.sorted().map { (name: $0, tally: try found[$0]?.get() ?? Tally()) }
    }
    let report = Report(
        tallies: tallies, conventions: try Conventions(conventions), database: database,
        isComplete: only.isEmpty)
    return try report.write(to: folder)
}
