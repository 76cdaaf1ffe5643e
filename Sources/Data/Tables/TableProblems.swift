import FTSupport

/// Cells that can't be used, all of them up to a limit.
struct TableProblems {
    private static let limit = 20
    private var lines: [(place: String, problem: String)] = []
    private var count = 0

    mutating func add(_ place: @autoclosure () -> String, _ problem: @autoclosure () -> String) {
        count += 1
        if lines.count < TableProblems.limit { lines.append((place(), problem())) }
    }

    /// Throws where there is any.
    func check(_ path: String, remedy: String) throws {
        guard let first = lines.first else { return }
        if count == 1 { throw DataError(first.place, "\(first.problem); \(remedy)") }
        let shown = TextTable.aligned(lines.map { [$0.place, $0.problem] }, indent: 2)
        let rest = count - lines.count
        throw DataError(
            path, "\(Format.grouped(count)) cells can't be used; \(remedy)",
            lines: shown + (rest > 0 ? ["  and \(Format.grouped(rest)) more"] : []))
    }
}
