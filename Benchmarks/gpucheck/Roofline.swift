import CUDAEmulator
import EmulatedDevice
import FTSupport
import FakeTensor
import Glibc
import Tensor

/// What a step takes at least on an H100, on paper: launches counted on the emulated GPU, bytes and
/// arithmetic of the kernels that run.
enum Roofline {
    /// Bytes a second of a copy, operations of float32 and bfloat16 products, and a launch in
    /// seconds, where one follows the other.
    private static let (copy, float32, bfloat16, launch) = (3.0e12, 50e12, 798e12, 2.5e-6)

    /// What kernels of one name add up to; affine in the batch.
    private struct Cost {
        var launches = 0.0
        var bytes = 0.0
        var operations = 0.0

        /// Kernels follow each other: each takes a launch, its bytes or its arithmetic at least.
        func seconds(_ rate: Double) -> Double {
            if launches == 0 { return 0 }
            let one = max(launch, bytes / launches / copy, operations / launches / rate)
            return launches * one
        }
    }

    static func printTable() {
        print(
            "| workload, batch | launches | captured | MB | of at least | GFLOP | ms | of at least |"
        )
        print("|---|---|---|---|---|---|---|---|")
        for workload in Workload.all {
            print(row(workload))
            fflush(nil)
        }
    }

    /// The kernels of one workload's captured step, those that take longest first.
    static func printKernels(of workload: Workload) {
        print("| kernel | launches | MB | GFLOP | ms |\n|---|---|---|---|---|")
        let rate = rate(of: workload)
        let rows = costs(workload).sorted {
            ($1.value.seconds(rate), $0.key) < ($0.value.seconds(rate), $1.key)
        }
        for (name, cost) in rows {
            let cells = [
                name, Format.fixed(cost.launches, 0), Format.fixed(cost.bytes / 1e6, 2),
                Format.fixed(cost.operations / 1e9, 2),
                Format.fixed(cost.seconds(rate) * 1e3, 3),
            ]
            print("| " + cells.joined(separator: " | ") + " |")
        }
    }

    private static func rate(of workload: Workload) -> Double {
        if workload.name == "gpt2" { return bfloat16 }
        // Tensor cores take half as many factors of TF32.
        return workload.name.hasSuffix("tf32") ? bfloat16 / 2 : float32
    }

    private static func row(_ workload: Workload) -> String {
        let (launches, captured) = launches(workload)
        let rows = costs(workload)
        if let other = rows.first(where: { $0.value.launches < 0.5 }) {
            leave("the smaller sizes of \(workload.name) don't take \(other.key) alike")
        }
        let bytes = rows.values.reduce(0) { $0 + $1.bytes }
        let operations = rows.values.reduce(0) { $0 + $1.operations }
        let rate = rate(of: workload)
        // A kernel of the library may be several launches; the rest of them move what it counts.
        let counted = rows.values.reduce(0) { $0 + $1.launches }
        let others = max(0, Double(captured) - counted) * launch
        let seconds = rows.values.reduce(others) { $0 + $1.seconds(rate) }
        let least = leastBytes(workload)
        let bound = max(launch, least / copy, operations / rate)
        let cells = [
            "\(workload.name), \(workload.batch)", "\(launches)", "\(captured)",
            Format.fixed(bytes / 1e6, 2), Format.fixed(least / 1e6, 2),
            Format.fixed(operations / 1e9, 2), Format.fixed(seconds * 1e3, 3),
            Format.fixed(bound * 1e3, 3),
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }

    /// Launches and products of a step as it is, and of one that is replayed.
    private static func launches(_ workload: Workload) -> (Int, Int) {
        let backend = EmulatedDevice.shared
        return Device.with(backend) {
            let work = workload.isCountedInParts ? Workload.narrowGPT() : workload.small()
            func count(_ body: () -> Void) -> Int {
                body()
                body()
                backend.synchronize()
                ft_emulator_reset_counters()
                body()
                backend.synchronize()
                let counters = ft_emulator_count()
                return Int(counters.launches + counters.products + counters.graph_launches)
            }
            let plain = count { _ = work.run(work.x, work.y) }
            let captured = capture { work.run($0, $1) }
            return (plain, count { _ = captured(work.x, work.y) })
        }
    }

    /// The kernels of a step by name, from those of two smaller batches.
    ///
    /// Which elementwise kernels share a launch depends on sizes; so those that do in one of the
    /// batches are counted as one kind.
    private static func costs(_ workload: Workload) -> [String: Cost] {
        let counted = corners(workload).map { weight, sizes in
            let work = workload.make(sizes)
            let captured = capture { work.run($0, $1) }
            // The first step runs as it is, the second is recorded.
            for _ in 0..<2 { _ = captured(work.x, work.y) }
            let counter = KernelCounter()
            counter.count { _ = captured(work.x, work.y) }
            return (weight: weight, rows: counter.rows)
        }
        let names = Set(counted.flatMap(\.rows.keys))
        let sharing = Set(
            names.filter { $0.contains(", ") }.flatMap { name in
                name.split(separator: ", ").map(String.init)
            })
        var costs: [String: Cost] = [:]
        for (weight, rows) in counted {
            for (name, row) in rows {
                let isShared = sharing.contains(name) || name.contains(", ")
                let key = isShared ? "elementwise, together" : name
                costs[key, default: Cost()].launches += weight * Double(row.launches)
                costs[key, default: Cost()].bytes += weight * Double(row.bytes)
                costs[key, default: Cost()].operations += weight * Double(row.operations)
            }
        }
        return costs
    }

    /// The smaller sizes of a workload, each with what it counts in what it wanted, which lies on
    /// the straight lines through them.
    private static func corners(_ workload: Workload) -> [(weight: Double, sizes: [Int])] {
        var corners: [(weight: Double, sizes: [Int])] = [(1, [])]
        for size in workload.sizes {
            let way = Double(size.wanted - size.low) / Double(size.high - size.low)
            corners = corners.flatMap { weight, sizes in
                [(weight * (1 - way), sizes + [size.low]), (weight * way, sizes + [size.high])]
            }
        }
        return corners
    }

    /// What has to move even if all between the batch and the parameters stayed on the chip: the
    /// batch, and each parameter read, its states and itself read and written by Adam.
    private static func leastBytes(_ workload: Workload) -> Double {
        corners(workload).reduce(0) { total, corner in
            let work = workload.make(corner.sizes)
            let bytes = work.x.data.byteCount + work.y.data.byteCount + 28 * work.parameters
            return total + corner.weight * Double(bytes)
        }
    }
}
