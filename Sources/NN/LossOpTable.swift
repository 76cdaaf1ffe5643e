public import Autograd
internal import Tensor

/// The operations that losses define beside those of `OpTable`.
public enum LossOpTable {
    public static let rows: [OpRow] = [
        OpRow(
            name: "crossEntropy", classes: ["CrossEntropyOfClasses"],
            inputs: [.real(-2...2), .index(below: 4)],
            shapes: [[[3, 4], [3]], [[1, 4], [1]], [[2, 3, 4], [2, 3]], [[4], []]],
            large: [], gradient: .exact, roundings: 3
        ) { CrossEntropy()($0[0], $0[1].mod(4)) }
    ]
}
