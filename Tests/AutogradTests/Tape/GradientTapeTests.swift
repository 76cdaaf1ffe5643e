import Autograd
import Tensor
import Testing

@Suite("A gradient tape")
struct GradientTapeTests {
    @Test("differentiates by what it watches: z = Σ x w")
    func products() {
        let (x, w) = (Tensor.constant([2.0, 3]), Tensor.constant([1, 0.5]))
        let tape = GradientTape()
        tape.watch(x, w)
        let z = tape.record { (x * w).sum() }
        let slopes = tape.gradients(of: [z], by: [x, w])
        expect(slopes[0], [1, 0.5])
        expect(slopes[1], [2, 3])
        #expect(x.grad == nil && !x.requiresGrad && !w.requiresGrad)
    }

    @Test("needn't be told of tensors that require a gradient, and leaves their grad alone")
    func parameters() {
        let w = Parameter(NDArray([3.0]))
        w.grad = Tensor.constant([7.0])
        let tape = GradientTape()
        let y = tape.record { w * w }
        expect(tape.gradient(of: y, by: w), [6])
        expect(w.grad, [7])
    }

    @Test("adds up several targets, each with its upstream gradient")
    func targets() {
        let x = Tensor.constant(3.0)
        let tape = GradientTape(persistent: true)
        tape.watch(x)
        let (y, z) = (tape.record { x * x }, tape.record { x * 5 })
        expect(tape.gradients(of: [y, z], by: [x])[0], [11])
        let weights = [Tensor.constant(10.0), nil]
        expect(tape.gradients(of: [y, z], by: [x], upstreams: weights)[0], [65])
        expect(tape.gradient(of: z, by: x, upstream: Tensor.constant(2.0)), [10])
    }

    @Test("gives the gradient by a source that is named twice twice, and by results")
    func sources() {
        let x = Tensor.constant(3.0)
        let tape = GradientTape(persistent: true)
        tape.watch(x)
        let (y, z) = tape.record {
            let y = x * x
            return (y, y * y)
        }
        let slopes = tape.gradients(of: [z], by: [x, y, x, z])
        expect(slopes[0], [108])
        expect(slopes[1], [18])
        expect(slopes[2], [108])
        expect(slopes[3], [1])
    }

    @Test("answers nil for a source that isn't reached, zeros on request")
    func unreached() {
        let (x, other) = (Tensor.constant([3.0, 4]), Tensor.constant([1.0, 2, 3]))
        let tape = GradientTape(persistent: true)
        tape.watch(x, other)
        let y = tape.record { x * x }
        #expect(tape.gradient(of: y, by: other) == nil)
        #expect(tape.gradient(of: other, by: x) == nil)
        expect(tape.gradient(of: y, by: other, unreached: .zeros), [0, 0, 0])
        let stranger = Tensor.constant([5.0])
        #expect(tape.gradient(of: y, by: stranger) == nil)
    }

    @Test("records nothing outside record, and nothing in stopRecording")
    func pauses() {
        let x = Tensor.constant(3.0)
        let tape = GradientTape(persistent: true)
        tape.watch(x)
        let before = x * x
        let y = tape.record {
            let constant = tape.stopRecording { x * x }
            return constant * x
        }
        #expect(!before.requiresGrad)
        expect(tape.gradient(of: y, by: x), [9])
        #expect(tape.gradient(of: before, by: x) == nil)
        let z = noGrad { tape.record { x * x } }
        expect(tape.gradient(of: z, by: x), [6])
    }

    @Test("watches from the moment it is told to, inside record too")
    func watchingLate() {
        let x = Tensor.constant(3.0)
        let tape = GradientTape()
        let y = tape.record {
            let early = x * 100
            tape.watch(x)
            return early + x * x
        }
        expect(tape.gradient(of: y, by: x), [6])
        #expect(!x.requiresGrad)
    }

    @Test("persistent: x³ at 2 to the third derivative")
    func persistent() {
        let x = Tensor.constant(2.0)
        let tape = GradientTape(persistent: true)
        tape.watch(x)
        var slopes: [Tensor?] = []
        tape.record {
            let y = x * x * x
            let first = tape.gradient(of: y, by: x)
            let second = first.flatMap { tape.gradient(of: $0, by: x) }
            let third = second.flatMap { tape.gradient(of: $0, by: x) }
            slopes = [first, second, third]
        }
        expect(slopes[0], [12])
        expect(slopes[1], [12])
        expect(slopes[2], [6])
        expect(slopes[0].flatMap { tape.gradient(of: $0, by: x) }, [12])
    }

