import Autograd
import Forking
import Glibc
import Tensor
import Testing

/// A call that can't be, and how what is said about it begins.
private typealias WrongCall = (sentence: String, call: () -> Void)

/// Calls which others carry out.
private func wrongCalls() -> [WrongCall] {
    let x = Tensor.zeros([2, 3, 4])
    let square = Tensor.zeros([3, 3])
    let row = Tensor([3, 1, 2, 5, 4, 0])
    return joins(x, square, row) + reductions(x, square, row) + indexing(x, square, row) + dtypes()
}

/// Operands of no common dtype, and numbers that a dtype doesn't hold.
private func dtypes() -> [WrongCall] {
    let (a, b) = (Tensor([1, 2], .uint16), Tensor([1, 2], .int32))
    let mixed: [(String, (Tensor, Tensor) -> Tensor)] = [
        ("+", { $0 + $1 }), ("-", { $0 - $1 }), ("*", { $0 * $1 }), ("/", { $0 / $1 }),
        ("**", { $0 ** $1 }), (".<", { $0 .< $1 }), (".==", { $0 .== $1 }),
        ("maximum", { $0.maximum($1) }), ("floorDivide", { $0.floorDivide($1) }),
        ("mod", { $0.mod($1) }), ("fmod", { $0.fmod($1) }), ("hypot", { $0.hypot($1) }),
        ("matmul", { $0.matmul($1) }), ("where", { .where($0 .> 0, $0, $1) }),
        ("concat", { .concat([$0, $1]) }), ("stack", { .stack([$0, $1]) }),
        ("bitwiseAnd", { $0.bitwiseAnd($1) }), ("gcd", { $0.gcd($1) }),
        ("isIn", { $0.isIn($1) }), ("searchSorted", { $0.searchSorted($1) }),
        ("einsum", { einsum("i,i->", $0, $1) }), ("clip", { $0.clip(lower: $1) }),
        ("lerp", { $0.lerp($1, 0.5) }), ("addcmul", { $0.addcmul($1, $1) }),
    ]
    let byte = Tensor([1, 2], .int8)
    let numbers: [(String, (Tensor) -> Tensor)] = [
        ("+", { $0 + 300 }), ("+", { 300 + $0 }), ("-", { 300 - $0 }), ("*", { $0 * 300 }),
        ("**", { $0 ** 300 }), (".>", { $0 .> 300 }), ("maximum", { $0.maximum(300) }),
        ("mod", { $0.mod(300) }), ("where", { .where($0 .> 0, $0, 300) }),
        ("maskedFill", { $0.maskedFill($0 .> 0, 300) }), ("bitwiseOr", { $0.bitwiseOr(300) }),
        ("divide", { $0.divide(300, rounding: .floor) }),
    ]
    return mixed.map { name, call in
        ("\(name): uint16 and int32 have no common dtype (cast one", { _ = call(a, b) })
    }
        + numbers.map { name, call in
            ("\(name): 300 does not fit int8 (cast the tensor first)", { _ = call(byte) })
        }
}

private func joins(_ x: Tensor, _ square: Tensor, _ row: Tensor) -> [WrongCall] {
    [
        ("+: shapes [3, 3] and [6] don't broadcast", { _ = square + row }),
        ("-: shapes [3, 3] and [6] don't", { _ = square - row }),
        (".<: shapes [3, 3] and [6] don't", { _ = square .< row }),
        ("logicalAnd: shapes [3, 3] and [6] don't", { _ = square.logicalAnd(row) }),
        ("maskedFill: a mask [6] doesn't broadcast with [3, 3]", { _ = square.maskedFill(row, 1) }),
        ("matmul: [3, 3] × []: a scalar has no axes", { _ = square.matmul(Tensor(2)) }),
        ("dot: vectors [6] and [2] differ in size", { _ = row.dot(Tensor([1, 2])) }),
        ("stack: shapes [6] and [2] differ", { _ = Tensor.stack([row, Tensor([1, 2])]) }),
        ("stack: there are no tensors", { _ = Tensor.stack([]) }),
        ("stack: axis 3 is out of range for shape [6]", { _ = Tensor.stack([row], axis: 3) }),
        ("hstack: shapes [3, 3] and [2, 3, 4] differ", { _ = Tensor.hstack([square, x]) }),
        ("vstack: shapes [3, 3] and [1, 6] differ", { _ = Tensor.vstack([square, row]) }),
        ("moveAxis: axis 3 is out of range", { _ = x.moveAxis(3, to: 0) }),
        (
            "unflatten: axis 2 of shape [2, 3, 4] can't become [3, 2]",
            {
                _ = x.unflatten(axis: 2, into: [3, 2])
            }
        ),
        (
            "unfold: padding (-1, 0) is negative",
            {
                _ = x.unfold(kernel: (2, 2), padding: (-1, 0))
            }
        ),
        ("avgPool2d: the divisor 0 is not from 1", { _ = x.avgPool2d(2, divisor: 0) }),
        ("item: a tensor of shape [6] has 6 elements, not one", { _ = row.item }),
    ]
}

