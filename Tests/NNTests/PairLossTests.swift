import Autograd
import NN
import Tensor
import Testing

/// The numbers are PyTorch 2.13's.
@Suite("Losses of pairs and triplets")
struct PairLossTests {
    private func leaf(_ values: [[Double]]) -> Tensor {
        Tensor(values, .float64, requiresGrad: true)
    }

    @Test("cosine embedding, for pairs that should be alike and others")
    func cosine() {
        let a = leaf([[0.5, -1.2, 2.1], [0.3, 0.9, -0.4]])
        let b = leaf([[0.2, 0.9, 0.4], [0.75, 0.1, 0.65]])
        let target = Tensor([1, -1], .int64)
        let value = CosineEmbedding(margin: 0.1)(a, b, target)
        expectClose(value, [0.5282015147497762])
        value.backward()
        expectClose(
            a.grad ?? a,
            [-0.0425994777836194, -0.1757476129956788, -0.09028447462047631, 0, 0, 0])
        expectClose(
            b.grad ?? b,
            [-0.10630415390120176, 0.2165972066355054, -0.43419163797921656, 0, 0, 0])
        // A target of neither kind counts nothing; vectors of zeros have no direction.
        let none = CosineEmbedding(reduction: .none)(a, b * 0, Tensor([0, 1], .int64))
        #expect(none.values() == [0.0, 1])
    }

    @Test("margin ranking, with the gradient of a tie")
    func ranking() {
        let a = Tensor([0.5, -1.2, 2.1, 1], .float64, requiresGrad: true)
        let b = Tensor([0.2, 0.9, 0.4, 1], .float64, requiresGrad: true)
        let value = MarginRanking()(a, b, Tensor([1, 1, -1, 1], .float64))
        expectClose(value, [0.95])
        value.backward()
        expectClose(a.grad ?? a, [0, -0.25, 0.25, -0.25])
        expectClose(b.grad ?? b, [0, 0.25, -0.25, 0.25])
    }

    @Test("ranks of bytes don't wrap around")
    func byteRanks() {
        let (a, b) = (Tensor([1, 250], .uint8), Tensor([3, 4], .uint8))
        let losses = MarginRanking(margin: 0.5, reduction: .none)(a, b, Tensor([1, 1], .uint8))
        #expect(losses.values(as: Float.self) == [2.5, 0])
    }

    @Test("triplet margin, of several norms and with the nearer anchor")
    func triplet() {
        let expected: [(TripletMargin, Double, [[Double]])] = [
            (
                TripletMargin(), 2.3010215027607006,
                [
                    [
                        -0.27815503447676654, -0.2195830094499398, -0.020655868520193355,
                        -0.4357436816400451, 0.12216743852511222, 0.007731299717132489,
                    ],
                    [
                        -0.05517857663295567, 0.3862485650068842, -0.31267774258952896,
                        0.16133251590659942, -0.2868143574936732, 0.37644301513873024,
                    ],
                    [
                        0.3333336111097222, -0.1666655555569444, 0.3333336111097223,
                        0.2744111657334457, 0.16464691896856096, -0.38417431485586273,
                    ],
                ]
            ),
            (
                TripletMargin(margin: 2, order: 3, swapsAnchor: true), 3.161925774890979,
                [
                    [
                        -0.29483031771070817, -0.30038189544690974, -0.05609540276576869,
                        -0.2691976504184655, 0.14754496846976267, 0.013476586666916146,
                    ],
                    [
                        -0.007673665749988629, 0.3760067569292358, -0.24640858069492827,
                        0.06943764209701594, -0.21945876323483682, 0.378050344878585,
                    ],
                    [
                        0.3025039834606968, -0.07562486148232608, 0.30250398346069696,
                        0.19976000832144955, 0.07191379476507415, -0.39152693154550117,
                    ],
                ]
            ),
            (
                TripletMargin(margin: 0.5, order: 1, swapsAnchor: true), 2.449999,
                [
                    [0, 0, 0, -1, 0, 0], [-0.5, 0.5, -0.5, 0.5, -0.5, 0.5],
                    [0.5, -0.5, 0.5, 0.5, 0.5, -0.5],
                ]
            ),
        ]
        for (loss, value, gradients) in expected {
            let a = leaf([[0.5, -1.2, 2.1], [0.3, 0.9, -0.4]])
            let b = leaf([[0.2, 0.9, 0.4], [0.75, 0.1, 0.65]])
            let c = leaf([[0.1, -1, 1.7], [-0.2, 0.6, 0.3]])
            let found = loss(anchor: a, positive: b, negative: c)
            expectClose(found, [value])
            found.backward()
            for (leaf, gradient) in zip([a, b, c], gradients) {
                expectClose(leaf.grad ?? leaf, gradient)
            }
        }
    }

    @Test("the Gaussian likelihood of given variances, one below the least")
    func gaussian() {
        let mean = leaf([[0.5, -1.2, 2.1], [0.3, 0.9, -0.4]])
        let variance = leaf([[0.5, 1e-9, 2], [1, 0.3, 0.7]])
        let target = Tensor([[0.2, 0.9, 0.4], [0.75, 0.1, 0.65]], .float64)
        let value = GaussianNLL()(mean, target, variance: variance)
        expectClose(value, [367499.17997291894])
        value.backward()
        expectClose(mean.grad ?? mean, [0.1, -350000, 0.14166666666666666, -0.075, 4 / 9.0, -0.25])
        expectClose(
            variance.grad ?? variance,
            [
                0.13666666666666666, -367499916666.6667, -0.01854166666666668, 0.06645833333333333,
                -0.3148148148148149, -0.06845238095238097,
            ])
    }
}
