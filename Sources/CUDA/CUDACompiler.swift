internal import CCUDA

/// NVRTC: makes what a GPU runs of the sources of kernels.
package final class CUDACompiler: @unchecked Sendable {
    // Safe to share: the table never changes, and NVRTC may be called on any thread.
    private let api: cuda_compiler
    /// The release: 12 and 8 for CUDA 12.8.
    package let version: (major: Int, minor: Int)
    /// Where its library lies.
    package let path: String
    /// The architectures that it knows, lowest first.
    package let architectures: [Int]

    init(_ symbols: CUDASymbols) throws(CUDAProblem) {
        api = symbols.load { cuda_compiler_load($0, $1) }
        if let missing = api.missing { throw symbols.lacks(missing) }
        path = symbols.path
        var (major, minor): (Int32, Int32) = (0, 0)
        _ = api.nvrtcVersion(&major, &minor)
        version = (Int(major), Int(minor))
        var count: Int32 = 0
        guard api.nvrtcGetNumSupportedArchs(&count) == 0, count > 0 else {
            throw CUDAProblem("\(path) names no architecture that it compiles for")
        }
        var known = [Int32](repeating: 0, count: Int(count))
        _ = api.nvrtcGetSupportedArchs(&known)
        architectures = known.map(Int.init).sorted()
    }

    /// The options for an architecture: its own code; or, where it is newer than the compiler, the
    /// form that the driver finishes.
    package func options(for architecture: Int) -> [String] {
        let newest = architectures.last(where: { $0 <= architecture }) ?? architecture
        let isKnown = architectures.contains(architecture)
        return [
            "--gpu-architecture=\(isKnown ? "sm" : "compute")_\(isKnown ? architecture : newest)",
            "-std=c++17", "-default-device",
        ]
    }

    /// Compiles the first of the sources, which may include the others by their names.
    ///
    /// Throws with the compiler's first complaint.
    package func compile(
        _ sources: CUDASources, options: [String]
    ) throws(CUDAProblem) -> [UInt8] {
        var program: nvrtc_program?
        let made = sources.withTexts { text, name, count, texts, names in
            api.nvrtcCreateProgram(&program, text, name, count, texts, names)
        }
        guard made == 0, let program else {
            throw CUDAProblem("\(path) takes no program (error \(made))")
        }
        defer {
            var ending: nvrtc_program? = program
            _ = api.nvrtcDestroyProgram(&ending)
        }
        let result = withCStrings(options) { pointers in
            api.nvrtcCompileProgram(program, Int32(options.count), pointers)
        }
        guard result == 0 else {
            throw CUDAProblem(
                "\(path) doesn't compile the kernels with \(options.joined(separator: " ")) "
                    + "(error \(result)): \(complaint(program))", code: result)
        }
        let isBinary = options.contains { $0.hasPrefix("--gpu-architecture=sm_") }
        return isBinary
            ? try image(program, api.nvrtcGetCUBINSize, api.nvrtcGetCUBIN)
            : try image(program, api.nvrtcGetPTXSize, api.nvrtcGetPTX)
    }

    private func image(
        _ program: nvrtc_program,
        _ size: @convention(c) (nvrtc_program, UnsafeMutablePointer<Int>) -> cuda_result,
        _ get: @convention(c) (nvrtc_program, UnsafeMutablePointer<CChar>) -> cuda_result
    ) throws(CUDAProblem) -> [UInt8] {
        var count = 0
        guard size(program, &count) == 0, count > 0 else {
            throw CUDAProblem("\(path) gives no image of the kernels")
        }
        var image = [CChar](repeating: 0, count: count)
        guard get(program, &image) == 0 else {
            throw CUDAProblem("\(path) gives no image of the kernels")
        }
        return image.map { UInt8(bitPattern: $0) }
    }

    /// The first line of the log that speaks of an error.
    private func complaint(_ program: nvrtc_program) -> String {
        var count = 0
        guard api.nvrtcGetProgramLogSize(program, &count) == 0, count > 0 else { return "no log" }
        var log = [CChar](repeating: 0, count: count)
        guard api.nvrtcGetProgramLog(program, &log) == 0 else { return "no log" }
        let text = String(
            decoding: log.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let lines = text.split(separator: "\n")
        return String(lines.first { $0.contains("error") } ?? lines.first ?? "no log")
    }
}

/// Calls `body` with an array of C strings.
func withCStrings<R>(
    _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> R
) -> R {
    var bytes: [CChar] = []
    var starts: [Int] = []
    for text in texts {
        starts.append(bytes.count)
        bytes += text.utf8CString
    }
    return bytes.withUnsafeBufferPointer { buffer in
        let pointers = starts.map { start in buffer.baseAddress.map { $0 + start } }
        return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
