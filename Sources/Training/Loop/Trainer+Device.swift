import FTSupport
import Tensor

extension Trainer {
    /// Does what a GPU may have no memory for, or fail in. Throws an error that says from where the
    /// run goes on.
    func onDevice<R>(_ body: () throws -> R) throws -> R {
        do { return try Device.attempt(body) } catch let problem as DeviceProblem {
            throw RunError(.fault, "\(problem.device): \(problem); \(remedy(problem))")
        }
    }

    private func remedy(_ problem: DeviceProblem) -> String {
        guard let step = savedStep ?? resumedStep else {
            return "nothing was saved yet: start again"
                + (problem.isLost ? "" : " with a smaller data.batchSize or model")
        }
        let way = problem.isLost ? "" : ", with a smaller data.batchSize or --device cpu"
        return "the checkpoint of step \(step) is whole: go on by fttrain resume "
            + "\(folder.path.shellPath)\(way)"
    }
}
