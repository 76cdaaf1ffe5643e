import EmulatedDevice
import FakeTensor
import Tensor
import Testing

@Suite("Convolutions on an emulated GPU of rounded factors", .serialized)
struct RoundedConvolutionTests {
    private let device = EmulatedDevice.shared.device

    /// A convolution and its gradients by images, weights and biases in a precision, in double.
    private func results(_ parts: [NDArray], _ precision: AutocastPrecision, on device: Device)
        -> [[Double]]
    {
        let given = parts.map { Tensor($0.on(device), requiresGrad: true) }
        let y = autocast(precision) {
            let y = given[0].conv2d(given[1], given[2], stride: 2, padding: 1)
            (y.cast(to: .float32) * y.cast(to: .float32).detach()).sum().backward()
            return y
        }
        return ([y] + given.compactMap(\.grad)).map { $0.data.values(as: Double.self) }
    }

    private func parts() -> [NDArray] {
        let random = Random(seed: 8)
        return [[3, 5, 13, 11], [70, 5, 3, 3], [70]].map { random.normal(Shape($0), .float32) }
    }

    /// The largest difference, by the largest number of the first.
    private func difference(_ exact: [Double], _ found: [Double]) -> Double {
        let scale = exact.reduce(1) { max($0, abs($1)) }
        return zip(exact, found).reduce(0) { max($0, abs($1.0 - $1.1)) } / scale
    }

    @Test(
        "in halves give the CPU's but for how results are rounded, the same bits each time",
        arguments: [(AutocastPrecision.bfloat16, 256.0), (.float16, 2048)])
    func halves(_ precision: AutocastPrecision, _ digits: Double) {
        let parts = parts()
        let exact = results(parts, precision, on: .cpu)
        let found = results(parts, precision, on: device)
        #expect(found == results(parts, precision, on: device))
        for (exact, found) in zip(exact, found) {
            #expect(difference(exact, found) < 2 / digits)
        }
    }

    @Test("in a scope of TF32 lose what that rounds, and outside of it nothing")
    func tf32() {
        let parts = parts()
        let exact = results(parts, .float32, on: .cpu)
        #expect(results(parts, .tf32, on: .cpu) == exact)
        let plain = results(parts, .float32, on: device)
        for (exact, found) in zip(exact, plain) { #expect(difference(exact, found) < 1e-6) }
        let rounded = results(parts, .tf32, on: device)
        // Biases are added, and no factors; their gradient is a sum of what is rounded.
        for (exact, found) in zip(exact, rounded) {
            let error = difference(exact, found)
            #expect(error > 1e-5 && error < 4.0 / 2048, "\(error)")
        }
    }
}
