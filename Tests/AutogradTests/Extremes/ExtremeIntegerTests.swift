import Forking
import Glibc
import Testing

/// All tables by the name of their test.
private func tables() -> [[IntegerCall]] {
    [
        IntegerCall.shapes(), IntegerCall.arrays(), IntegerCall.draws(), IntegerCall.creation(),
        IntegerCall.movement(), IntegerCall.parts(), IntegerCall.reductions(),
        IntegerCall.orders(), IntegerCall.indices(), IntegerCall.numbers(),
        IntegerCall.convolutions(), IntegerCall.pooling(), IntegerCall.functions(),
    ]
}

/// What is said of sizes and of numbers beyond a dtype, whoever takes them.
private let common = ["shape", "memory", "number"]

@Suite("Integers at the ends of their range")
struct ExtremeIntegerTests {
    @Test("give a result or a sentence that names the call", arguments: 0..<13)
    func sentences(_ table: Int) async {
        let result = await #expect(
            processExitsWith: .success, observing: [\.standardErrorContent]
        ) { [table] in
            let calls = tables()[table]
            let values = IntegerCall.extremes
            let ends = outcomes(of: calls.count * values.count) {
                calls[$0 / values.count].call(values[$0 % values.count])
            }
            let problems = zip(0..., ends).compactMap { index, end in
                let (place, value) = (index / values.count, values[index % values.count])
                return problem(end, calls[place].name).map {
                    "call \(place), \(calls[place].name) of \(value): \($0)\n"
                }
            }
            let bytes = Array(problems.joined().utf8)
            _ = write(STDERR_FILENO, bytes, bytes.count)
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.isEmpty, "\(text)")
    }
}

/// What is wrong with the end of a call, nil if nothing.
private func problem(_ end: Outcome, _ name: String) -> String? {
    switch end {
    case .returned: return nil
    case .died(let signal, let text): return "signal \(signal) \(text)"
    case .stopped(let sentence):
        let isNamed = ([name] + common).contains { sentence.hasPrefix("Fatal error: \($0): ") }
        return isNamed ? nil : sentence
    }
}
