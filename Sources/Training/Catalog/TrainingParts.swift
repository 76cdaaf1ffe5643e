import FTConfig
import NN
import Tensor

/// What configs can name: the library's layers and losses, and those that a program adds.
///
///     let parts = TrainingParts(layers: [sinusoid], losses: [logCosh])
///     let predictor = try parts.inScope { try Predictor("runs/wave-001") }
///
/// A program that is `fttrain` with layers of its own gives them to `TrainingCommand`.
public final class TrainingParts: Sendable {
    let layers: Catalog<LayerPlace, Layer>
    let losses: Catalog<Void, ChosenLoss>
    /// What a config may say.
    let schema: ConfigSchema

    /// The library's own, and more. Traps where a name is taken.
    public init(layers: [CustomLayer] = [], losses: [CustomLoss] = []) {
        self.layers = Catalogs.ownLayers.adding(layers.map(\.entry))
        self.losses = Catalogs.ownLosses.adding(losses.map(\.entry))
        schema = RunSchema.schema(of: [
            self.layers.union, self.losses.union, Catalogs.optimizers.union,
            Catalogs.schedules.union, Catalogs.metrics.union, Catalogs.transforms.union,
            Catalogs.averages.union,
        ])
    }

    private static let own = TrainingParts()
    @TaskLocal private static var scoped: TrainingParts?

    /// Those of the scope that the calling thread is in.
    static var current: TrainingParts { scoped ?? own }

    /// Runs `body`, in which configs can name these.
    public func inScope<Result>(_ body: () throws -> Result) rethrows -> Result {
        try TrainingParts.$scoped.withValue(self, operation: body)
    }
}
