import CUDA
import FTConfig
import FTJSON
import FTSupport
import Tensor
import Training

/// `fttrain devices`: what can be computed on, and what of CUDA was found or missed.
enum DevicesCommand {
    static let command = Command(
        name: "devices", summary: "List what can be trained on, and what of CUDA was found.",
        options: [Program.json])

    static func run(_ invocation: CommandInvocation) -> ExitStatus {
        let survey = CUDASurvey(CUDAPlatform.machine)
        if invocation.flag("json") {
            Terminal.print(json(survey).text())
        } else {
            for line in lines(survey) { Terminal.print(line) }
        }
        return .success
    }

    /// What the CPU says of itself, without its name.
    private static var processor: String {
        let summary = CPUBackend.shared.summary.split(separator: ":", maxSplits: 1)
        return String(summary.last?.drop { $0 == " " } ?? "")
    }

    private static func lines(_ survey: CUDASurvey) -> [String] {
        var rows = [["cpu", processor]]
        for device in survey.devices {
            let memory = Format.fixed(Double(device.memory) / Double(1 << 30), 1)
            let parts = [
                device.name, "\(memory) GiB", "compute capability \(device.capability)",
                "\(device.processors) multiprocessors",
            ]
            rows.append(["cuda:\(device.ordinal)", parts.joined(separator: ", ")])
        }
        for library in survey.libraries {
            rows.append([library.name, "\(library.version)   \(library.path)"])
        }
        for problem in survey.problems { rows.append(["missing", "\(problem)"]) }
        return TextTable.aligned(rows)
    }

    private static func json(_ survey: CUDASurvey) -> JSONValue {
        let cpu: JSONValue = [
            "device": "cpu", "name": .string(processor),
            "threads": .int(CPUBackend.shared.threads),
        ]
        let gpus: [JSONValue] = survey.devices.map { device in
            [
                "device": "cuda:\(device.ordinal)", "name": .string(device.name),
                "capability": .string(device.capability), "bytes": .int(device.memory),
                "multiprocessors": .int(device.processors),
            ]
        }
        let libraries: [JSONValue] = survey.libraries.map { library in
            [
                "name": .string(library.name), "version": .string(library.version),
                "path": .string(library.path),
            ]
        }
        return [
            "event": "devices", "devices": .array([cpu] + gpus), "libraries": .array(libraries),
            "missing": .strings(survey.problems.map(\.description)),
        ]
    }
}
