import Checkpoint
import FTConfig
import FTJSON
import FTSupport
import Tensor
import Training

/// `fttrain export RUN`: a trained model's weights for other programs.
enum ExportCommand {
    static let command = Command(
        name: "export", summary: "Write a trained model's weights for other programs.",
        arguments: [CommandArgument("RUN|CHECKPOINT", doc: "a run folder or a checkpoint")],
        options: [
            .value(
                "format", "FORMAT",
                type: .string(oneOf: ModelExport.Form.allCases.map(\.rawValue)),
                doc: "safetensors (the default) or npz: weights; onnx: the model, for runtimes"),
            .value("out", short: "o", "FILE", doc: "where to write; NAME.FORMAT by default"),
            .value(
                "names", "NAMES", type: .string(oneOf: ModelExport.Names.allCases.map(\.rawValue)),
                doc: "own (the default) or pytorch: what tensors are called"),
            Program.force, Program.json,
        ])

    /// The form that was asked for, or else that of the file's name.
    ///
    /// Throws where the two differ.
    private static func form(_ invocation: CommandInvocation) throws -> ModelExport.Form {
        let given = invocation.string("format").flatMap(ModelExport.Form.init)
        let out = invocation.string("out")
        let named = ModelExport.Form.allCases.first { form in
            out?.lowercased().hasSuffix(".\(form.rawValue)") ?? false
        }
        if let given, let named, let out, given != named {
            throw UsageError(
                "export: \(out) is a name for \(named.rawValue), and --format says "
                    + "\(given.rawValue); change one of them")
        }
        if let out, given == nil, named == nil {
            throw UsageError(
                "export: \(out): the name says no form; end it in .safetensors, .npz or .onnx, or "
                    + "give a --format")
        }
        return given ?? named ?? .safetensors
    }

    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        let form = try form(invocation)
        if let path = invocation.string("out") {
            try FileWriting.check(path, reading: [invocation.arguments[0]])
        }
        let names = invocation.string("names").flatMap(ModelExport.Names.init) ?? .own
        if form == .onnx, names == .pytorch {
            throw UsageError(
                "export: runtimes don't look at names of tensors; leave --names pytorch out, or "
                    + "write --format safetensors")
        }
        let predictor = try Predictor(invocation.arguments[0])
        let path = invocation.string("out") ?? ModelExport.name(predictor, form)
        if !invocation.flag("force") { try FileWriting.check(path, isEarlier: .export(form)) }
        let tensors = try ModelExport.write(predictor, form, names: names, to: path)
        let count = tensors.reduce(0) { $0 + $1.array.count }
        if invocation.flag("json") {
            var object: JSONObject = [
                "out": .string(path), "format": .string(form.rawValue),
                "tensors": .int(tensors.count), "parameters": .int(count),
            ]
            object.append(contentsOf: try Provenance(predictor).json)
            JSONReport.emit("export", object)
        } else {
            Terminal.print(
                "model   \(predictor.path)   epoch \(predictor.epoch), step "
                    + "\(Format.grouped(predictor.step))\n"
                    + "wrote   \(path)   \(Format.count(tensors.count, "array")), "
                    + "\(Format.grouped(count)) numbers, config and preprocessing")
        }
        return .success
    }
}
