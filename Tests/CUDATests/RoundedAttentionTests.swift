import EmulatedDevice
import FakeTensor
import Tensor
import Testing

@Suite("Attention on an emulated GPU of rounded factors", .serialized)
struct RoundedAttentionTests {
    private let device = EmulatedDevice.shared.device

    /// Attention and its gradients by queries, keys and values in a precision, in double.
    private func results(_ parts: [NDArray], _ precision: AutocastPrecision, on device: Device)
        -> [[Double]]
    {
        let given = parts.map { Tensor($0.on(device), requiresGrad: true) }
        autocast(precision) {
            let y = Tensor.scaledDotProductAttention(
                query: given[0], key: given[1], value: given[2], isCausal: true)
            (y.cast(to: .float32) * Tensor(parts[0].on(device)).sum(axis: -1, keepDims: true))
                .sum().backward()
        }
        let y = autocast(precision) {
            Tensor.scaledDotProductAttention(
                query: given[0], key: given[1], value: given[2], isCausal: true)
        }
        return ([y] + given.compactMap(\.grad)).map { $0.data.values(as: Double.self) }
    }

    /// The largest difference, by the largest number of the first.
    private func difference(_ exact: [Double], _ found: [Double]) -> Double {
        let scale = exact.reduce(1) { max($0, abs($1)) }
        return zip(exact, found).reduce(0) { max($0, abs($1.0 - $1.1)) } / scale
    }

    @Test(
        "is the CPU's but for roundings of them, the same bits each time",
        arguments: [(AutocastPrecision.bfloat16, 256.0), (.float16, 2048), (.tf32, 2048)])
    func precisions(_ precision: AutocastPrecision, _ digits: Double) {
        let random = Random(seed: 5)
        let parts = (0..<3).map { _ in random.normal([2, 2, 50, 24], .float32) }
        let exact = results(parts, precision, on: .cpu)
        let found = results(parts, precision, on: device)
        #expect(found == results(parts, precision, on: device))
        for (number, (exact, found)) in zip(exact, found).enumerated() {
            let error = difference(exact, found)
            #expect(error > 0 && error < 4 / digits, "result \(number): \(error)")
        }
    }

    @Test("of float32 outside of such a scope rounds nothing")
    func exact() {
        let random = Random(seed: 5)
        let parts = (0..<3).map { _ in random.normal([1, 2, 20, 8], .float32) }
        let pairs = zip(
            results(parts, .float32, on: .cpu), results(parts, .float32, on: device))
        for (exact, found) in pairs { #expect(difference(exact, found) < 1e-6) }
    }

    @Test("isn't spoiled by what isn't finite and isn't seen")
    func hidden() {
        let random = Random(seed: 6)
        var parts = (0..<3).map { _ in random.normal([1, 1, 20, 8], .float32) }
        let clean = results(parts, .bfloat16, on: device)[0].prefix(19 * 8)
        let last = NDArray((0..<20).map { $0 == 19 }).reshape([1, 1, 20, 1])
        for part in 1..<3 {
            parts[part] = Tensor(parts[part]).maskedFill(Tensor(last), Double.nan).data
        }
        let spoiled = results(parts, .bfloat16, on: device)[0]
        #expect(spoiled.suffix(8).allSatisfy { $0.isNaN })
        #expect(difference(Array(clean), Array(spoiled.prefix(19 * 8))) < 4 / 256)
    }

    @Test("of halves isn't spoiled by values beyond these that aren't seen")
    func large() {
        let random = Random(seed: 7)
        var parts = (0..<3).map { _ in random.normal([1, 1, 20, 8], .float32) }
        let clean = results(parts, .float16, on: device)[0].prefix(19 * 8)
        let last = NDArray((0..<20).map { $0 == 19 }).reshape([1, 1, 20, 1])
        parts[2] = Tensor(parts[2]).maskedFill(Tensor(last), 70_000).data
        let large = results(parts, .float16, on: device)[0]
        // The last query sees them.
        #expect(large.suffix(8).allSatisfy { $0 > 1000 })
        #expect(difference(Array(clean), Array(large.prefix(19 * 8))) < 4 / 2048)
    }
}
