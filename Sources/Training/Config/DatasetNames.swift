/// What datasets of inputs and of targets are usually called in a file.
package enum DatasetNames {
    /// One folder's, the likeliest first.
    private static let pairs: [(inputs: String, targets: String)] = [
        ("images", "labels"), ("inputs", "targets"), ("x", "y"), ("X", "y"), ("data", "target"),
        ("data", "labels"), ("features", "labels"), ("features", "targets"), ("inputs", "labels"),
    ]
    private static let heldFolders = ["validation", "val", "valid", "test"]

    /// Those of a folder, of the datasets that there are.
    package static func find(
        in folder: String, among all: Set<String>
    ) -> (inputs: String, targets: String)? {
        pairs.map { (inputs: "\(folder)/\($0.inputs)", targets: "\(folder)/\($0.targets)") }
            .first { all.contains($0.inputs) && all.contains($0.targets) }
    }

    /// Those to measure on.
    package static func held(among all: Set<String>) -> (inputs: String, targets: String)? {
        heldFolders.lazy.compactMap { find(in: $0, among: all) }.first
    }
}
