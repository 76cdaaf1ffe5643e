import Datasets
import FTConfig
import FTSupport
import Tensor

/// A text cut into windows of a model's context, one after the other.
struct TextWindows {
    let path: String
    let dataset: Dataset

    /// The text of a file: one of tokens, as `fttrain data text` makes them, or any other, whose
    /// characters become the model's tokens.
    ///
    /// Of tokens it is the part to validate on, where the config names one. Throws where they stand
    /// for others than the model's, or there are too few.
    ///
    /// - Parameters:
    ///   - config: the value at `data.text`.
    ///   - known: the tokens of the model.
    ///   - model: what messages call it.
    init(
        _ path: String, _ config: ConfigValue, tokens known: TextTokens?, of model: String
    ) throws {
        self.path = path
        let length = config.int("context")
        guard try TextWindows.isText(path) else {
            if let known, try TextTokens(file: path) != known {
                throw RunError(
                    .data,
                    "\(path): its tokens stand for other characters than those that "
                        + "\(model) was trained on; give the text itself")
            }
            let held = config.string("validation")
            dataset = try Dataset.text(
                path, held.isEmpty ? config.string("train") : held, length: length)
            return
        }
        guard let known else {
            throw RunError(
                .data,
                "\(path): \(model) doesn't say what its tokens stand for; give it the file "
                    + "that 'fttrain data text' made")
        }
        let tokens = try known.tokens(ofText: path)
        guard tokens.count > length else {
            throw RunError(
                .data,
                "\(path): has \(Format.count(tokens.count, "token")), too few for \(length) and the "
                    + "next; use a longer text")
        }
        dataset = Dataset.text(tokens, named: path, length: length)
    }

    /// Whether a file is something else than HDF5, by what it begins with.
    static func isText(_ path: String) throws(RunError) -> Bool {
        do {
            let file = try MappedFile(path: path)
            defer { withExtendedLifetime(file) {} }
            return !file.bytes.starts(
                with: Array("\u{89}HDF".unicodeScalars.map { UInt8($0.value) }))
        } catch {
            throw RunError(.data, "\(path): \(error.whileReading)")
        }
    }
}
