import FTConfig
import NN
import Optim

extension Catalogs {
    /// What searches along a line, and so has neither a rate nor limits of the gradients.
    static let lbfgs = Catalog<Module, Optimizer>.Entry(
        "lbfgs",
        "Quasi-Newton steps by a line search, for all examples at once and no chance.",
        [
            .int("history", default: 10, min: 1, max: 1000, doc: "past steps that are remembered"),
            .int("iterations", default: 1, min: 1, max: 1000, doc: "steps of the search in a step"),
            .number(
                "tolerance", default: 1e-9, min: 0,
                doc: "the largest element of the gradient at which it is over"),
            .number(
                "curvature", default: 0.9, above: 1e-4, below: 1,
                doc: "how much of the slope a step may leave"),
        ]
    ) { value, model in
        QuasiNewton(
            model, history: value.int("history"), iterations: value.int("iterations"),
            tolerance: value.double("tolerance"), curvature: value.double("curvature"))
    }
}