private func reductions(_ x: Tensor, _ square: Tensor, _ row: Tensor) -> [WrongCall] {
    [
        ("max: axis 5 is out of range for shape [6]", { _ = row.max(axis: 5) }),
        ("max: an array of shape [0, 3] has no elements", { _ = Tensor.zeros([0, 3]).max() }),
        ("aminmax: shape [0] has no elements", { _ = Tensor.zeros([0]).aminmax() }),
        ("prod: axis 5 is out of range", { _ = row.prod(axis: 5) }),
        ("sum: axis 1 is named twice in [1, -2]", { _ = x.sum(axes: [1, -2]) }),
        ("variance: axis 1 is named twice in [1, -2]", { _ = x.variance(axes: [1, -2]) }),
        ("standardDeviation: axis 5 is", { _ = row.standardDeviation(axis: 5) }),
        ("varMean: axis 5 is", { _ = row.varMean(axes: [5]) }),
        ("countNonzero: axis 5 is", { _ = row.countNonzero(axis: 5) }),
        ("nanMean: axis 5 is", { _ = row.nanMean(axis: 5) }),
        ("vectorNorm: axis 5 is", { _ = row.vectorNorm(axes: [5]) }),
        ("normalize: axis 1 is", { _ = row.normalize() }),
        ("softmin: axis 5 is", { _ = row.softmin(axis: 5) }),
        ("logSumExp: axis 0 is named twice", { _ = square.logSumExp(axes: [0, 0]) }),
        ("nanQuantile: 1.5 is no fraction", { _ = row.nanQuantile(1.5) }),
    ]
}

private func indexing(_ x: Tensor, _ square: Tensor, _ row: Tensor) -> [WrongCall] {
    let nine = Tensor([9], .int64)
    return [
        ("subscript: index 9 is out of range", { _ = row[nine] }),
        ("subscript: an index is float32", { _ = row[row] }),
        ("subscript: 2 ellipses", { _ = x[.ellipsis, 0, .ellipsis] }),
        ("subscript: indices of 2 axes for shape [6]", { _ = row[0, 0] }),
        ("takeAlong: index 9 is out of range", { _ = row.takeAlong(nine, axis: 0) }),
        ("embedding: index 9 is out of range", { _ = square.embedding(nine) }),
        ("embeddingBag: index 9 is out of range", { _ = square.embeddingBag(nine.unsqueeze(0)) }),
        (
            "embeddingBag: paddingIndex 3 is out",
            {
                _ = square.embeddingBag(Tensor([[0]], .int64), paddingIndex: 3)
            }
        ),
        (
            "embeddingBag: offsets must ascend from 0 to at most the number",
            {
                _ = square.embeddingBag(Tensor([0], .int64), offsets: Tensor([0, 2], .int64))
            }
        ),
        ("indexPut: index 9 is out of range", { _ = row.indexPut([nine], Tensor([1.0])) }),
        ("oneHot: the number of classes -1 is negative", { _ = nine.oneHot(-1) }),
        (
            "choice: 7 of 6 slices",
            {
                _ = row.choice(7, withReplacement: false, using: Random(seed: 1))
            }
        ),
    ]
}

@Suite("Sentences about calls that can't be")
struct SentenceTests {
    @Test("name the operation that was called, not one that it is made of")
    func names() async {
        let result = await #expect(
            processExitsWith: .success, observing: [\.standardErrorContent]
        ) {
            let calls = wrongCalls()
            let ends = outcomes(of: calls.count) { calls[$0].call() }
            let problems = zip(calls, ends).compactMap { call, end -> String? in
                if case .stopped(let sentence) = end,
                    sentence.hasPrefix("Fatal error: \(call.sentence)")
                {
                    return nil
                }
                return "\(call.sentence): \(end)\n"
            }
            let bytes = Array(problems.joined().utf8)
            _ = write(STDERR_FILENO, bytes, bytes.count)
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.isEmpty, "\(text)")
    }
}
