import Autograd
import Optim
import Tensor
import Testing

@Suite("Mistakes in the description of a graph")
struct GraphMistakeTests {
    @Test("two things of one name")
    func names() async {
        let variables = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let graph = Graph { g in
                ["y": g.variable("w", .ones([2])).sum() + g.variable("w", .zeros([3])).sum()]
            }
            _ = graph.run([:])
        }
        #expect(message(variables).contains("Graph: the description makes the variable 'w' twice"))
        let optimizers = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let graph = Graph { g in
                let w = g.variable("w", .ones([2]))
                _ = g.optimizer { SGD($0, learningRate: 1) }
                _ = g.optimizer { Adam($0) }
                return ["w": w]
            }
            _ = graph.run([:])
        }
        #expect(
            message(optimizers).contains(
                "Graph: the description makes the optimizer 'optimizer' twice"))
    }

    @Test("updates of what the optimizer doesn't have, or without gradients")
    func updates() async {
        let late = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let graph = Graph { g in
                let w = g.variable("w", .ones([2]))
                let optimizer = g.optimizer { SGD($0, learningRate: 1) }
                let v = g.variable("v", .ones([2]))
                let gradients = g.gradients(of: (w * v).sum(), by: [w, v])
                g.apply(gradients, to: [w, v], with: optimizer)
                return ["w": w]
            }
            _ = graph.run([:])
        }
        #expect(
            message(late).contains(
                "Graph: apply: the optimizer doesn't have 'v' (describe all variables before"))
        let few = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let graph = Graph { g in
                let w = g.variable("w", .ones([2]))
                g.apply([], to: [w], with: g.optimizer { SGD($0, learningRate: 1) })
                return ["w": w]
            }
            _ = graph.run([:])
        }
        #expect(message(few).contains("Graph: apply: 0 gradients for 1 variables"))
    }

    @Test("gradients by constants")
    func constants() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let graph = Graph { g in
                let x = g.placeholder("x", [nil])
                let c = Tensor([2.0])
                return ["dc": g.gradients(of: (x * c).sum(), by: [x, c])[1]]
            }
            _ = graph.run(["x": Tensor([1.0])])
        }
        #expect(
            message(result).contains(
                "Graph: target 1 of gradients(of:by:) is a constant, float32 [1]"))
    }
}
