/// A metric that is, or may be, the mean over the outputs of an example.
public protocol MeanOverOutputs: Metric {
    /// Why an output has no value, as a clause: "all targets are equal".
    static var reasonForNoValue: String { get }
    /// The outputs without a value, which the mean leaves out, by their places in ascending order;
    /// none where the metric is of all outputs together.
    ///
    /// - Parameter numbers: those of a tally, as `value(of:)` takes them.
    func outputsLeftOut(of numbers: [Double]) -> [Int]
}
