import FoundationEssentials
import Glibc
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
        let file = try HDF5File(path)
        let inputs = try HDF5Dataset(file, inputs)
        let targets = try HDF5Dataset(file, targets)
        let name = "\(path): '\(inputs.path)' and '\(targets.path)'"
        try checkCounts(name, inputs.count, targets.count)
        for source in [inputs, targets] where source.rowShape.elementCount == 0 {
            throw source.error("has rows without elements; fill it or name another dataset")
        }
        let limit = memoryLimit ?? defaultMemoryLimit
        let size = inputs.shape.elementCount * inputs.dtype.size
        let isHeld = size + targets.shape.elementCount * targets.dtype.size <= limit
        return Dataset(
            name: name,
            inputs: isHeld ? .memory(try inputs.read()) : .stream(inputs),
            targets: isHeld ? .memory(try targets.read()) : .stream(targets),
            rows: 0..<inputs.count)
    }

    /// Half of this machine's memory (or of what its container may use), at most 4 GiB.
    public static var defaultMemoryLimit: Int {
        let pages = sysconf(Int32(_SC_PHYS_PAGES))
        var memory = pages > 0 ? pages * sysconf(Int32(_SC_PAGESIZE)) : 8 << 30
        if let bytes = try? Data(contentsOf: URL(filePath: "/sys/fs/cgroup/memory.max")),
            let limit = Int(String(decoding: bytes.filter { $0 > 32 }, as: UTF8.self))
        {
            memory = min(memory, limit)
        }
        return min(memory / 2, 4 << 30)
    }
}
