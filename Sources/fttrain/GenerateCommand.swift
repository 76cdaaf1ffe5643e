import FTConfig
import FTSupport
import Training

/// `fttrain generate RUN`: text from a model that was trained on one.
enum GenerateCommand {
    static let command = Command(
        name: "generate", summary: "Write text with a model that was trained on some.",
        arguments: [CommandArgument("RUN|CHECKPOINT", doc: "a run folder or a checkpoint")],
        options: [
            .value(
                "prompt", "TEXT",
                doc: "what the text goes on from (a line break); - reads it from standard input"),
            .value(
                "prompt-file", "FILE",
                doc: "the same from a file: of any bytes for a model that was trained on bytes"),
            .value(
                "tokens", "N", type: .int(min: 1, max: 1 << 30), doc: "how many to write (500)"),
            .value(
                "temperature", "T", type: .number(min: 0, max: 100),
                doc: "above 1 bolder, below 1 safer; 0 takes the likeliest (1)"),
            .value(
                "top-k", "K", type: .int(min: 1, max: 1 << 30),
                doc: "draw from the K likeliest tokens alone"),
            .value("seed", "N", type: .int(min: 0), doc: "what is drawn from; the same text (42)"),
            .value(
                "data", "FILE",
                doc:
                    "the HDF5 file of the text, for checkpoints of older versions, which don't "
                    + "hold its characters"),
            Program.device, Program.threads,
        ])

    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        TrainCommand.setThreads(invocation)
        var generator = try TextGenerator(
            invocation.arguments[0], prompt: try prompt(invocation), named: promptName(invocation),
            temperature: invocation.double("temperature") ?? 1, topK: invocation.int("top-k"),
            seed: UInt64(invocation.int("seed") ?? 42),
            data: invocation.string("data"),
            overrides: invocation.string("device").map { ["device=\($0)"] } ?? [])
        if let remark = generator.remark { Terminal.note(remark) }
        let stop = StopSignal.listening()
        var output = TextOutput()
        output.add(generator.prompt)
        for _ in 0..<(invocation.int("tokens") ?? 500) where !stop.isRequested {
            output.add(try generator.next())
        }
        output.end()
        return stop.isRequested ? .interrupted : .success
    }
}

extension GenerateCommand {
    private static func promptName(_ invocation: CommandInvocation) -> String {
        if let path = invocation.string("prompt-file") { return path }
        return invocation.string("prompt") == "-" ? "--prompt -" : "--prompt"
    }

    /// What the text goes on from; all of standard input, or of a file, without its last line's end.
    private static func prompt(_ invocation: CommandInvocation) throws -> [UInt8]? {
        let given = invocation.string("prompt")
        if let path = invocation.string("prompt-file") {
            guard given == nil else {
                throw UsageError("generate: --prompt and --prompt-file are one; leave one out")
            }
            do throws(FileProblem) {
                return withoutEnd(try FileBytes.read(path, limit: FileBytes.mostInput))
            } catch {
                throw RunError(
                    .data,
                    "\(path): "
                        + (error.isMissing
                            ? "there is no such file; name one to go on from" : error.whileReading))
            }
        }
        guard given == "-" else { return given.map { Array($0.utf8) } }
        do throws(FileProblem) {
            return withoutEnd(try FileBytes.standardInput())
        } catch {
            throw RunError(.data, "--prompt -: standard input \(error.whileReading)")
        }
    }

    /// Without the end of the last line.
    private static func withoutEnd(_ bytes: [UInt8]) -> [UInt8] {
        if bytes.suffix(2) == [0x0D, 0x0A] { return bytes.dropLast(2) }
        return bytes.last == 0x0A || bytes.last == 0x0D ? bytes.dropLast() : bytes
    }
}

/// Text that comes in bytes, written as soon as its characters are complete.
private struct TextOutput {
    /// Bytes of a character that isn't complete yet, or of a line's end.
    private var pending: [UInt8] = []

    mutating func add(_ bytes: [UInt8]) {
        pending += bytes
        // A terminal is shown a return alone in another way than one before a line feed.
        if pending.last == 0x0D { return }
        // A pipe or a file gets the bytes as they are.
        guard Terminal.outputIsTerminal else { return flush() }
        let text = String(validating: pending, as: UTF8.self)
        let rest = pending.reversed().prefix { $0 >= 0x80 }.count
        guard text != nil || rest == 0 || rest >= 4 else { return }
        Terminal.writeText(text ?? String(decoding: pending, as: UTF8.self))
        pending = []
    }

    private mutating func flush() {
        Terminal.writeText(pending)
        pending = []
    }

    func end() {
        Terminal.writeText(pending + [0x0A])
    }
}
