internal import CCUDA
import Glibc

/// The driver of a machine with GPUs.
package final class CUDADriver: @unchecked Sendable {
    // Safe to share: the table never changes, and the driver's functions may be called on any
    // thread.
    let api: cuda_driver
    /// Nil where the driver lacks some of them.
    let graphs: cuda_graphs?
    /// As the driver numbers it: 12080 for CUDA 12.8.
    package let version: Int
    /// Where its library lies.
    package let path: String
    /// How many GPUs there are, at least one.
    package let deviceCount: Int

    /// Starts the driver.
    ///
    /// Throws where a function is missing, or where there is no GPU.
    init(_ symbols: CUDASymbols) throws(CUDAProblem) {
        api = symbols.load { cuda_driver_load($0, $1) }
        if let missing = api.missing { throw symbols.lacks(missing) }
        let graphs = symbols.load { cuda_graphs_load($0, $1) }
        self.graphs = graphs.missing == nil ? graphs : nil
        path = symbols.path
        var number: Int32 = 0
        _ = api.cuDriverGetVersion(&number)
        version = Int(number)
        let start = api.cuInit(0)
        var count: Int32 = 0
        let counted = start == 0 ? api.cuDeviceGetCount(&count) : start
        if counted == CUDA_NO_DEVICE || counted == 0 && count == 0 {
            throw CUDAProblem(
                "the driver finds no GPU",
                details: "\(path), for CUDA \(CUDADriver.text(number))", code: counted)
        }
        deviceCount = Int(count)
        try check(counted, "starting the driver \(path)")
    }

    /// A version as people write it.
    static func text(_ version: Int32) -> String { "\(version / 1000).\(version % 1000 / 10)" }
    /// The newest CUDA that the driver runs, such as "12.8".
    package var versionText: String { CUDADriver.text(Int32(version)) }

    /// Throws where a call failed, in the driver's words; `doing` says what it was for.
    func check(_ result: cuda_result, _ doing: @autoclosure () -> String) throws(CUDAProblem) {
        if result != 0 { throw problem(result, doing()) }
    }

    /// What a call made. Throws where it failed, and where it made nothing and says that it did.
    func made<Handle>(
        _ result: cuda_result, _ handle: Handle?, _ doing: @autoclosure () -> String
    ) throws(CUDAProblem) -> Handle {
        try check(result, doing())
        guard let handle else {
            throw CUDAProblem("\(doing()): the driver reports success and gives nothing")
        }
        return handle
    }

    /// The problem of a call that failed.
    func problem(_ result: cuda_result, _ doing: String) -> CUDAProblem {
        var (name, text): (UnsafePointer<CChar>?, UnsafePointer<CChar>?) = (nil, nil)
        _ = api.cuGetErrorName(result, &name)
        _ = api.cuGetErrorString(result, &text)
        let words = text.map { String(cString: $0) } ?? "error \(result)"
        let code = name.map { " (\(String(cString: $0)))" } ?? ""
        return CUDAProblem("\(doing): \(words)\(code)", code: result)
    }

    /// What the driver tells of a GPU.
    package func device(_ ordinal: Int) throws(CUDAProblem) -> CUDADeviceInfo {
        guard (0..<deviceCount).contains(ordinal) else {
            let all = deviceCount == 1 ? "the one GPU is cuda:0" : "there are \(deviceCount) GPUs"
            throw CUDAProblem("there is no GPU \(ordinal); \(all)")
        }
        let doing = "asking for GPU \(ordinal)"
        var handle: Int32 = 0
        try check(api.cuDeviceGet(&handle, Int32(ordinal)), doing)
        var letters = [CChar](repeating: 0, count: 256)
        try check(api.cuDeviceGetName(&letters, 255, handle), doing)
        var bytes = 0
        try check(api.cuDeviceTotalMem_v2(&bytes, handle), doing)
        func attribute(_ which: Int) throws(CUDAProblem) -> Int {
            var value: Int32 = 0
            try check(api.cuDeviceGetAttribute(&value, Int32(which), handle), doing)
            return Int(value)
        }
        let name = letters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return CUDADeviceInfo(
            ordinal: ordinal, handle: handle, name: String(decoding: name, as: UTF8.self),
            major: try attribute(CUDA_DEVICE_MAJOR),
            minor: try attribute(CUDA_DEVICE_MINOR), memory: bytes,
            processors: try attribute(CUDA_DEVICE_PROCESSORS),
            sharedBytes: try attribute(CUDA_DEVICE_SHARED_BYTES))
    }
}

/// A GPU, as the driver describes it.
package struct CUDADeviceInfo: Sendable, Equatable {
    /// Its index, as in `cuda:0`.
    package let ordinal: Int
    let handle: Int32
    /// What the maker calls it.
    package let name: String
    /// The compute capability: 9 and 0 for sm_90.
    package let major: Int
    package let minor: Int
    /// Bytes of memory.
    package let memory: Int
    /// Streaming multiprocessors.
    package let processors: Int
    /// The most bytes of shared memory that a block may ask for.
    package let sharedBytes: Int

    /// The compute capability as it is written: "9.0".
    package var capability: String { "\(major).\(minor)" }
    /// The architecture as compilers number it: 90.
    package var architecture: Int { major * 10 + minor }
    /// The least architecture that there are kernels for: sm_75.
    package static let leastArchitecture = 75
}
