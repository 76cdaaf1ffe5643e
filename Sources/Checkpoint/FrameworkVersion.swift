/// The version of the framework.
public enum FrameworkVersion {
    /// As in `0.1.0`; also stands in checkpoints.
    public static let current = "0.1.0"
}
