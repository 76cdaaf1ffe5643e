internal import FTSupport
import Glibc

/// Where a library of CUDA is looked for: in the folders of the environment's
/// FAKETENSOR_CUDA_PATH, where the system looks for libraries, in the folders of a CUDA toolkit and
/// in Python's packages.
package struct CUDASearch: Sendable {
    /// What the library is to this program, for messages.
    package let purpose: String
    /// File names, the best first.
    package let names: [String]
    /// Folders, the first to be looked into first; an empty one stands for where the system looks.
    package let folders: [String]

    /// A search of its own.
    package init(purpose: String, names: [String], folders: [String]) {
        self.purpose = purpose
        self.names = names
        self.folders = folders
    }

    /// The driver, which comes with the system.
    package static let driver = CUDASearch(
        purpose: "NVIDIA driver", names: ["libcuda.so.1"],
        folders: named + ["", "/usr/lib/wsl/lib"])

    /// The compiler of a CUDA that a driver of this version can run.
    package static func compiler(driver version: Int) -> CUDASearch {
        // All of CUDA 11 from 11.2 on have one name.
        CUDASearch(
            purpose: "NVRTC, CUDA's compiler",
            names: majors(version).map { "libnvrtc.so.\($0 == 11 ? "11.2" : "\($0)")" },
            folders: named + [""] + toolkits + packages("cuda_nvrtc"))
    }

    /// The matrix products of a CUDA that a driver of this version can run.
    package static func products(driver version: Int) -> CUDASearch {
        CUDASearch(
            purpose: "cuBLAS", names: majors(version).map { "libcublas.so.\($0)" },
            folders: named + [""] + toolkits + packages("cublas"))
    }

    /// Releases that the driver can run: neither images nor calls are promised to work with an
    /// older one.
    private static func majors(_ version: Int) -> [Int] {
        Array((11...max(11, version / 1000)).reversed())
    }

    /// The folders that the environment names.
    private static var named: [String] {
        (environment("FAKETENSOR_CUDA_PATH") ?? "").split(separator: ":").map(String.init)
    }

    private static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    private static var toolkits: [String] {
        subfolders(of: "/usr/local", "cuda").map { "\($0)/lib64" }
    }

    /// The folders of a package of NVIDIA's in the Python environments that may be meant.
    private static func packages(_ name: String) -> [String] {
        var pythons: [String] = []
        for root in [environment("VIRTUAL_ENV"), environment("CONDA_PREFIX")] {
            guard let root else { continue }
            pythons += subfolders(of: "\(root)/lib", "python3")
        }
        if let home = environment("HOME") {
            pythons += subfolders(of: "\(home)/.local/lib", "python3")
        }
        for root in ["/usr/local/lib", "/usr/lib"] { pythons += subfolders(of: root, "python3") }
        let sites = pythons.flatMap { ["\($0)/site-packages", "\($0)/dist-packages"] }
        let conda = environment("CONDA_PREFIX").map { ["\($0)/lib"] } ?? []
        return conda
            + sites.filter { Folder.exists("\($0)/nvidia") }.flatMap { site in
                ["\(site)/nvidia/cu13/lib", "\(site)/nvidia/\(name)/lib"]
            }
    }

    /// The folders in a folder whose names begin so, the last in the alphabet first.
    private static func subfolders(of parent: String, _ start: String) -> [String] {
        (Folder.names(in: parent) ?? []).filter { $0.hasPrefix(start) }.sorted(by: >)
            .map { "\(parent)/\($0)" }
    }

    /// What was looked for and where, to stand in a sentence.
    package var description: String {
        let places = folders.map { $0.isEmpty ? "the system's libraries" : $0 }
        let most = places.dropLast().joined(separator: ", ")
        let all = most.isEmpty ? places.joined() : "\(most) and \(places[places.count - 1])"
        return "\(names.joined(separator: " or ")) in \(all)"
    }

    /// Loads the first that is there.
    package func open() throws(CUDAProblem) -> CUDASymbols {
        var refused: String?
        for name in names {
            for folder in folders {
                let path = folder.isEmpty ? name : "\(folder)/\(name)"
                if !folder.isEmpty {
                    if access(path, F_OK) != 0 { continue }
                    CUDASearch.openCompanions(of: name, in: folder)
                }
                guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
                    let reason = dlerror().map { String(cString: $0) } ?? ""
                    if !folder.isEmpty { refused = refused ?? reason }
                    continue
                }
                return CUDASearch.symbols(of: SharedHandle(handle), path)
            }
        }
        let looked = "looked for \(description)"
        throw CUDAProblem(
            "there is no \(purpose)", details: refused.map { "\(looked); \($0)" } ?? looked)
    }

    /// NVRTC loads a second library by its name alone, which some packages don't let the system
    /// find: it is found if it is loaded already.
    private static func openCompanions(of name: String, in folder: String) {
        guard name.hasPrefix("libnvrtc") else { return }
        for other in Folder.names(in: folder) ?? [] where other.hasPrefix("libnvrtc-builtins.so.") {
            _ = dlopen("\(folder)/\(other)", RTLD_NOW | RTLD_LOCAL)
        }
    }

    private struct SharedHandle: @unchecked Sendable {
        // Safe to share: the handle is never closed, and looking up a name is safe on any thread.
        let pointer: UnsafeMutableRawPointer
        init(_ pointer: UnsafeMutableRawPointer) { self.pointer = pointer }
    }

    private static func symbols(of handle: SharedHandle, _ path: String) -> CUDASymbols {
        CUDASymbols(path: path) { name in dlsym(handle.pointer, name) }
    }
}
