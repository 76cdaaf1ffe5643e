import Autograd
import Optim
import Tensor
import Testing

@Suite("Derivatives of a graph")
struct GraphDerivativeTests {
    private func same(
        _ tensor: Tensor?, _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(tensor?.values(as: Double.self) == expected, sourceLocation: sourceLocation)
    }

    private func cube() -> Graph {
        Graph { g in ["y": (g.placeholder("x", [nil], .float64) ** 3).sum()] }
    }

    @Test("by what is fed, to any order")
    func placeholders() {
        let graph = Graph { g in
            let x = g.placeholder("x", [nil], .float64)
            let w = g.variable("w", Tensor([5.0], .float64))
            let slopes = g.gradients(of: (x ** 3 * w).sum(), by: [x, w])
            let curve = g.gradients(of: slopes[0], by: [x])[0]
            return [
                "dx": slopes[0], "dw": slopes[1], "ddx": curve,
                "dxdw": g.gradients(of: slopes[0], by: [w])[0],
            ]
        }
        for index in 1...5 {
            let x = Double(index)
            let results = graph.run(["x": Tensor([x], .float64)])
            same(results["dx"], [15 * x * x])
            same(results["dw"], [x * x * x])
            same(results["ddx"], [30 * x])
            same(results["dxdw"], [3 * x * x])
        }
    }

    @Test("by variables, in a loss that has a gradient in it")
    func penalty() {
        let graph = Graph { g in
            let w = g.variable("w", Tensor([2.0], .float64))
            let loss = (w ** 3).sum()
            let slope = g.gradients(of: loss, by: [w])[0]
            return ["p": g.gradients(of: loss + slope.square().sum(), by: [w])[0]]
        }
        // 3 w² + 2 · 3 w² · 6 w
        for _ in 0..<4 { same(graph.run([:])["p"], [300]) }
    }

    @Test("by what leads to it from outside")
    func transforms() {
        let graph = cube()
        for _ in 0..<4 { _ = graph.run(["x": Tensor([7, 8], .float64)]) }
        let x = Tensor([1, 2], .float64)
        let run = { (x: Tensor) in graph.run(["x": x])["y"] ?? x }
        for _ in 0..<2 {
            same(grad(run)(x), [3, 12])
            same(grad { graph.evaluate(["x": $0], ["y"])["y"] ?? $0 }(x), [3, 12])
            same(grad { grad(run)($0).sum() }(x), [6, 12])
            same(jvp(run, at: x, along: Tensor([1, 1], .float64)).tangent, [15])
            same(vmap(grad(run))(Tensor([[1, 2], [3, 4]], .float64)), [3, 12, 27, 48])
            let tape = GradientTape()
            tape.watch(x)
            let y = tape.record { run(x) }
            same(tape.gradient(of: y, by: x), [3, 12])
        }
    }

    @Test("flow through a graph in a graph")
    func nesting() {
        let inner = cube()
        let outer = Graph { g in
            let x = g.placeholder("x", [nil], .float64)
            let y = inner.run(["x": x * 2])["y"] ?? x
            return ["dx": g.gradients(of: y, by: [x])[0]]
        }
        for index in 1...4 {
            let x = Double(index)
            same(outer.run(["x": Tensor([x], .float64)])["dx"], [24 * x * x])
        }
    }

    @Test("follow variables that are given other elements")
    func loading() {
        let graph = Graph { g in
            let w = g.variable("w", Tensor([2.0], .float64))
            return ["y": w * g.placeholder("x", [nil], .float64)]
        }
        for index in 0..<9 {
            if index % 3 == 2 { graph.variables[0].variable.data = NDArray([Double(index)]) }
            let expected = index < 2 ? 2 : Double((index - 2) / 3 * 3 + 2)
            same(graph.evaluate(["x": Tensor([1.0], .float64)], ["y"])["y"], [expected])
        }
    }
}
