import Checkpoint
import Datasets
import FTConfig
import FTSupport
import NN
import Tensor

// What `model.freeze` and `model.from` do to the weights as they were drawn.
extension Experiment {
    /// Freezes the parameters that a config names.
    static func freeze(_ model: Module, _ config: ConfigValue) throws(ConfigError) {
        for pattern in config.children("freeze") {
            for (_, parameter) in try NamePattern.find(pattern, among: model.namedParameters) {
                parameter.requiresGrad = false
            }
        }
    }

    /// Gives the model the weights that `model.from` names, and says which they were and which
    /// weren't loaded; nil where the config names none.
    ///
    /// Throws a `ConfigError` where nothing fits, and a `CheckpointError` for a file that can't be
    /// used.
    public func loadInitialWeights() throws -> String? {
        try initialWeightNotes().map { $0.joined(separator: "; ") }
    }

    /// The same, a sentence on each thing to know.
    package func initialWeightNotes() throws -> [String]? { try readInitialWeights()?.sentences }

    /// As above, with what identifies the weights.
    func readInitialWeights() throws -> InitialWeights? {
        guard let from = config.value.child("model").optional("from") else { return nil }
        let lists = config.data.named("transforms")
        let weights = try InitialWeights(
            from, for: model, preprocessing: data.preprocessing,
            transforms: lists.count == 1 && lists[0].name.isEmpty ? lists[0].value.elements : nil)
        try model.load(weights.arrays, strict: false)
        return weights
    }
}

/// Weights of a file that fit a model.
struct InitialWeights {
    /// The file that they come from.
    let path: String
    /// By the model's names.
    private(set) var arrays: [(name: String, value: NDArray)] = []
    /// A hash of all of them.
    let digest: String
    /// What of the model the file lacks or isn't to give, and what has another shape there.
    private var missing: [String] = []
    private var misshaped: [String] = []
    /// What of the file has no place in the model.
    private var unused: [String] = []
    /// The classes of the file's model and of this one, where both are known and differ.
    private let differing: (there: [String], here: [String])?
    /// What differs in how tables become numbers, where both are known.
    private let encoding: String?
    /// How inputs are scaled, where both are known and differ.
    private let scaling: (there: String, here: String)?
    /// The argument that scales inputs as they were there, and does what else the config does; nil
    /// where it is too long for one.
    private let scalingArgument: String?

    /// - Parameters:
    ///   - preprocessing: what happens to the model's data, where that is known.
    ///   - transforms: what the config says of that; nil where inputs have lists of their own.
    init(
        _ from: ConfigValue, for model: Module, preprocessing: Preprocessing? = nil,
        transforms: [ConfigValue]? = nil
    ) throws {
        path = try Evaluation.checkpoint(from.string("path")).path
        let known = InitialWeights.preprocessing(path)
        let (there, here) = (known?.classNames ?? [], preprocessing?.classNames ?? [])
        differing = !there.isEmpty && !here.isEmpty && there != here ? (there, here) : nil
        encoding = known?.table.flatMap { table in
            preprocessing?.table?.difference(from: table, called: "there")
        }
        let scales = (there: known?.scaling, here: preprocessing?.scaling)
        scalingArgument = transforms.flatMap { known?.transformsArgument(in: $0) }
        if let there = scales.there, let here = scales.here, there != here {
            scaling = (there, here)
        } else {
            scaling = nil
        }
        let patterns = from.strings("match").map { NamePattern($0) }
        let prefix = from.string("prefix")
        var found: [String: NDArray] = [:]
        var renaming = try WeightRenaming(from, path: path)
        for tensor in try TrainingCheckpoint.weights(path: path) {
            guard tensor.name.hasPrefix(prefix) else {
                unused.append(tensor.name)
                continue
            }
            let name = try renaming.name(of: String(tensor.name.dropFirst(prefix.count)))
            found[name] = tensor.array
        }
        if found.isEmpty {
            let problem = "no name in \(path) begins with '\(prefix)': it has "
            throw ConfigError([from.issue(problem + NamePattern.list(unused), at: "prefix")])
        }
        try renaming.checkUse()
        var hash = XXHash64()
        // What is asked for and isn't there.
        var lacking: [String] = []
        let theirs = model.pyTorchNames
        for tensor in model.modelTensors {
            let names = [tensor.name] + [theirs[tensor.name]].compactMap { $0 }
            let name = names.first { found[$0] != nil }
            guard let name, let array = found.removeValue(forKey: name),
                patterns.contains(where: { $0.matches(tensor.name) })
            else {
                missing.append(tensor.name)
                if name == nil, patterns.contains(where: { $0.matches(tensor.name) }) {
                    lacking.append(tensor.name)
                }
                continue
            }
            guard let fitting = InitialWeights.fitted(array, tensor.array) else {
                misshaped.append(
                    "\(tensor.name) (\(array.dtype) \(Format.shape(array.shape)) there, "
                        + "\(tensor.array.dtype) \(Format.shape(tensor.array.shape)) here)")
                continue
            }
            if fitting.dtype.isFloat, !fitting.isAllFinite {
                throw ConfigError([
                    from.issue(
                        "\(tensor.name) in \(path) holds NaN or infinity; take another checkpoint",
                        at: "path")
                ])
            }
            arrays.append((tensor.name, fitting))
            fitting.withUnsafeBytes { hash.update($0) }
        }
        try InitialWeights.checkPatterns(from, model)
        digest = "xxh64:" + hash.digits
        let extra = found.keys.sorted()
        unused += extra.map { prefix + renaming.original(of: $0) }
        let asked = extra.filter { name in patterns.contains { $0.matches(name) } }
        if from.bool("strict") {
            try checkWhole(from, lacking, asked.map { prefix + renaming.original(of: $0) })
        }
        if arrays.isEmpty { throw nothingFits(from) }
    }

