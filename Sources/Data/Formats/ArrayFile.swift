public import Tensor

/// Files that hold one array, whichever format their name says.
public enum ArrayFile {
    private enum Format { case npy, idx }

    /// Reads `.npy`, or IDX (`.idx`, names ending in `ubyte`, either with `.gz`).
    ///
    /// Throws where the name says neither, and where the file is damaged.
    public static func read(_ path: String) throws -> NDArray {
        switch try format(of: path) {
        case .npy: try NPY.read(path)
        case .idx: try IDX.read(path)
        }
    }

    /// Writes an array in the format that the name says.
    ///
    /// Throws where it says none, and where the file can't be written.
    public static func write(_ array: NDArray, to path: String) throws {
        switch try format(of: path) {
        case .npy: try NPY.write(array, to: path)
        case .idx: try IDX.write(array, to: path)
        }
    }

    private static func format(of path: String) throws -> Format {
        if path.hasSuffix(".npy") { return .npy }
        let plain = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
        if plain.hasSuffix(".idx") || plain.hasSuffix("ubyte") { return .idx }
        throw DataError(path, "the name ends in no known format; use .npy, .idx or .idx.gz")
    }
}
