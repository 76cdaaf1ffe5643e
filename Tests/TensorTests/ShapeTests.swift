import Tensor
import Testing

@Suite("Shape")
struct ShapeTests {
    @Test("counts its elements, one for a scalar")
    func counts() {
        #expect(([] as Shape).elementCount == 1)
        #expect(([2, 3, 4] as Shape).elementCount == 24)
        #expect(([2, 0, 4] as Shape).elementCount == 0)
    }

    @Test("equals another with the same sizes, whatever it held before")
    func equality() {
        var longer: Shape = [2, 3, 9]
        longer = longer.removing(at: 2)
        #expect(longer == [2, 3])
        #expect(longer.hashValue == ([2, 3] as Shape).hashValue)
        #expect(longer != [2, 3, 1])
        #expect(longer.description == "[2, 3]")
    }

    @Test("inserts, replaces, removes and appends sizes")
    func edits() {
        let shape: Shape = [2, 3]
        #expect(shape.inserting(1, at: 0) == [1, 2, 3])
        #expect(shape.inserting(1, at: 2) == [2, 3, 1])
        #expect(shape.appending(4) == [2, 3, 4])
        #expect(shape.replacing(1, with: 7) == [2, 7])
    }

    @Test(
        "broadcasts by NumPy's rule",
        arguments: [
            ([3, 1], [1, 4], [3, 4]), ([4], [2, 3, 4], [2, 3, 4]), ([], [5], [5]),
            ([0], [1], [0]), ([2, 1, 3], [7, 1], [2, 7, 3]), ([2], [3], nil), ([0], [2], nil),
        ] as [(Shape, Shape, Shape?)])
    func broadcast(_ a: Shape, _ b: Shape, _ expected: Shape?) {
        #expect(Shape.broadcast(a, b) == expected)
        #expect(Shape.broadcast(b, a) == expected)
    }

    @Test("counts negative axes from the end")
    func axes() {
        let shape: Shape = [2, 3, 4]
        #expect(shape.axis(-1, "test") == 2)
        #expect(shape.axis(0, "test") == 0)
    }

    @Test("of too many, negative or overflowing sizes stops the program with a sentence")
    func mistakes() async {
        let many = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Shape(repeating: 1, count: 9)
        }
        #expect(many.message.contains("shape: 9 dimensions are more than the 8 supported"))
        let huge = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = NDArray.full([1 << 40, 1 << 40], 0)
        }
        #expect(huge.message.contains("has more elements than an Int can count"))
        let negative = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = NDArray.full([2, -3], 0)
        }
        #expect(negative.message.contains("[2, -3] has a negative size"))
    }
}
