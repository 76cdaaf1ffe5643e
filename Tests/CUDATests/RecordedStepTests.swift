import CUDA
import CUDAEmulator
import EmulatedDevice
import FakeTensor
import Tensor
import Testing

@Suite("A captured step on a GPU, emulated, is a CUDA graph", .serialized)
struct RecordedStepTests {
    private static let graphs = [
        "cuStreamBeginCapture_v2", "cuStreamEndCapture", "cuGraphInstantiateWithFlags",
        "cuGraphLaunch", "cuGraphExecDestroy", "cuGraphDestroy",
    ]

    /// A network with dropout whose steps are asked for, captured or not, on a device.
    private final class Training {
        let device: Device
        let optimizer: Adam
        private let model: Sequential
        let captured: Captured<Tensor, Tensor, Tensor>?
        private let isTouchy: Bool

        init(on device: Device, captures: Bool, touchy: Bool = false) {
            self.device = device
            isTouchy = touchy
            let random = Random(seed: 5)
            let model = Sequential(
                Linear(12, 40, using: random), ReLU(),
                Dropout(0.3, using: Random(seed: 6)), Linear(40, 5, using: random))
            model.to(device.backend)
            let optimizer = Adam(model.parameters, learningRate: 1e-2)
            self.model = model
            self.optimizer = optimizer
            captured =
                captures
                ? capture { (x: Tensor, y: Tensor) in
                    Training.step(model, optimizer, x, y)
                } : nil
        }

        private static func step(
            _ model: Sequential, _ optimizer: Adam, _ x: Tensor, _ y: Tensor
        ) -> Tensor {
            optimizer.zeroGrad()
            let loss = CrossEntropy()(model(x), y)
            loss.backward()
            optimizer.step()
            return loss.detach()
        }

        func batch(_ number: Int) -> (Tensor, Tensor) {
            let random = Random(seed: 100 + UInt64(number))
            let x = random.normal([64, 12], mean: 0, deviation: 1)
            let labels = (0..<64).map { ($0 * 7 + number) % 5 }
            return (Tensor(x.on(device)), Tensor(NDArray(labels).on(device)))
        }

        func step(_ x: Tensor, _ y: Tensor) -> Tensor {
            captured.map { $0(x, y) } ?? Training.step(model, optimizer, x, y)
        }

        /// The losses of so many steps, and the parameters after them.
        func run(_ steps: Range<Int>) -> [[Double]] {
            var losses: [Double] = []
            for number in steps {
                optimizer.learningRate = 1e-2 / Double(1 + number)
                let (x, y) = batch(number)
                losses.append(step(x, y).item)
            }
            return [losses] + model.parameters.map { $0.values(as: Double.self) }
        }
    }

    @Test("with the bits of its launches one by one: dropout, labels, rates and inputs that change")
    func bits() {
        let device = EmulatedDevice.make(named: "graphs").device
        let before = ft_emulator_count()
        let found = Training(on: device, captures: true).run(0..<12)
        let after = ft_emulator_count()
        // The first step runs as it is, the second is recorded, the third replayed by launches.
        #expect(after.graph_launches - before.graph_launches == 9)
        #expect(after.graph_nodes > before.graph_nodes + 10)
        #expect(found == Training(on: device, captures: false).run(0..<12))
        #expect(found[0][0] != found[0][11])
    }

    @Test("one launch a step, and no product or kernel beside it")
    func launches() {
        let training = Training(
            on: EmulatedDevice.make(named: "launches").device, captures: true)
        _ = training.run(0..<5)
        let batches = (5..<15).map { training.batch($0) }
        let before = ft_emulator_count()
        let losses = batches.map { training.step($0.0, $0.1) }
        let after = ft_emulator_count()
        #expect(after.graph_launches - before.graph_launches == 10)
        #expect(after.launches == before.launches && after.products == before.products)
        // The optimizer's numbers, and where the random stream stands.
        #expect(after.uploads - before.uploads == 20)
        #expect(after.synchronizations == before.synchronizations)
        #expect(losses.allSatisfy { $0.item.isFinite })
    }

