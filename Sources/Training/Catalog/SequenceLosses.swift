import FTConfig
import NN

extension Catalogs {
    /// Losses of sequences.
    static let sequenceLosses: [Catalog<Void, ChosenLoss>.Entry] = [
        Catalog<Void, ChosenLoss>.Entry(
            "ctc", "−ln of the probability that steps spell labels, whatever the alignment.",
            [
                .int(
                    "blank", default: 0, min: 0,
                    doc: "class that says nothing: left out of targets, which it fills up"),
                .bool(
                    "zeroInfinity", default: false,
                    doc: "sequences too short for their labels lose nothing"),
            ]
        ) { value, _ in
            ChosenLoss(
                CTC(blank: value.int("blank"), zeroesInfinity: value.bool("zeroInfinity")),
                .incomparable("finds the alignment of outputs and labels itself"))
        }
    ]
}
