import Checkpoint
import FTConfig
import FTJSON
import FTSupport
import Glibc
import Tensor
import Training

/// `fttrain inspect FILE [FILE2]`: what is in a file, or what differs between two.
enum InspectCommand {
    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        let path = invocation.arguments[0]
        let isJSON = invocation.flag("json")
        let showsLayers = invocation.flag("layers")
        let options = InspectOptions(
            filter: invocation.string("filter"),
            sort: .init(rawValue: invocation.string("sort") ?? "none") ?? .none,
            depth: invocation.int("depth"), statistics: invocation.flag("stats"))
        if showsLayers, invocation.arguments.count > 1 || isHDF5(path) {
            throw UsageError("inspect: --layers is for one checkpoint of a run, or a run folder")
        }
        if invocation.arguments.count > 1 {
            let comparison = try CheckpointComparison(
                checkpoint(path), checkpoint(invocation.arguments[1]), options: options)
            show(comparison.text(), comparison.json, isJSON)
            return .success
        }
        if Folder.exists(path) { return try inspectRun(path, options, showsLayers, isJSON) }
        if isHDF5(path) {
            let listing = try HDF5Listing.of(path, options)
            show(listing.text(), listing.json, isJSON)
            return .success
        }
        if let index = try ShardIndex(path) {
            let listing = index.listing(options)
            show(listing.text(), listing.json, isJSON)
            return .success
        }
        return try inspect(path, options, showsLayers, isJSON)
    }

    private static func inspect(
        _ path: String, _ options: InspectOptions, _ showsLayers: Bool, _ isJSON: Bool
    ) throws -> ExitStatus {
        let report = try InspectReport(path: path, options: options)
        let layers = showsLayers ? try Predictor(path).layerTable : nil
        var json = report.json
        if let layers, case .object(var object) = json {
            object["layers"] = layers.json
            json = .object(object)
        }
        let table = layers.map { "\n" + $0.lines.joined(separator: "\n") } ?? ""
        show(report.text() + table, json, isJSON)
        guard report.isDamaged else { return .success }
        let problem =
            report.checksum == .bad
            ? "the checksum does not match; the file is damaged"
            : "NaN or infinity in \(report.nonFinite.joined(separator: ", "))"
        throw RunError(.data, "\(path): \(problem)")
    }

    private static func inspectRun(
        _ path: String, _ options: InspectOptions, _ showsLayers: Bool, _ isJSON: Bool
    ) throws -> ExitStatus {
        let folder = try RunFolder(opening: path)
        if !isJSON, let state = try folder.statusLine() { Terminal.print(state) }
        if !isJSON, let changes = folder.changes() {
            Terminal.print(changes.wrapped(indent: 8).joined(separator: "\n"))
        }
        return try inspect(checkpoint(path), options, showsLayers, isJSON)
    }

    /// The checkpoint that a run folder stands for: the best, or else the last.
    private static func checkpoint(_ path: String) throws -> String {
        guard Folder.exists(path) else { return path }
        let store = try RunFolder(opening: path).checkpoints()
        for candidate in [store.bestPath, store.lastPath] where access(candidate, F_OK) == 0 {
            return candidate
        }
        throw RunError(.data, "\(path): has no checkpoint yet")
    }

    private static func show(_ text: String, _ json: JSONValue, _ isJSON: Bool) {
        if isJSON { return Terminal.print(json.text()) }
        Terminal.print(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    }

    /// Whether a file starts as HDF5 files do.
    private static func isHDF5(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var start = [UInt8](repeating: 0, count: 8)
        guard read(descriptor, &start, 8) == 8 else { return false }
        return start == [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    }
}
