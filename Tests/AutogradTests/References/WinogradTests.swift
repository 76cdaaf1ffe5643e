import Autograd
import Tensor
import Testing

/// float32 convolutions of 3 by 3 that take fewer products, against others that don't.
@Suite("Winograd convolutions", .serialized)
struct WinogradTests {
    struct Sizes: CustomTestStringConvertible, Sendable {
        let images, channels, features, height, width, padding, groups: Int
        var testDescription: String {
            "\(images)×\(groups * channels)×\(height)×\(width) to \(groups * features), "
                + "padding \(padding), \(groups) groups"
        }
    }

    static let sizes = [
        Sizes(images: 2, channels: 32, features: 33, height: 18, width: 18, padding: 1, groups: 1),
        Sizes(images: 17, channels: 16, features: 64, height: 10, width: 11, padding: 0, groups: 1),
        Sizes(images: 1, channels: 35, features: 40, height: 16, width: 21, padding: 2, groups: 2),
        Sizes(images: 3, channels: 64, features: 16, height: 37, width: 50, padding: 1, groups: 1),
        Sizes(images: 2, channels: 16, features: 16, height: 8, width: 8, padding: 1, groups: 1),
        Sizes(images: 2, channels: 16, features: 17, height: 18, width: 16, padding: 1, groups: 1),
    ]

    private struct Pass {
        let output, byInput, byWeight: [Double]
        var all: [[Double]] { [output, byInput, byWeight] }
    }

    private func pass(
        _ sizes: Sizes, _ dtype: DType, change: (NDArray) -> NDArray = { $0 }
    ) -> Pass {
        let random = Random(seed: 3)
        let features = sizes.groups * sizes.features
        let x = random.normal(
            [sizes.images, sizes.groups * sizes.channels, sizes.height, sizes.width])
        let weight = random.normal([features, sizes.channels, 3, 3])
        let bias = Tensor(random.normal([features]).cast(to: dtype))
        let operands = [change(x), weight].map { Tensor($0.cast(to: dtype)) }
        let (y, pullback) = vjp(
            { (operands: [Tensor]) in
                operands[0].conv2d(
                    operands[1], bias, padding: .both(PerAxis(sizes.padding)),
                    groups: sizes.groups)
            }, at: operands)
        let slopes = pullback(Tensor(random.normal(y.shape).cast(to: dtype)))
        let values = [y, slopes[0], slopes[1]].map { $0.values(as: Double.self) }
        return Pass(output: values[0], byInput: values[1], byWeight: values[2])
    }

    private func directly<R>(_ body: () throws -> R) rethrows -> R {
        let before = CPUBackend.shared.usesWinograd
        CPUBackend.shared.usesWinograd = false
        defer { CPUBackend.shared.usesWinograd = before }
        return try body()
    }

    private func error(_ values: [Double], _ exact: [Double]) -> Double {
        let squares = zip(values, exact).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        return (squares / exact.reduce(0) { $0 + $1 * $1 }).squareRoot()
    }

    @Test("are no further from float64 than direct ones are", arguments: sizes)
    func accuracy(_ sizes: Sizes) {
        let exact = pass(sizes, .float64), own = pass(sizes, .float32)
        let direct = directly { pass(sizes, .float32) }
        #expect(own.output != direct.output && own.byInput != direct.byInput)
        for ((own, direct), exact) in zip(zip(own.all, direct.all), exact.all) {
            #expect(error(own, exact) < 5e-7)
            #expect(error(own, exact) < 1.3 * error(direct, exact))
        }
    }

    @Test("give the same bits on one thread and on two", arguments: sizes)
    func threads(_ sizes: Sizes) {
        let before = CPUBackend.shared.threads
        defer { CPUBackend.shared.threads = before }
        let passes = [1, 2].map { threads in
            CPUBackend.shared.threads = threads
            return pass(sizes, .float32)
        }
        #expect(passes[0].all == passes[1].all)
    }

    @Test(
        "spoil nothing that doesn't rest on what isn't finite, nor on what overflows",
        arguments: [Double.infinity, -.infinity, .nan, 3e38])
    func spoiled(_ value: Double) {
        let sizes = WinogradTests.sizes[0]
        func spoil(_ x: NDArray) -> NDArray {
            var values = x.values(as: Double.self)
            for place in [0, 5, 326] { values[place] = value }
            return NDArray(values, x.shape).cast(to: .float32)
        }
        let own = pass(sizes, .float32, change: spoil)
        let direct = directly { pass(sizes, .float32, change: spoil) }
        for (own, direct) in zip(own.all, direct.all) {
            let differ = zip(own, direct).filter { $0.isFinite != $1.isFinite }
            #expect(differ.isEmpty, "\(differ.count) of \(own.count)")
            let signs = zip(own, direct).filter { !$1.isFinite && !$1.isNaN && $0 != $1 }
            #expect(signs.isEmpty)
        }
    }
}
