import Autograd
import Forking
import Glibc
import Tensor
import Testing

@Suite("Bags, runs and systems from the right")
struct BagCaseTests {
    private let table = Tensor([[1, 2], [3, 4], [5, 6]])

    @Test("bags begin at their offsets, and an item before the first one stops the program")
    func offsets() async {
        let index = Tensor([2, 0, 1, 1], .int64)
        let bags = table.embeddingBag(index, offsets: Tensor([0, 1, 1], .int64), reduction: .sum)
        expect(bags, [5, 6, 0, 0, 7, 10])
        let same = table.embeddingBag(index.reshape([2, 2]), reduction: .mean)
        let asOffsets = table.embeddingBag(index, offsets: Tensor([0, 2], .int64))
        expect(asOffsets, same.doubles)
    }

    @Test("offsets that don't ascend from 0 stop the program, batched and captured ones too")
    func wrongOffsets() async {
        let result = await #expect(
            processExitsWith: .success, observing: [\.standardErrorContent]
        ) {
            let bags = { (offsets: Tensor) in
                Tensor([[1.0]]).embeddingBag(Tensor([0, 0], .int64), offsets: offsets)
            }
            let forms: [(_ right: Tensor, _ wrong: Tensor) -> Void] = [
                { _ = bags($1) }, { _ = vmap(bags)(Tensor.stack([$0, $1])) },
                { right, wrong in
                    let step = capture(bags)
                    for _ in 0..<4 { _ = step(right) }
                    if step.refusal == nil { _ = step(wrong).values(as: Float.self) }
                },
            ]
            let wrong = [[1], [-1], [0, 3], [0, 2, 1], [0, -1]]
            let ends = outcomes(of: forms.count * wrong.count) { place in
                let offsets = wrong[place % wrong.count]
                let right = offsets.indices.map { $0 * 2 / offsets.count }
                forms[place / wrong.count](Tensor(right, .int64), Tensor(offsets, .int64))
            }
            let sentence = "Fatal error: embeddingBag: offsets must ascend from 0 to at most"
            let problems = ends.enumerated().compactMap { place, end -> String? in
                if case .stopped(let text) = end, text.hasPrefix(sentence) { return nil }
                return "\(wrong[place % wrong.count]), form \(place / wrong.count): \(end)\n"
            }
            let bytes = Array(problems.joined().utf8)
            _ = write(STDERR_FILENO, bytes, bytes.count)
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.isEmpty, "\(text)")
    }

    @Test("weighted halves are rounded once")
    func halves() {
        let (rows, weights) = (Tensor([[1.3], [-1.3]], .float16), Tensor([0.71, 0.7], .float16))
        let (a, w) = (rows.doubles, weights.doubles)
        let index = Tensor([0, 1], .int64)
        let sum = rows.embeddingBag(
            index, offsets: Tensor([0], .int64), reduction: .sum, weights: weights)
        #expect(sum.dtype == .float16)
        #expect(sum.doubles == [Double(Float16(a[0] * w[0] + a[1] * w[1]))])
        let pairs = weights.unsqueeze(0)
        let same = rows.embeddingBag(index.unsqueeze(0), reduction: .sum, weights: pairs)
        #expect(same.doubles == sum.doubles)
    }

    @Test("runs of equal slices are found along an axis")
    func runs() {
        let x = Tensor([[1, 1, 2, 1], [3, 3, 3, 3]])
        let (values, inverse, counts) = x.uniqueConsecutive(axis: 1)
        expect(values, [1, 2, 1, 3, 3, 3])
        #expect(inverse.values(as: Int.self) == [0, 0, 1, 2])
        #expect(counts.values(as: Int.self) == [2, 1, 1])
        #expect(x.uniqueConsecutive(axis: 0).counts.values(as: Int.self) == [1, 1])
    }

    @Test("one count in a tensor is for all slices")
    func counts() async {
        expect(table.repeated(Tensor([2], .int64), axis: 1), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6])
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor([1, 2]).repeated(Tensor([1.5, 2]), axis: 0)
        }
        #expect(result.message.contains("repeated: float32 [2] are no counts"))
    }

    @Test("X of X A = B times A is B")
    func fromTheRight() async {
        let a = Tensor([[2, 1], [0, 4]], .float64)
        let b = Tensor([[4, 6], [2, 9], [0, 4]], .float64)
        let x = a.solve(b, left: false)
        expect(x, [2, 1, 1, 2, 0, 1])
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor([[2, 1], [0, 4]]).solve(Tensor([1, 2]), left: false)
        }
        #expect(result.message.contains("solve: X A = B has no solution for A [2, 2] and B [2]"))
    }
}
