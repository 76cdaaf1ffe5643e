import Autograd
import Tensor
import Testing

@Suite("vmap")
struct VmapTests {
    let points = Tensor([[1, 2], [3, 4], [5, 6]], .float64)

    @Test("shows the function one example")
    func example() {
        let norms = vmap { (x: Tensor) in
            #expect(x.shape == [2])
            #expect(x.device == .cpu)
            return (x * x).sum()
        }(points)
        #expect(norms.values() == [5.0, 25, 61])
    }

    @Test("takes the batch from any axis and puts it at any")
    func axes() {
        let sums = vmap({ (x: Tensor) in x.sum() }, in: 1)(points)
        #expect(sums.values() == [9.0, 12])
        let doubled = vmap({ (x: Tensor) in x * 2 }, in: -1, out: -1)(points)
        #expect(doubled.values() == (points * 2).values(as: Double.self))
        let turned = vmap({ (x: Tensor) in x * 2 }, in: 0, out: 1)(points)
        #expect(turned.shape == [2, 3])
        #expect(turned.values() == [2.0, 6, 10, 4, 8, 12])
    }

    @Test("shares the arguments without an axis, and what the function captures")
    func shared() {
        let centre = Tensor([1, 1], .float64)
        let distance = { (x: Tensor, c: Tensor) in ((x - c) ** 2).sum() }
        #expect(vmap(distance, in: (0, nil))(points, centre).values() == [1.0, 13, 41])
        #expect(vmap { (x: Tensor) in distance(x, centre) }(points).values() == [1.0, 13, 41])
        let pairs = vmap(distance)(points, points * 2)
        #expect(pairs.values() == [5.0, 25, 61])
    }

    @Test("repeats results that don't depend on the batch")
    func constant() {
        let constant = vmap { (x: Tensor) in Tensor([7, 8], .float64) }(points)
        #expect(constant.shape == [3, 2])
        #expect(constant.values() == [7.0, 8, 7, 8, 7, 8])
    }

    @Test("takes three arguments")
    func three() {
        let sums = vmap({ (a: Tensor, b: Tensor, c: Tensor) in a + b * c }, in: (0, nil, 1))(
            Tensor([1, 2], .float64), Tensor(10, .float64), Tensor([[3, 4]], .float64))
        expect(sums, [31, 42])
    }

    @Test("takes and gives trees")
    func trees() {
        let result = vmap { (tree: [String: Tensor]) in
            ["sum": tree["x", default: Tensor(0)].sum(), "y": tree["y", default: Tensor(0)] + 1]
        }(["x": points, "y": Tensor([1, 2, 3], .float64)])
        #expect(result["sum"]?.values() == [3.0, 7, 11])
        #expect(result["y"]?.values() == [2.0, 3, 4])
    }

    @Test("nests: all pairs of two lists")
    func nested() {
        let a = Tensor([1, 2, 3], .float64)
        let b = Tensor([10, 20], .float64)
        let table = vmap { (x: Tensor) in vmap { (y: Tensor) in x * y + x }(b) }(a)
        #expect(table.shape == [3, 2])
        #expect(table.values() == [11.0, 21, 22, 42, 33, 63])
        let matrices = Samples.weights([2, 3, 4, 5])
        let softmax = vmap(vmap { (m: Tensor) in m.softmax(axis: 0) }, in: 1, out: 1)(matrices)
        #expect(softmax.distance(matrices.softmax(axis: 2).doubles) < 1e-15)
    }

    @Test("multiplies matrices that are shared, batched or both")
    func products() {
        let w = Samples.weights([4, 3], 1)
        let x = Samples.weights([5, 3], 2)
        let columns = vmap { (x: Tensor) in w.matmul(x) }(x)
        #expect(columns.distance(x.matmul(w.transpose()).doubles) < 1e-15)
        let rows = vmap { (x: Tensor) in x.linear(w) }(x)
        #expect(rows.distance(x.linear(w).doubles) < 1e-15)
    }