    @Test("nests: the outer one differentiates the inner one's gradient")
    func nested() {
        let x = Tensor.constant(2.0)
        let (outer, inner) = (GradientTape(), GradientTape())
        outer.watch(x)
        inner.watch(x)
        let slope = outer.record {
            let y = inner.record { x ** 4 }
            return inner.gradient(of: y, by: x) ?? Tensor(0)
        }
        expect(slope, [32])
        expect(outer.gradient(of: slope, by: x), [48])
        #expect(!x.requiresGrad)
    }

    @Test("goes on watching for the outer tape when the inner one ends")
    func handover() {
        let x = Tensor.constant(2.0)
        let (outer, inner) = (GradientTape(), GradientTape())
        inner.watch(x)
        let y = outer.record {
            let a = inner.record {
                outer.watch(x)
                return x * x
            }
            return a + x * 10
        }
        expect(outer.gradient(of: y, by: x), [14])
        #expect(!x.requiresGrad)
    }

    @Test("gives the graph's memory back after its one gradient, and shows the graph before")
    func graph() {
        let x = Tensor.constant(2.0)
        let tape = GradientTape()
        tape.watch(x)
        let y = tape.record { x * x + x }
        #expect(tape.graph.count == 1 && tape.graph[0] === y)
        #expect(y.parents.count == 2)
        _ = tape.gradient(of: y, by: x)
        #expect(tape.graph.isEmpty && y.parents.isEmpty)
    }

    @Test("one-shot, used a second time, stops the program; after reset it may be used")
    func oneShot() async {
        let x = Tensor.constant(2.0)
        let tape = GradientTape()
        tape.watch(x)
        _ = tape.gradient(of: tape.record { x * x }, by: x)
        tape.reset()
        expect(tape.gradient(of: tape.record { x * 3 }, by: x), [3])
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let x = Tensor.leaf(2.0)
            let tape = GradientTape()
            let y = tape.record { x * x }
            _ = tape.gradient(of: y, by: x)
            _ = tape.gradient(of: y, by: x)
        }
        #expect(result.message.contains("the gradient of a one-shot tape was taken already"))
    }

    @Test("works in the seeds' cases: a b, a / b, aᵇ, matmul and broadcasting")
    func cases() {
        func slopes(_ a: Tensor, _ b: Tensor, _ f: (Tensor, Tensor) -> Tensor) -> [Tensor?] {
            let tape = GradientTape()
            tape.watch(a, b)
            return tape.gradients(of: [tape.record { f(a, b) }], by: [a, b])
        }
        let quotient = slopes(.constant([6.0, 8]), .constant([2.0, 4])) { $0 / $1 }
        expect(quotient[0], [0.5, 0.25])
        expect(quotient[1], [-1.5, -0.5])
        let power = slopes(.constant([2.0, 3]), .constant([3.0, 2])) { $0.pow($1) }
        expect(power[0], [12, 6])
        expect(power[1], [5.545177444479562, 9.887510598012987])
        let matrix = Tensor.constant([[1.0, 2, 3], [4, 5, 6]])
        let product = slopes(matrix, .constant([[7.0, 8], [9, 10], [11, 12]])) { $0.matmul($1) }
        expect(product[0], [15, 19, 23, 15, 19, 23])
        expect(product[1], [5, 5, 7, 7, 9, 9])
        let sum = slopes(.constant([[1.0], [2], [3]]), .constant([[1.0, 2]])) { $0 + $1 }
        expect(sum[0], [2, 2, 2])
        expect(sum[1], [3, 3])
    }

    @Test("of 200,000 operations doesn't overflow the stack")
    func longChain() {
        let x = Tensor.constant(1.0)
        let tape = GradientTape()
        tape.watch(x)
        let y = tape.record { (0..<200_000).reduce(x) { sum, _ in sum + 1 } }
        expect(tape.gradient(of: y, by: x), [1])
        let unused = GradientTape()
        unused.watch(x)
        _ = unused.record { (0..<200_000).reduce(x) { sum, _ in sum * 1 } }
    }
}
