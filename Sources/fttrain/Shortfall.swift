import FTSupport
import Training

/// What a command couldn't do of what was asked, though it did the rest. People have been told by
/// then; the sentence is for programs.
struct Shortfall: Error {
    let status: ExitStatus
    let sentence: String

    init(_ status: ExitStatus, _ sentence: String) {
        (self.status, self.sentence) = (status, sentence)
    }
}
