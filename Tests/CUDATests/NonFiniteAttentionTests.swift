import EmulatedDevice
import FakeTensor
import Tensor
import Testing

@Suite("Attention on an emulated GPU to what isn't finite", .serialized)
struct NonFiniteAttentionTests {
    private let device = EmulatedDevice.shared.device

    @Test(
        "isn't finite where the CPU's isn't, forward and in gradients, and elsewhere what it gives",
        arguments: [Double.nan, .infinity, -.infinity], [0, 1, 2])
    func patterns(_ value: Double, _ spoiled: Int) {
        let random = Random(seed: 3)
        let parts = (0..<3).map { random.normal([1, 1, 40, $0 < 2 ? 3 : 2], .float64) }
        let row = NDArray((0..<40).map { $0 == 17 }).reshape([1, 1, 40, 1])
        let masks: [Tensor?] = [
            nil,
            // Row 17 sees nothing; it sees one key; nobody sees it.
            Tensor(NDArray((0..<1600).map { $0 / 40 != 17 }).reshape([40, 40])),
            Tensor(NDArray((0..<1600).map { $0 / 40 != 17 || $0 % 40 == 3 }).reshape([40, 40])),
            Tensor(NDArray((0..<1600).map { $0 % 40 != 17 }).reshape([40, 40])),
        ]
        for (number, mask) in masks.enumerated() {
            for isCausal in [false, true] {
                func results(_ device: Device) -> [[Double]] {
                    var given = parts.map { Tensor($0.on(device)) }
                    given[spoiled] = given[spoiled].maskedFill(Tensor(row.on(device)), value)
                    let mask = mask.map { Tensor($0.data.on(device)) }
                    let attention = { (x: [Tensor]) in
                        Tensor.scaledDotProductAttention(
                            query: x[0], key: x[1], value: x[2], mask: mask, isCausal: isCausal)
                    }
                    let kept = Tensor(row.on(device))
                    let slopes = grad { (x: [Tensor]) in
                        attention(x).maskedFill(kept, 0).sum()
                    }(given)
                    return ([attention(given)] + slopes).map { $0.values(as: Double.self) }
                }
                let (found, expected) = (results(device), results(.cpu))
                for (part, pair) in zip(found, expected).enumerated() {
                    let isSame = zip(pair.0, pair.1).allSatisfy { a, b in
                        a.isFinite ? abs(a - b) < 1e-9 : !b.isFinite
                    }
                    #expect(isSame, "mask \(number), causal \(isCausal), part \(part)")
                }
            }
        }
    }
}
