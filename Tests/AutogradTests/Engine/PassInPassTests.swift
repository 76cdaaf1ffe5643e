import Autograd
import Tensor
import Testing

/// A pass never disturbs the one that it runs inside of.
@Suite("A backward pass inside another one")
struct PassInPassTests {
    @Test("in a hook, on a graph of its own that shares a leaf")
    func otherGraph() {
        let x = Tensor.leaf(3.0)
        let other = enableGrad { x * x * 5 }
        let h = x * 2
        h.onGradient { _ in
            other.backward()
            return nil
        }
        (h * h).backward()
        // d(4x²) = 8x, and d(5x²) = 10x of the pass inside.
        expect(x.grad, [24 + 30])
        x.zeroGrad()
        (x * 7).backward()
        expect(x.grad, [7])
    }

    @Test("in a hook, on the graph that is being walked")
    func sameGraph() {
        let x = Tensor.leaf(3.0)
        let a = x * 2
        let b = a * a
        let c = b + a
        var isInside = false
        b.onGradient { gradient in
            if isInside { return nil }
            isInside = true
            expect(gradient, [1])
            // Walks b, a and x, whose uses the outer pass has counted: 8x.
            b.backward(retainGraph: true)
            return nil
        }
        c.backward(retainGraph: true)
        expect(x.grad, [24 + (24 + 2)])
        x.zeroGrad()
        c.backward()
        expect(x.grad, [26])
    }

    @Test("in a hook, on the result that the outer one started from")
    func sameRoot() {
        let x = Tensor.leaf(2.0)
        let a = x * x
        let b = a * a + x
        var depth = 0
        a.onGradient { _ in
            depth += 1
            if depth < 3 { b.backward(retainGraph: true) }
            return nil
        }
        b.backward(retainGraph: true)
        // 4x³ + 1, three times.
        #expect(depth == 3)
        expect(x.grad, [3 * 33])
    }

    @Test("in a hook, while others wait for a second use")
    func halfDelivered() {
        let x = Tensor.leaf(3.0)
        let a = x * x
        let (left, right) = (a * 10, a * 100)
        var seen: [Double] = []
        a.onGradient { gradient in
            seen.append(gradient.item)
            return nil
        }
        right.onGradient { _ in
            if seen.isEmpty { a.backward(retainGraph: true) }
            return nil
        }
        left.onGradient { _ in
            if seen.isEmpty { a.backward(retainGraph: true) }
            return nil
        }
        (left + right).backward()
        #expect(seen == [1, 110])
        expect(x.grad, [6 + 660])
    }

    @Test("in a hook of a pass by targets, to leaves that lead to none of them")
    func insideTargets() {
        let (x, w) = (Tensor.leaf(3.0), Tensor.leaf(5.0))
        let h = x * w
        let y = h * h
        var isInside = false
        h.onGradient { _ in
            if isInside { return nil }
            isInside = true
            h.backward(retainGraph: true)
            return nil
        }
        // By x alone: w is marked as leading nowhere, yet the pass inside reaches it.
        let tape = GradientTape(persistent: true)
        expect(tape.gradient(of: y, by: x), [2 * 15 * 5])
        expect(w.grad, [3])
        expect(x.grad, [5])
    }

    @Test("by targets, in a hook of a pass to leaves")
    func targetsInside() {
        let x = Tensor.leaf(3.0)
        let a = x * x
        let b = a * x
        var slope: Tensor?
        a.onGradient { gradient in
            if slope == nil {
                slope = Tensor(0)
                slope = GradientTape(persistent: true).gradient(of: b, by: x)
            }
            return nil
        }
        (b + a).backward(retainGraph: true)
        expect(slope, [27])
        expect(x.grad, [27 + 6])
    }

    @Test("that frees the graph of the outer one stops the program")
    func freeing() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let x = Tensor.leaf(3.0)
            let a = x * x
            let b = a * a
            b.onGradient { _ in
                a.backward()
                return nil
            }
            b.backward()
        }
        expectSentence(result, "backward: the graph was freed by an earlier backward pass")
        let own = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let x = Tensor.leaf(3.0)
            let a = x * x
            var isInside = false
            a.onGradient { _ in
                if isInside { return nil }
                isInside = true
                a.backward()
                return nil
            }
            a.backward()
        }
        expectSentence(own, "backward: the graph was freed by an earlier backward pass")
    }

    @Test("in the backward of an operation, by grad and by backward()")
    func customBackward() {
        let shared = Tensor.leaf(2.0)
        let cube = CustomOp(
            name: "cube", forward: { x in x * x * x },
            backward: { dy, x, y in
                enableGrad { (shared * shared).backward() }
                return dy * grad { (z: Tensor) in z * z * z }(x)
            })
        let a = shared * 3
        (cube(a) + a).backward()
        // 81x² + 3 and, of the pass inside, 2x.
        expect(shared.grad, [81 * 4 + 3 + 4])
    }

    @Test("over a checkpoint whose results the outer one has met in part")
    func checkpoints() {
        let x = Tensor.leaf(3.0)
        let pair = checkpoint { (x: Tensor) in [x * x, x * x * x] }(x)
        let sum = pair[0] + pair[1]
        var isInside = false
        for part in pair {
            part.onGradient { _ in
                if isInside { return nil }
                isInside = true
                pair[1].backward(retainGraph: true)
                return nil
            }
        }
        sum.backward()
        expect(x.grad, [6 + 27 + 27])
    }

    @Test("takes no notice of hooks added and leaves frozen meanwhile")
    func changes() {
        let (x, w) = (Tensor.leaf(3.0), Tensor.leaf(5.0))
        let h = x * w
        h.onGradient { _ in
            x.onGradient { $0 * 100 }
            return nil
        }
        let frozen = Tensor.leaf(1.0)
        let inner = frozen * 2
        let y = h * inner
        h.onGradient { _ in
            inner.requiresGrad = false
            return nil
        }
        y.backward()
        expect(w.grad, [6])
        // The next pass finds nothing left behind.
        x.zeroGrad()
        (x * 2).backward()
        expect(x.grad, [200])
        let again = frozen * 3
        frozen.zeroGrad()
        again.backward()
        expect(frozen.grad, [3])
    }
}
