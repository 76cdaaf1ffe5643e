import FTSupport
import Tensor

extension Dataset {
    /// Opens examples in an HDF5 file.
    ///
    /// They are read into memory where they take at most `memoryLimit` bytes (by default
    /// `defaultMemoryLimit`) and streamed otherwise. The limit decides how shuffling works, so runs
    /// that must repeat use the same one. Throws where the file or a path in it can't be used.
    public static func open(
        _ path: String, inputs: String, targets: String, memoryLimit: Int? = nil
    ) throws -> Dataset {
        try open(path, inputs: [inputs], targets: targets, memoryLimit: memoryLimit)
    }

    /// Opens examples with several inputs in an HDF5 file: a dataset for each.
    public static func open(
        _ path: String, inputs: [String], targets: String, memoryLimit: Int? = nil
    ) throws -> Dataset {
        let file = try HDF5File(path)
        let inputs = try inputs.map { try HDF5Dataset(file, $0) }
        let targets = try HDF5Dataset(file, targets)
        guard !inputs.isEmpty else { throw DataError(path, "no dataset of inputs is named") }
        func name(_ inputs: [HDF5Dataset]) -> String {
            let list = inputs.map { "'\($0.path)'" }.joined(separator: ", ")
            return "\(path): \(list) and '\(targets.path)'"
        }
        for input in inputs { try checkCounts(name([input]), input.count, targets.count) }
        for source in inputs + [targets] where source.rowShape.elementCount == 0 {
            throw source.error("has rows without elements; fill it or name another dataset")
        }
        let limit = memoryLimit ?? defaultMemoryLimit
        let size = (inputs + [targets]).reduce(0) { $0 + $1.shape.elementCount * $1.dtype.size }
        guard size > limit || size < Machine.memory else {
            throw DataError(
                name(inputs),
                "\(Format.bytes(size)) don't fit into memory, which is \(Format.bytes(Machine.memory)); "
                    + "lower memoryLimit (data.memoryLimit), so that they are streamed")
        }
        func source(_ dataset: HDF5Dataset) throws -> Source {
            size <= limit ? .memory(try dataset.read()) : .stream(dataset)
        }
        return Dataset(
            name: name(inputs), inputs: try inputs.map(source),
            named: inputs.map { "\(path): '\($0.path)'" }, targets: try source(targets),
            named: "\(path): '\(targets.path)'", rows: 0..<targets.count)
    }

    /// Half of this machine's memory (or of what its container may use), at most 4 GiB.
    public static var defaultMemoryLimit: Int { min(Machine.memory / 2, 4 << 30) }
}
