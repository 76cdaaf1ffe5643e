internal import FTSupport
import Synchronization

/// CUDA on a machine: its driver, and its compiler and products once they are needed.
package final class CUDAPlatform: Sendable {
    /// Where the libraries come from.
    package enum Origin: Sendable {
        /// Those of this machine, where `CUDASearch` finds them.
        case machine
        /// All from one place: what stands for them in tests.
        case symbols(CUDASymbols)
    }

    /// That of this machine, looked for when it is first asked for; or why there is none.
    package static let machine = Result { () throws(CUDAProblem) in
        try CUDAPlatform(.machine, cache: .standard)
    }

    private let origin: Origin
    package let driver: CUDADriver
    let cache: CubinCache?
    let sources: CUDASources
    private let found = Mutex(Found())

    private struct Found {
        var compiler: CUDACompiler?
        var products: CUDAProductsLibrary?
    }

    /// - Parameter cache: where compiled kernels are kept, if anywhere.
    package init(_ origin: Origin, cache: CubinCache?) throws(CUDAProblem) {
        self.origin = origin
        self.cache = cache
        sources = .embedded
        driver = try CUDADriver(CUDAPlatform.open(origin, .driver))
    }

    private static func open(
        _ origin: Origin, _ search: CUDASearch
    ) throws(CUDAProblem) -> CUDASymbols {
        switch origin {
        case .machine: try search.open()
        case .symbols(let symbols): symbols
        }
    }

    /// The GPUs that there are kernels for, by their index; none where a library is missing. None is
    /// started.
    package var devices: [Int] {
        guard (try? compiler()) != nil, (try? products()) != nil else { return [] }
        return (0..<driver.deviceCount).filter { ordinal in
            let info = try? driver.device(ordinal)
            return info.map { $0.architecture >= CUDADeviceInfo.leastArchitecture } ?? false
        }
    }

    /// The compiler, loaded on first use.
    package func compiler() throws(CUDAProblem) -> CUDACompiler {
        let result: Result<CUDACompiler, CUDAProblem> = found.withLock { found in
            if let compiler = found.compiler { return .success(compiler) }
            return Result { () throws(CUDAProblem) in
                let symbols = try CUDAPlatform.open(origin, .compiler(driver: driver.version))
                let compiler = try CUDACompiler(symbols)
                found.compiler = compiler
                return compiler
            }
        }
        return try result.get()
    }

    /// The library of matrix products, loaded on first use.
    package func products() throws(CUDAProblem) -> CUDAProductsLibrary {
        let result: Result<CUDAProductsLibrary, CUDAProblem> = found.withLock { found in
            if let products = found.products { return .success(products) }
            return Result { () throws(CUDAProblem) in
                let symbols = try CUDAPlatform.open(origin, .products(driver: driver.version))
                let products = try CUDAProductsLibrary(symbols)
                found.products = products
                return products
            }
        }
        return try result.get()
    }
}
