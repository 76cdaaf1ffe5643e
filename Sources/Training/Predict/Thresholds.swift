import Autograd
import Datasets
import FTJSON
import FTSupport
import Tensor

/// From which probabilities on a model says one of two classes, or yes.
package struct Thresholds: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        /// One of two classes, or no or yes of a single output, by its number; else the other.
        case ofClass(Int, Double)
        /// Yes, of every output.
        case ofAll(Double)
        /// Yes, of each output by itself; nil for what is likelier.
        case ofEach([Double?])
    }

    let kind: Kind
    /// As `--threshold` takes it.
    package let text: String

    /// What a model's outputs are that are decided.
    struct Subject {
        let meaning: OutputMeaning
        /// The axes of what the model says of an example.
        let shape: [Int]
        /// Those of classes, or of several outputs; empty where they have none.
        let names: [String]
        /// What the loss is called.
        let loss: String

        /// How many yes-or-no outputs an example has.
        fileprivate var width: Int { shape.reduce(1, *) }
        /// Whether it is one of two that is chosen.
        fileprivate var isOfTwo: Bool { meaning.isOfClassAxis || width == 1 }

        /// What can be named: both classes, or the outputs.
        fileprivate var known: [String] {
            let count = isOfTwo ? 2 : shape.count == 1 ? width : 0
            return names.count == count ? names : (0..<count).map { "\($0)" }
        }

        /// Why nothing can be decided by a probability; nil where it can.
        fileprivate var problem: String? {
            switch meaning {
            case .numbers: "the loss \(loss) trains for quantities"
            case .classes(.scores), .answers(.scores):
                "the loss \(loss) gives scores, no probabilities"
            case .classes:
                shape.last == 2 ? nil : "the model tells \(shape.last ?? 0) classes apart"
            case .answers: nil
            }
        }
    }

    /// Reads one probability for all, or `NAME=P` with commas between: for one of two classes, or
    /// for some of several outputs, as `QuotedList` has them.
    ///
    /// Throws where the model gives no such probabilities, or has no such names.
    init(_ text: String, of subject: Subject) throws(RunError) {
        func refused(_ problem: String) -> RunError {
            RunError(.usage, "--threshold \(text.shellWord): \(problem)")
        }
        if let problem = subject.problem {
            throw RunError(
                .usage,
                "--threshold is for two classes, or yes and no, with probabilities, and \(problem); "
                    + "leave it out")
        }
        if let probability = Thresholds.probability(text) {
            guard (0...1).contains(probability) else {
                throw refused("a probability is from 0 to 1; give one")
            }
            self.init(
                subject.isOfTwo ? .ofClass(1, probability) : .ofAll(probability), "\(probability)")
            return
        }
        let known = subject.known
        guard !known.isEmpty else {
            throw refused(
                "is no probability, and the model's outputs have no names; give a number from 0 to 1"
            )
        }
        var found = [Double?](repeating: nil, count: known.count)
        for (name, value) in try Thresholds.parts(text, refused) {
            let place =
                known.firstIndex(of: name) ?? known.firstIndex(of: name.withoutOuterSpaces)
            guard let place else {
                let kind = subject.isOfTwo ? "class" : "label"
                throw refused(Thresholds.unknown(name, kind, among: known))
            }
            guard (0...1).contains(value) else {
                throw refused("a probability is from 0 to 1; give one")
            }
            guard found[place] == nil else {
                throw refused("\(name.jsonQuoted) is given twice; leave one out")
            }
            found[place] = value
        }
        let given = known.indices.compactMap { place in found[place].map { (place, $0) } }
        let written = Thresholds.option(given.map { (known[$0.0], $0.1) })
        guard subject.isOfTwo else {
            self.init(.ofEach(found), written)
            return
        }
        guard given.count == 1 else {
            throw refused(
                "what isn't one of two classes is the other, so one probability says both; leave one "
                    + "out")
        }
        self.init(.ofClass(given[0].0, given[0].1), written)
    }

    private static func unknown(_ name: String, _ kind: String, among known: [String]) -> String {
        let near = Suggestion.nearest(to: name, among: known)
        let list = known.prefix(8).map { QuotedList.item($0.escapedForDisplay(limit: 30)) }
            .joined(separator: ", ")
        let all = "Give one of \(list)\(known.count > 8 ? ", …" : "")"
        return "there is no \(kind) \(name.jsonQuoted). "
            + (near.map { "Did you mean \($0.jsonQuoted)?" } ?? all)
    }

    private init(_ kind: Kind, _ text: String) { (self.kind, self.text) = (kind, text) }

    private static func probability(_ text: String) -> Double? {
        Double(text.withoutOuterSpaces)
    }

    /// The names and probabilities of `NAME=P,NAME=P`.
    private static func parts(
        _ text: String, _ refused: (String) -> RunError
    ) throws(RunError) -> [(String, Double)] {
        guard let items = QuotedList.read(text) else {
            throw refused("a quote isn't closed; a name with a comma stands in two, \"a,b\"=0.3")
        }
        guard !items.isEmpty else {
            throw refused("is no probability; give a number from 0 to 1, or NAME=P")
        }
        return try items.map(\.text).map { piece throws(RunError) in
            guard let place = piece.lastIndex(of: "="),
                let value = probability(String(piece[piece.index(after: place)...]))
            else {
                throw refused(
                    "\(piece.jsonQuoted) is no probability of a label by its name; give one number from "
                        + "0 to 1, with a decimal point, or NAME=P for each, names with commas in "
                        + "quotes")
            }
            return (String(piece[..<place]), value)
        }
    }

    /// The form that is read.
    static func option(_ parts: [(name: String, probability: Double)]) -> String {
        parts.map { name, probability in "\(QuotedList.item(name))=\(probability)" }
            .joined(separator: ",")
    }

    /// A command that predicts, where model and data aren't known.
    static let anyCommand = "fttrain predict RUN DATA"

    /// How to have `predict` decide so.
    ///
    /// - Parameter command: that without the threshold.
    static func sentence(_ option: String, _ command: String) -> String {
        "to predict so: \(command) --threshold \(option.shellWord)"
    }

    /// 1 where outputs of the model say the second of two classes, or yes, else 0: int64.
    ///
    /// - Parameter values: probabilities, as `OutputMeaning.values` gives them.
    func decisions(_ values: NDArray, hasClassAxis: Bool) -> NDArray {
        // In the dtype of the probabilities, so that one of these means itself.
        let shares = Tensor(values)
        let isYes: Tensor
        switch kind {
        case .ofAll(let least): isYes = shares .>= least
        case .ofEach(let all):
            let half = values.dtype == .float64 ? 0.5.nextUp : Double(Float(0.5).nextUp)
            let least = NDArray(all.map { $0 ?? half }).cast(to: values.dtype)
            isYes = shares .>= Tensor(least.on(values.backend))
        case .ofClass(let place, let least):
            let ofClass =
                hasClassAxis
                ? shares.chunk(2, axis: -1)[place]
                : place == 1 ? shares : 1 - shares.cast(to: .float64)
            let isChosen = ofClass .>= least
            isYes = place == 1 ? isChosen : isChosen.logicalNot()
        }
        let chosen = isYes.data.cast(to: .int64)
        guard hasClassAxis else { return chosen }
        return chosen.reshape(chosen.shape.removing(at: chosen.rank - 1))
    }
}

extension String {
    fileprivate var withoutOuterSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
