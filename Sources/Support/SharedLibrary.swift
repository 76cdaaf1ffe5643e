import Glibc

/// A library that is looked for when the program runs, and which it does without otherwise.
package struct SharedLibrary: @unchecked Sendable {
    // Safe to share: the handle is never closed, and looking up a name is safe on any thread.
    private let handle: UnsafeMutableRawPointer

    /// Loads the first of `names` that the system finds, such as "libturbojpeg.so.0"; nil if it
    /// finds none.
    package init?(_ names: [String]) {
        for name in names {
            if let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) {
                self.handle = handle
                return
            }
        }
        return nil
    }

    /// The function of this name, nil if the library has none.
    ///
    /// - Parameter type: its type, which nothing checks.
    package func function<Function>(_ name: String, as type: Function.Type) -> Function? {
        dlsym(handle, name).map { unsafeBitCast($0, to: type) }
    }
}
