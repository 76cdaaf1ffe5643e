import Tensor

/// An expression like "bij,bjk->bik", read and checked against its operands: labels of all axes.
///
/// Letters have labels from 0, upper case first, and the axes of an ellipsis labels from 100,
/// counted from the last one.
struct EinsumExpression {
    /// The labels of each operand's axes, in order.
    let operands: [[Int]]
    /// Those of the result's.
    let result: [Int]
    /// The size of each label; operands may have 1 there instead.
    let sizes: [Int: Int]

    private static let firstOfEllipsis = 100

    init(_ text: String, _ shapes: [Shape]) {
        let parts = text.filter { $0 != " " }.split(
            separator: "->", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { EinsumExpression.refuse(text, "it has two arrows") }
        let terms = parts[0].split(separator: ",", omittingEmptySubsequences: false)
        guard terms.count == shapes.count else {
            EinsumExpression.refuse(
                text, "it names \(terms.count) operands, and there are \(shapes.count)")
        }
        operands = zip(terms, shapes).enumerated().map { position, pair in
            EinsumExpression.labels(of: pair.0, pair.1, operand: position, text)
        }
        let sizes = EinsumExpression.sizes(operands, shapes, text)
        let dots = sizes.keys.filter { $0 >= EinsumExpression.firstOfEllipsis }
        let ellipsis = dots.sorted(by: >)
        if parts.count == 2 {
            result = EinsumExpression.labels(of: parts[1], ellipsis, Set(sizes.keys), text)
        } else {
            let all = operands.joined()
            let once = sizes.keys.filter { label in
                label < EinsumExpression.firstOfEllipsis && all.count { $0 == label } == 1
            }
            result = ellipsis + once.sorted()
        }
        self.sizes = sizes
    }

    private static func refuse(_ text: String, _ problem: String) -> Never {
        fail(
            "einsum", "\"\(text)\": \(problem)",
            hint: "write a letter an axis, a comma between operands, as in \"ij,jk->ik\"")
    }

    /// The letters of a term, nil standing for an ellipsis.
    private static func letters(_ term: Substring, _ text: String) -> [Int?] {
        var rest = term
        var labels: [Int?] = []
        while let character = rest.first {
            if rest.hasPrefix("...") {
                if labels.contains(nil) { refuse(text, "\"\(term)\" has two ellipses") }
                labels.append(nil)
                rest = rest.dropFirst(3)
                continue
            }
            guard let value = character.asciiValue, character.isLetter else {
                refuse(text, "'\(character)' is not a letter")
            }
            let isUpper = character.isUppercase
            labels.append(Int(value) - (isUpper ? 65 : 97 - 26))
            rest = rest.dropFirst()
        }
        return labels
    }

    private static func labels(
        of term: Substring, _ shape: Shape, operand: Int, _ text: String
    ) -> [Int] {
        let letters = letters(term, text)
        let named = letters.count { $0 != nil }
        let hidden = shape.rank - named
        guard letters.contains(nil) ? hidden >= 0 : hidden == 0 else {
            refuse(
                text,
                "\"\(term)\" names \(named) axes of operand \(operand), which has shape \(shape)")
        }
        let ellipsis = (0..<hidden).map { firstOfEllipsis + hidden - 1 - $0 }
        return letters.flatMap { label in label.map { [$0] } ?? ellipsis }
    }

    private static func labels(
        of term: Substring, _ ellipsis: [Int], _ known: Set<Int>, _ text: String
    ) -> [Int] {
        let letters = letters(term, text)
        for label in letters.compactMap({ $0 }) {
            if !known.contains(label) {
                refuse(text, "the result's '\(name(label))' is no axis of an operand")
            }
            if letters.count(where: { $0 == label }) > 1 {
                refuse(text, "the result has '\(name(label))' twice")
            }
        }
        return letters.flatMap { label in label.map { [$0] } ?? ellipsis }
    }

    private static func sizes(
        _ operands: [[Int]], _ shapes: [Shape], _ text: String
    ) -> [Int: Int] {
        var sizes: [Int: Int] = [:]
        for (position, (labels, shape)) in zip(operands, shapes).enumerated() {
            for (label, size) in zip(labels, shape) {
                let known = sizes[label] ?? 1
                guard known == 1 || size == 1 || known == size else {
                    refuse(
                        text,
                        "'\(name(label))' has size \(size) in operand \(position) and \(known) "
                            + "before")
                }
                sizes[label] = known == 1 ? size : known
            }
        }
        return sizes
    }

    static func name(_ label: Int) -> String {
        if label >= firstOfEllipsis { return "..." }
        let value = UInt8(label < 26 ? label + 65 : label - 26 + 97)
        return String(UnicodeScalar(value))
    }
}
