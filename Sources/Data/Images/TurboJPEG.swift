import FTSupport

/// The functions of libturbojpeg that read JPEGs.
///
/// Source: "TurboJPEG C API", libjpeg-turbo 2.1.
struct TurboJPEG: Sendable {
    typealias Handle = UnsafeMutableRawPointer
    typealias Number = UnsafeMutablePointer<Int32>
    typealias Open = @Sendable @convention(c) () -> Handle?
    typealias Close = @Sendable @convention(c) (Handle) -> Int32
    typealias Problem = @Sendable @convention(c) (Handle) -> UnsafePointer<CChar>?
    /// Handle, file, its size; then width, height, sampling of colours, their kind.
    typealias ReadHeader =
        @Sendable @convention(c) (
            Handle, UnsafePointer<UInt8>?, UInt, Number, Number, Number, Number
        ) -> Int32
    /// Handle, file, its size; pixels, width, bytes a row, height, kind of pixel, flags.
    typealias ReadPixels =
        @Sendable @convention(c) (
            Handle, UnsafePointer<UInt8>?, UInt, UnsafeMutablePointer<UInt8>?, Int32, Int32, Int32,
            Int32, Int32
        ) -> Int32

    let open: Open
    let close: Close
    let problem: Problem
    let readHeader: ReadHeader
    let readPixels: ReadPixels

    /// Nil where the system has no such library.
    static let shared = TurboJPEG(SharedLibrary(["libturbojpeg.so.0", "libturbojpeg.so"]))

    private init?(_ library: SharedLibrary?) {
        guard let library,
            let open = library.function("tjInitDecompress", as: Open.self),
            let close = library.function("tjDestroy", as: Close.self),
            let problem = library.function("tjGetErrorStr2", as: Problem.self),
            let readHeader = library.function("tjDecompressHeader3", as: ReadHeader.self),
            let readPixels = library.function("tjDecompress2", as: ReadPixels.self)
        else { return nil }
        self.open = open
        self.close = close
        self.problem = problem
        self.readHeader = readHeader
        self.readPixels = readPixels
    }
}
