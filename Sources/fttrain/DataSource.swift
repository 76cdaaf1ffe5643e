import FTConfig
import Glibc

/// `train/images=train.npy`: a dataset and where it comes from.
struct DataSource {
    let name: String
    let path: String

    static func read(_ arguments: [String]) throws(UsageError) -> [DataSource] {
        guard !arguments.isEmpty else {
            throw UsageError("data: name what to write, as in train/images=images.npy")
        }
        var sources: [DataSource] = []
        for argument in arguments {
            let parts = argument.split(separator: "=", maxSplits: 1).map { String($0) }
            guard parts.count == 2 else {
                throw UsageError(
                    "data: expected NAME=SOURCE such as train/images=images.npy, found '\(argument)'"
                )
            }
            if access(argument, F_OK) == 0, access(parts[1], F_OK) != 0 {
                throw UsageError(
                    "data: '\(argument)' stands for a dataset '\(parts[0])' made from \(parts[1]), which "
                        + "isn't there; of the file of that name make one by: train=./\(argument)")
            }
            guard !sources.contains(where: { $0.name == parts[0] }) else {
                throw UsageError("data: '\(parts[0])' is named twice")
            }
            sources.append(DataSource(name: parts[0], path: parts[1]))
        }
        return sources
    }
}
