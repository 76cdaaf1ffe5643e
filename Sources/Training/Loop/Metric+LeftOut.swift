import FTSupport
import NN

extension Metric {
    /// Which outputs a mean over several leaves out, and why, in a sentence; nil where it is of all
    /// of them, or of none, so that it has no value.
    ///
    /// - Parameter names: what the outputs are called; those without a name are told by their place.
    func noteOnMean(of numbers: [Double], title: String, _ names: [String]) -> String? {
        guard let mean = self as? any MeanOverOutputs, !value(of: numbers).isNaN else { return nil }
        let places = mean.outputsLeftOut(of: numbers)
        return LeftOutputs.sentence(
            title, places.map { names.indices.contains($0) ? names[$0] : "\($0)" },
            type(of: mean).reasonForNoValue)
    }
}

/// Outputs that a mean leaves out.
enum LeftOutputs {
    private static let shown = 5

    /// As in `r2 is a mean without 'b' and 'c': all targets are equal there`; nil where none is left
    /// out.
    static func sentence(_ title: String, _ names: [String], _ reason: String) -> String? {
        guard !names.isEmpty else { return nil }
        let list = names.prefix(shown).map { "'\($0.escapedForDisplay(limit: 30))'" }
        let rest = names.count > shown ? " and \(names.count - shown) more" : ""
        return "\(title) is a mean without \(list.joined(separator: ", "))\(rest): \(reason) there"
    }
}
