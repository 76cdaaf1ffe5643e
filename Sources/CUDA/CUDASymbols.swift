internal import CCUDA

/// The functions of a library by their names: one that was loaded, or what stands for it in tests.
package struct CUDASymbols: Sendable {
    /// Where the library lies, for messages.
    package let path: String
    private let find: @Sendable (String) -> UnsafeMutableRawPointer?

    /// - Parameter find: the address of the function of a name; nil where there is none.
    package init(
        path: String, _ find: @escaping @Sendable (String) -> UnsafeMutableRawPointer?
    ) {
        self.path = path
        self.find = find
    }

    private final class Finder {
        let find: @Sendable (String) -> UnsafeMutableRawPointer?
        init(_ find: @escaping @Sendable (String) -> UnsafeMutableRawPointer?) { self.find = find }
    }

    /// A table of functions, filled by one of CCUDA's loaders.
    func load<Table>(_ fill: (@escaping cuda_find, UnsafeMutableRawPointer) -> Table) -> Table {
        let finder = Finder(find)
        return withExtendedLifetime(finder) {
            fill(
                { context, name in
                    let finder = Unmanaged<Finder>.fromOpaque(context).takeUnretainedValue()
                    return finder.find(String(cString: name))
                }, Unmanaged.passUnretained(finder).toOpaque())
        }
    }

    /// The problem of a library without a function that it must have.
    func lacks(_ name: UnsafePointer<CChar>) -> CUDAProblem {
        CUDAProblem(
            "\(path) has no function \(String(cString: name)); "
                + "CUDA 11.4 or newer (driver 470) is needed")
    }
}