    @Test("where one can't be made its launches are made one by one, and why is told")
    func refused() {
        let refuse:
            @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, UInt64) -> Int32 = {
                _, _, _ in 801
            }
        let device = EmulatedDevice.make(
            named: "refusing",
            with: [
                "cuGraphInstantiateWithFlags": UInt(bitPattern: unsafeBitCast(refuse, to: Int.self))
            ]
        ).device
        let training = Training(on: device, captures: true)
        let found = training.run(0..<5)
        #expect(training.captured?.launchProblem?.hasPrefix("recording a step") == true)
        #expect(found == Training(on: device, captures: false).run(0..<5))
        let other = Training(on: EmulatedDevice.shared.device, captures: true)
        _ = other.run(0..<5)
        #expect(other.captured != nil && other.captured?.launchProblem == nil)
    }

    @Test("where the driver knows no graphs its launches are made one by one", arguments: graphs)
    func without(_ name: String) {
        let device = EmulatedDevice.make(named: "without \(name)", without: [name]).device
        let before = ft_emulator_count().graph_launches
        let found = Training(on: device, captures: true).run(0..<5)
        #expect(ft_emulator_count().graph_launches == before)
        #expect(found == Training(on: device, captures: false).run(0..<5))
    }

    @Test("its memory is nobody else's while it is there, and given back with it")
    func memory() {
        let own = EmulatedDevice.make(named: "graph memory")
        let before = own.memory.live
        func run() {
            // Sums in pieces need memory on their way, and so does a table of parameters.
            let w = Parameter(NDArray.full([40_000], 0.5, .float32, on: own.device))
            let optimizer = SGD([w], learningRate: 0.25)
            let f = capture { (x: Tensor) in
                optimizer.zeroGrad()
                let loss = (w * x).sum() + (w * w).mean() + x.sort().values.sum()
                loss.backward()
                optimizer.step()
                return loss.detach()
            }
            func made(_ isCaptured: Bool) -> [Double] {
                let start = Tensor(NDArray.full([40_000], 0.5, .float32, on: own.device))
                noGrad { w.assign(start) }
                return (0..<8).map { step in
                    let x = Tensor(
                        NDArray.full([40_000], Float(step), on: own.device))
                    let result = isCaptured ? f(x) : plain(x, w, optimizer)
                    // Whoever asks for memory between the steps may write what it likes there.
                    let others = (0..<40).map {
                        NDArray.full([128 << ($0 % 10)], Float.nan, on: own.device)
                    }
                    return withExtendedLifetime(others) { result.item }
                }
            }
            let launches = ft_emulator_count().graph_launches
            let found = made(true)
            #expect(ft_emulator_count().graph_launches - launches == 5)
            #expect(found == made(false))
        }
        run()
        own.releaseTables()
        #expect(own.memory.live == before)
    }

    private func plain(_ x: Tensor, _ w: Parameter, _ optimizer: SGD) -> Tensor {
        optimizer.zeroGrad()
        let loss = (w * x).sum() + (w * w).mean() + x.sort().values.sum()
        loss.backward()
        optimizer.step()
        return loss.detach()
    }

    @Test("what a replay's kernels find wrong is told in words, in the order of launches")
    func complaints() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let device = EmulatedDevice.make(named: "complaints").device
            let training = Training(on: device, captures: true)
            _ = training.run(0..<6)
            let x = training.batch(6).0
            var labels = [Int](repeating: 1, count: 64)
            _ = training.step(x, Tensor(NDArray(labels).on(device)))
            labels[9] = 8
            _ = training.step(x, Tensor(NDArray(labels).on(device)))
            labels[3] = 7
            _ = training.step(x, Tensor(NDArray(labels).on(device)))
            device.backend.synchronize()
        }
        #expect(sentence(result).contains("target 8 at position 9 is no class of 0..<5"))
    }

    @Test("a state of cuBLAS for it ends with the device")
    func handles() throws {
        let before = ft_emulator_count().product_handles
        do {
            let platform = try CUDAPlatform(.symbols(EmulatedDevice.symbols), cache: nil)
            let backend = try CUDABackend(platform, 0)
            #expect(ft_emulator_count().product_handles == before + 1)
            backend.synchronize()
        }
        #expect(ft_emulator_count().product_handles == before)
    }
}
