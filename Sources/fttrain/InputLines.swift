import FTSupport
import Glibc
import Training

/// The lines of standard input, each as soon as it is there.
struct InputLines {
    /// Whoever sends more bytes without an end of line sends no lines.
    private let longest: Int
    private var bytes: [UInt8] = []
    /// Where the next line begins, and where to go on looking for its end.
    private var (start, place) = (0, 0)
    private var number = 0
    private var piece = [UInt8](repeating: 0, count: 1 << 16)

    /// - Parameter numbers: how many may stand in a line.
    init(numbers: Int = 0) {
        // No row of a table is as long; a number has at most 25 signs.
        longest = max(1 << 24, numbers.multipliedReportingOverflow(by: 32).partialValue)
    }

    /// The next line without its end; nil where there is none.
    ///
    /// Throws where it is longer than any line, or can't be read.
    mutating func next() throws(RunError) -> String? {
        while true {
            if let end = bytes[place...].firstIndex(of: 10) { return line(to: end, next: end + 1) }
            place = bytes.count
            guard bytes.count - start <= longest else {
                throw RunError(
                    .data,
                    "--stream: line \(number + 1) of standard input is longer than "
                        + "\(longest >> 20) MiB; send JSON objects, one a line")
            }
            let count: Int
            do throws(FileProblem) {
                count = try FileBytes.read(STDIN_FILENO, into: &piece)
            } catch {
                throw RunError(.data, "--stream: standard input \(error.whileReading)")
            }
            guard count > 0 else {
                return start < bytes.count ? line(to: bytes.count, next: bytes.count) : nil
            }
            bytes.removeFirst(start)
            (start, place) = (0, place - start)
            bytes += piece[..<count]
        }
    }

    private mutating func line(to end: Int, next: Int) -> String {
        let isReturn = end > start && bytes[end - 1] == 13
        let text = String(decoding: bytes[start..<(isReturn ? end - 1 : end)], as: UTF8.self)
        (start, place) = (next, next)
        number += 1
        return text
    }
}
