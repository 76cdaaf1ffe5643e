import Datasets
import FTSupport
import Glibc

/// What tells that a file was written by an earlier command of the same kind, and so may be
/// replaced.
package enum EarlierOutput {
    /// A file beside it, its path with this at the end, says what it comes from.
    case beside(String)
    /// It begins with a part that holds these signs.
    case beginning(String)
    /// It ends with a part that holds these signs.
    case ending(String)
    /// HDF5 that has this attribute.
    case attribute(String)

    /// Of a file with predictions.
    package static func predictions(_ form: PredictionWriter.Form) -> EarlierOutput {
        form == .h5 ? .attribute("checkpointHash") : .beside(PredictionWriter.sourceEnd)
    }

    /// Of an exported model.
    package static func export(_ form: ModelExport.Form) -> EarlierOutput {
        switch form {
        case .safetensors: .beginning("checkpointHash")
        case .npz: .ending("source.json")
        case .onnx: .beginning("FakeTensor")
        }
    }

    /// A page.
    package static let page = EarlierOutput.beginning(Page.generator)
    /// A picture of curves.
    package static let picture = EarlierOutput.beginning(Chart.generator)

    fileprivate func holds(_ path: String) -> Bool {
        switch self {
        case .beside(let end): access(path + end, F_OK) == 0
        case .attribute(let key): (try? HDF5File(path))?.attribute(key) != nil
        case .beginning(let signs):
            EarlierOutput.part(path) { Array($0.prefix(1 << 16)) }.contains(signs)
        case .ending(let signs):
            EarlierOutput.part(path) { Array($0.suffix(1 << 16)) }.contains(signs)
        }
    }

    private static func part(
        _ path: String, _ take: (UnsafeRawBufferPointer) -> [UInt8]
    ) -> String {
        guard let file = try? MappedFile(path: path) else { return "" }
        return withExtendedLifetime(file) { String(decoding: take(file.bytes), as: UTF8.self) }
    }
}

extension FileWriting {
    /// Throws where a file is there that holds something, and is no earlier output.
    package static func check(_ path: String, isEarlier kind: EarlierOutput) throws(RunError) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0,
            !kind.holds(path)
        else { return }
        throw RunError(
            .usage,
            "\(path): is there, and wasn't written by this command before; name another file, or "
                + "replace it with --force")
    }
}