    @Test("chooses by conditions and indices that differ between examples")
    func choices() {
        let relu = vmap { (x: Tensor) in Tensor.where(x .> 3, x, Tensor(0, .float64)) }(points)
        #expect(relu.values() == [0.0, 0, 0, 4, 5, 6])
        let picked = vmap { (x: Tensor, i: Tensor) in x.take(i) }(
            points, Tensor([0, -1, 1], .int64))
        #expect(picked.values() == [1.0, 4, 6])
        let hot = vmap { (i: Tensor) in i.oneHot(3) }(Tensor([2, 0], .int64))
        #expect(hot.values() == [Float(0), 0, 1, 1, 0, 0])
    }

    @Test("detaches an example, which stays one of its batch")
    func detached() {
        let slopes = vmap(grad { (x: Tensor) in (x.detach() * x).sum() })(points)
        #expect(slopes.values() == points.values(as: Double.self))
    }

    @Test("drops with one mask for all examples")
    func dropout() {
        let ones = Tensor.ones([4, 100], .float64)
        let dropped = vmap { (x: Tensor) in x.dropout(0.5, using: Random(seed: 3)) }(ones)
        let once = ones[0].dropout(0.5, using: Random(seed: 3)).doubles
        #expect(dropped.doubles == once + once + once + once)
    }

    @Test("traps when the values of an example are read")
    func values() async {
        expectSentence(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = vmap { (x: Tensor) in x.item > 0 ? x : -x }(Tensor([1, 2]))
            }, "vmap: the elements of a single example were asked for")
        expectSentence(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = vmap { (x: Tensor) in Tensor(x.data.cast(to: .int64)) }(Tensor([1, 2]))
            }, "vmap: the elements of a single example were asked for")
        expectSentence(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = vmap { (x: Tensor) in Tensor(x.values(as: Double.self)) }(
                    Tensor([[1, 2]], .float64))
            }, "vmap: the elements of a single example were asked for")
    }

    @Test("traps at an operation without a batching rule, naming it")
    func unbatchable() async {
        expectSentence(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = vmap { (x: Tensor) in Unbatchable()(x) }(Tensor([1, 2]))
            }, "Unbatchable: this operation has no batching rule for vmap")
    }

    @Test("traps where a tensor is changed in place")
    func inPlace() async {
        expectSentence(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = vmap { (x: Tensor) in
                    x.assign(Tensor(0))
                    return x
                }(Tensor([1, 2]))
            }, "assign: a tensor can't change in place inside jvp or vmap")
        expectSentence(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                let total = Tensor(0)
                _ = vmap { (x: Tensor) in
                    total.assign(x)
                    return x
                }(Tensor([1, 2]))
            }, "assign: a tensor can't change in place inside jvp or vmap")
        expectSentence(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = jvp(
                    { (x: Tensor) in
                        x[0].assign(Tensor(0))
                        return x
                    }, at: Tensor([1, 2]), along: Tensor([1, 2]))
            }, "assign: a tensor can't change in place inside jvp or vmap")
    }

    @Test("does not take a tensor that escaped from one call for one of the next")
    func escaped() {
        var kept = Tensor(0, .float64)
        let one = Tensor(1, .float64)
        let square = { (x: Tensor) -> Tensor in
            defer { kept = x }
            return x * x * kept
        }
        _ = jvp(square, at: one, along: one)
        // The kept tensor is a constant by now, though it still carries its old tangent.
        let (value, tangent) = jvp(square, at: one * 2, along: one)
        expect(value.detach(), [4])
        expect(tangent.detach(), [4])
    }

    @Test("traps where sizes differ, or nothing is batched")
    func sizes() async {
        expectSentence(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = vmap { (a: Tensor, b: Tensor) in a + b }(Tensor([1, 2]), Tensor([1, 2, 3]))
            }, "axis 0 of shape [3] has size 3, not the 2 of the batch")
        expectSentence(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = vmap({ (a: Tensor, b: Tensor) in a + b }, in: (nil, nil))(Tensor(1), Tensor(2))
            }, "no argument is batched")

    }
}

/// An operation that says nothing about batches.
final class Unbatchable: UnaryOp {
    override func forward(_ x: NDArray) -> NDArray { x.copy() }
}
