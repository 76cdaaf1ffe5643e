import Datasets
import Tensor

extension BadInputTests {
    /// Rows that don't fit what is made of them. Training data are fine, the last row of the
    /// validation data isn't: it must be found before training starts.
    private static func rows(
        _ name: String, _ sentence: String, _ overrides: [String] = [],
        command: [String] = ["check"],
        _ fill: @escaping @Sendable (_ isGood: Bool) -> [(name: String, array: NDArray)]
    ) -> BadInput {
        BadInput(
            name, command + ["tiny.json", "data.path=bad.h5"] + overrides, 3,
            "bad.h5: 'test/\(sentence)"
        ) { workspace in
            try HDF5Writer.create(workspace.file("bad.h5")) { file in
                for (part, isGood) in [("train", true), ("test", false)] {
                    for (name, array) in fill(isGood) { try file.write("\(part)/\(name)", array) }
                }
            }
        }
    }

    private static let embedded = [
        "data.train.inputs=train/words", "data.validation.inputs=test/words",
        "data.transforms=[{\"type\":\"cast\",\"dtype\":\"float32\"}]",
        "model.layers=[{\"type\":\"embedding\",\"count\":5,\"width\":2},{\"type\":\"flatten\"},"
            + "{\"type\":\"linear\",\"units\":3}]",
    ]

    /// Rows of indices 0 to 4, with one that is another in the second of the rows.
    private static func indices(
        _ last: Double, _ sentence: String, command: [String] = ["check"]
    ) -> BadInput {
        rows(
            "the index \(last) of an embedding, \(command[0])",
            "words': an index is \(sentence) (row 1), but layer 0 (embedding) takes whole numbers "
                + "from 0 to 4; give it a larger count", embedded, command: command
        ) { isGood in
            let words = [0, 1, 4, isGood ? 2 : last]
            return [
                ("words", NDArray(words, [2, 2])), ("labels", NDArray([Int64(0), 2])),
            ]
        }
    }

    /// Targets of the shape of the model's outputs for a loss.
    private static func targets(
        _ loss: String, _ bad: [Double], _ sentence: String, good: [Double] = [0, 1, 0]
    ) -> BadInput {
        rows(
            "targets \(bad) of \(loss)", "labels': \(sentence)",
            ["loss={\"type\":\"\(loss)\"}", "metrics=[]"]
        ) { isGood in
            let values = good + (isGood ? good : bad)
            return [("images", NDArray.full([2, 6], 1)), ("labels", NDArray(values, [2, 3]))]
        }
    }

    static let badRows =
        [
            indices(5, "5"), indices(-1, "-1"), indices(1.5, "1.5"), indices(.nan, "NaN"),
            indices(1e30, "1e+30"), indices(5, "5", command: ["profile"]),
            indices(5, "5", command: ["graph"]), indices(5, "5", command: ["train"]),
            BadInput(
                "the index of an embedding, checking gradients",
                ["check", "tiny.json", "--gradients"] + embedded[2...]
                    + ["model.layers.0.count=1", "data.train.inputs=train/labels"]
                    + ["data.validation.inputs=test/labels"],
                3, "'train/labels': an index is 1 (row 1)"),
            BadInput(
                "an embedding of what a layer computes",
                [
                    "check", "tiny.json",
                    "model.layers=[{\"type\":\"relu\"},{\"type\":\"embedding\",\"count\":5,\"width\":2},"
                        + "{\"type\":\"flatten\"},{\"type\":\"linear\",\"units\":3}]",
                ], 2, "layer 1 (embedding) looks up what a layer computes"),
            BadInput(
                "an embedding of more than float32 tells apart",
                ["check", "tiny.json", embedded[3], "model.layers.0.count=20000000"], 2,
                "exact up to 16,777,216"),
            rows(
                "a class that a transform has no place for",
                "labels': row 1: oneHot: 3 is not a class from 0 to 2",
                ["data.targetTransforms=[{\"type\":\"oneHot\",\"classes\":3}]"]
            ) { isGood in
                [
                    ("images", NDArray.full([2, 6], 1)),
                    ("labels", NDArray([Int64(0), isGood ? 2 : 3])),
                ]
            },
        ] + domains

    private static let domains = [
        targets(
            "crossEntropy", [1, 1, 0],
            "the targets of row 1 add up to 2, but crossEntropy is for targets that are classes, or "
                + "probabilities that add up to 1; for several classes at once use binaryCrossEntropy"
        ),
        targets(
            "crossEntropy", [0, 1.5, -0.5], "a target is 1.5 (row 1), but crossEntropy is for"),
        targets("crossEntropy", [0, 0, 0], "the targets of row 1 add up to 0, but"),
        targets(
            "binaryCrossEntropy", [0, 3, 1],
            "a target is 3 (row 1), but binaryCrossEntropy is for targets from 0 to 1; use another "
                + "loss, data.targetTransforms, or correct the data"),
        targets("binaryFocal", [0, -0.25, 1], "a target is -0.25 (row 1), but binaryFocal is for"),
        targets("dice", [0, 2, 1], "a target is 2 (row 1), but dice is for targets from 0 to 1"),
        targets("klDivergence", [0, 2, 1], "a target is 2 (row 1), but klDivergence is for"),
        targets(
            "hinge", [0, 3, 1], "a target is 3 (row 1), but hinge is for targets of 1, and −1"),
        targets("squaredHinge", [0, 0.5, 1], "a target is 0.5 (row 1), but squaredHinge is for"),
        targets("softMargin", [0, 3, 1], "a target is 3 (row 1), but softMargin is for"),
        targets("hingeEmbedding", [0, 3, 1], "a target is 3 (row 1), but hingeEmbedding is for"),
        targets(
            "poissonNLL", [0, -1, 1], "a target is -1 (row 1), but poissonNLL is for targets from"),
        targets(
            "meanSquaredError", [0, .nan, 1],
            "a target is NaN (row 1), but targets must be finite numbers; correct the data"),
    ]
}