    /// What happened to the data of a checkpoint or an exported model; nil where nothing says so.
    private static func preprocessing(_ path: String) -> Preprocessing? {
        let kept = try? TrainingCheckpoint.state(path: path).extra[Preprocessing.key]
        let text = kept ?? (try? SafetensorsFile(path))?.metadata[Preprocessing.key]
        return text.flatMap { Preprocessing($0) }
    }

    /// Throws where a pattern is that of no name.
    private static func checkPatterns(_ from: ConfigValue, _ model: Module) throws {
        let names = model.modelTensors.map(\.name)
        let idle = from.strings("match").first { pattern in
            !names.contains(where: NamePattern(pattern).matches)
        }
        guard let idle else { return }
        throw ConfigError([from.issue("'\(idle)' is no name in the model", at: "match")])
    }

    /// Throws where the file isn't what is asked for, all of it and nothing else.
    private func checkWhole(
        _ from: ConfigValue, _ lacking: [String], _ extra: [String]
    ) throws(ConfigError) {
        var problems: [String] = []
        if !lacking.isEmpty { problems.append("it lacks \(NamePattern.list(lacking))") }
        if !misshaped.isEmpty {
            problems.append("of other shapes or types: \(NamePattern.list(misshaped))")
        }
        if !extra.isEmpty { problems.append("the model has no \(NamePattern.list(extra))") }
        guard !problems.isEmpty else { return }
        let all = problems.joined(separator: "; ")
        throw ConfigError([
            from.issue(
                "\(path) isn't the model, whole and alone: \(all); name what to take in match, or "
                    + "leave strict out", at: "strict")
        ])
    }

    private func nothingFits(_ from: ConfigValue) -> ConfigError {
        let why =
            misshaped.isEmpty ? "" : "; of other shapes or types: \(NamePattern.list(misshaped))"
        let names =
            unused.isEmpty && missing.isEmpty
            ? "" : ": it has \(NamePattern.list(unused)), the model \(NamePattern.list(missing))"
        return ConfigError([from.issue("nothing in \(path) fits\(names)\(why)", at: "path")])
    }

    /// An array as a model takes it; floats of another width are converted.
    private static func fitted(_ array: NDArray, _ own: NDArray) -> NDArray? {
        guard array.shape == own.shape else { return nil }
        if array.dtype == own.dtype { return array.contiguous() }
        return array.dtype.isFloat && own.dtype.isFloat ? array.cast(to: own.dtype) : nil
    }

    private static func list(_ classes: [String]) -> String {
        classes.prefix(4).map { $0.escapedForDisplay(limit: 30) }.joined(separator: ", ")
            + (classes.count > 4 ? " and \(Format.grouped(classes.count - 4)) more" : "")
    }

    /// What was loaded and what wasn't, and where classes or columns differ: a sentence each.
    var sentences: [String] { [account] + differences }

    /// Whether all of the file is all of the model.
    var isWhole: Bool { missing.isEmpty && misshaped.isEmpty && unused.isEmpty }

    /// What was loaded and what wasn't.
    var account: String {
        let all = arrays.count + missing.count + misshaped.count
        var text = "\(arrays.count) of the model's \(all) tensors come from \(path)"
        if !missing.isEmpty { text += "; as they were drawn: \(NamePattern.list(missing))" }
        if !misshaped.isEmpty {
            text += "; of other shapes or types: \(NamePattern.list(misshaped))"
        }
        if !unused.isEmpty { text += "; not used: \(NamePattern.list(unused))" }
        return text
    }

    /// Where classes, columns or scales differ.
    var differences: [String] {
        var sentences: [String] = []
        if let differing {
            sentences.append(
                "the classes differ, so what tells them apart has to be learned anew: "
                    + "\(InitialWeights.list(differing.there)) there, "
                    + "\(InitialWeights.list(differing.here)) here")
        }
        if let encoding {
            sentences.append(
                "inputs aren't what they were there, and have to be learned anew: \(encoding)")
        }
        if let scaling {
            let remedy = scalingArgument ?? "the former in data.transforms, in place of the latter"
            sentences.append(
                "inputs were scaled otherwise there, by \(scaling.there), here by "
                    + "\(scaling.here); where they mean the same, say \(remedy)")
        }
        return sentences
    }
}
