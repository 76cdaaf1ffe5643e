// Foundation beside the library: neither takes the other's names.
import FakeTensor
import Foundation

func names(
    _: Bundle, _: Calendar, _: Data, _: Date, _: Dimension, _: Formatter, _: IndexSet, _: Locale,
    _: NSLock, _: Notification, _: Operation, _: Pipe, _: Port, _: Process, _: Progress,
    _: RunLoop, _: Scanner, _: Stream, _: Thread, _: Timer, _: URL, _: UUID, _: Unit,
    _: Measurement<UnitLength>
) {}

func names(
    _: Accuracy, _: Adam, _: Checkpointing, _: CrossEntropy, _: Dataset, _: Experiment,
    _: GradientTape, _: Graph, _: Input, _: Loader, _: Module, _: NDArray, _: Optimizer,
    _: Parameter, _: Random, _: RunMeasurement, _: RunSummary, _: Sampler, _: Schedule,
    _: Sequential, _: Shape, _: Tensor, _: Trainer
) {}
