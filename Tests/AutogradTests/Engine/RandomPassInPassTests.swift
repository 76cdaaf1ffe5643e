import Autograd
import Tensor
import Testing

/// Hooks on random nodes of random graphs start passes from random nodes, which meet hooks in turn.
@Suite("Backward passes inside each other, at random")
struct RandomPassInPassTests {
    /// Leaves, and results of them and of each other, the last one using all.
    private struct Web {
        let leaves: [Tensor]
        var nodes: [Tensor]

        init(_ random: inout SplitMix) {
            leaves = (0..<3).map { Tensor.leaf([0.3 + Double($0), -0.7]) }
            nodes = []
            for _ in 0..<12 {
                let pool = leaves + nodes
                let (a, b) = (pool[random.below(pool.count)], pool[random.below(pool.count)])
                switch random.below(4) {
                case 0: nodes.append(a + b)
                case 1: nodes.append(a * b)
                case 2: nodes.append((a - b).sin())
                default: nodes.append(checkpoint { (x: Tensor) in (x * 0.5).tanh() + x }(a))
                }
            }
            nodes.append((leaves + nodes).reduce(Tensor.constant([0.0, 0])) { $0 + $1 })
        }

        /// The gradients of a node by the leaves, nobody else being asked.
        func slopes(of node: Tensor) -> [[Double]] {
            for leaf in leaves { leaf.zeroGrad() }
            node.backward(retainGraph: true)
            defer { for leaf in leaves { leaf.zeroGrad() } }
            return leaves.map { $0.grad?.doubles ?? [0, 0] }
        }
    }

    @Test("each give what they give alone, and leave no note behind", arguments: 0..<60)
    func alone(_ seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        let web = Web(&random)
        let slopes = web.nodes.map(web.slopes)
        let last = web.nodes.count - 1
        var started = [last]
        var depth = 0
        for hooked in web.leaves + web.nodes where random.below(3) == 0 {
            let root = random.below(web.nodes.count)
            let leaf = random.below(web.leaves.count)
            let isByTarget = random.below(2) == 0
            hooked.onGradient { _ in
                guard depth < 3, started.count < 40 else { return nil }
                depth += 1
                defer { depth -= 1 }
                if isByTarget {
                    let tape = GradientTape(persistent: true)
                    let slope = tape.gradient(
                        of: web.nodes[root], by: web.leaves[leaf], unreached: .zeros)
                    expect(slope, slopes[root][leaf])
                } else {
                    started.append(root)
                    web.nodes[root].backward(retainGraph: true)
                }
                return nil
            }
        }
        /// What all passes to leaves gave, each once.
        func expectSums() {
            for (index, leaf) in web.leaves.enumerated() {
                let expected = started.reduce([0.0, 0]) { sum, root in
                    zip(sum, slopes[root][index]).map(+)
                }
                expect(leaf.grad ?? .zeros(like: leaf), expected, within: 1e-8)
                leaf.zeroGrad()
            }
        }
        web.nodes[last].backward(retainGraph: true)
        expectSums()
        started = []
        let tape = GradientTape(persistent: true)
        expect(tape.gradient(of: web.nodes[last], by: web.leaves[0]), slopes[last][0])
        expectSums()
        for tensor in web.leaves + web.nodes {
            #expect(tensor.mark == 0 && tensor.pendingUses == 0 && tensor.cotangent == nil)
        }
    }
}

/// Vigna's SplitMix64.
private struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func below(_ count: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(count))
    }
}
