import FTSupport
import FakeTensor
import Glibc
import Tensor

// Tries the CUDA backend against the CPU, measures it, and says what a step costs it on paper.
// `run.sh` of the bundle calls it, see scripts/gpu-bundle.
let usage = """
    usage: gpucheck WHAT [--device cuda:N|emulated] [options]

      parity     every operation, forward and backward, in every dtype, against the CPU
                 --from N  begins with row N; what ends the process is told by the last line
                 --by N    from there each Nth row
      training   some steps of every config on both devices
                 --configs FOLDER  --data FOLDER  --steps N
      memory     steps after which as much memory is in use as before: --steps N (10000)
      speed      the time of a step of each workload, and of passes over memory
      roofline   what a step takes, on paper; needs no GPU
                 NAME  the kernels of one workload
    """

func option(_ name: String) -> String? {
    let arguments = CommandLine.arguments
    guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else {
        return nil
    }
    return arguments[index + 1]
}

func number(_ name: String, or standard: Int) -> Int {
    guard let text = option(name) else { return standard }
    guard let value = Int(text), value >= 0 else { leave("\(name) \(text) is no count") }
    return value
}

/// Ends with a sentence about how the program was called.
func leave(_ sentence: String) -> Never {
    print("gpucheck: \(sentence)\n\n\(usage)")
    exit(2)
}

let what = CommandLine.arguments.dropFirst().first ?? ""
if what == "roofline" {
    if let name = CommandLine.arguments.dropFirst(2).first {
        guard let workload = Workload.all.first(where: { $0.name == name }) else {
            leave("no workload is \(name): " + Workload.all.map(\.name).joined(separator: ", "))
        }
        Roofline.printKernels(of: workload)
    } else {
        Roofline.printTable()
    }
    exit(0)
}
let checked = CheckedDevice(option("--device") ?? "cuda:0")
print(checked.backend.summary)
switch what {
case "parity":
    exit(
        Parity(checked).run(from: number("--from", or: 0), by: max(1, number("--by", or: 1)))
            ? 0 : 1)
case "training":
    guard let configs = option("--configs"), let data = option("--data") else {
        leave("training needs --configs and --data")
    }
    let training = TrainingCheck(checked, configs: configs, data: data)
    exit(training.run(steps: number("--steps", or: 5)) ? 0 : 1)
case "memory": exit(MemoryCheck(checked).run(steps: number("--steps", or: 10_000)) ? 0 : 1)
case "speed": Speed(checked).run(rounds: number("--rounds", or: 5))
default: leave(what.isEmpty ? "nothing to do" : "what is \(what)?")
}
