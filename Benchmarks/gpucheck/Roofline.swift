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

    private static func row(_ workload: Workload) -> String {
        let (launches, captured) = launches(workload)
        let rows = costs(workload)
        let bytes = rows.values.reduce(0) { $0 + $1.bytes }
        let operations = rows.values.reduce(0) { $0 + $1.operations }
        let rate = workload.name == "gpt2" ? bfloat16 : float32
        // A kernel of the library may be several launches; the rest of them move what it counts.
        let counted = rows.values.reduce(0) { $0 + $1.launches }
        let others = max(0, Double(launches) - counted) * launch
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
            let work = workload.narrow?() ?? workload.make(workload.small.0)
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
    private static func costs(_ workload: Workload) -> [String: Cost] {
        func counted(_ batch: Int) -> [String: KernelCounter.Row] {
            let work = workload.make(batch)
            // What the first step alone makes isn't counted, where another takes no minutes.
            if workload.narrow == nil { _ = work.run(work.x, work.y) }
            let counter = KernelCounter()
            counter.count { _ = work.run(work.x, work.y) }
            return counter.rows
        }
        let (low, high) = workload.small
        let (few, more) = (counted(low), counted(high))
        let steps = Double(workload.batch - low) / Double(high - low)
        var costs: [String: Cost] = [:]
        for (name, row) in few {
            let other = more[name] ?? row
            func at(_ value: KeyPath<KernelCounter.Row, Int>) -> Double {
                let first = Double(row[keyPath: value])
                return first + steps * (Double(other[keyPath: value]) - first)
            }
            costs[name] = Cost(
                launches: Double(row.launches), bytes: at(\.bytes), operations: at(\.operations))
        }
        return costs
    }

    /// What has to move even if all between the batch and the parameters stayed on the chip: the
    /// batch, and each parameter read, its states and itself read and written by Adam.
    private static func leastBytes(_ workload: Workload) -> Double {
        let work = workload.make(workload.small.0)
        let scale = Double(workload.batch) / Double(workload.small.0)
        let batch = Double(work.x.data.byteCount + work.y.data.byteCount) * scale
        return batch + 28 * Double(work.parameters)
    }
}
