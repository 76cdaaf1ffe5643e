/// What there is of CUDA on a machine, and what there isn't.
package struct CUDASurvey: Sendable {
    /// A library that was found.
    package struct Library: Sendable, Equatable {
        package let name: String
        package let version: String
        package let path: String
    }

    /// The GPUs, by their index.
    package private(set) var devices: [CUDADeviceInfo] = []
    package private(set) var libraries: [Library] = []
    /// What is missing, and where it was looked for.
    package private(set) var problems: [CUDAProblem] = []

    /// Looks at all there is: loads every library, and starts none of the GPUs.
    package init(_ found: Result<CUDAPlatform, CUDAProblem>) {
        let platform: CUDAPlatform
        switch found {
        case .success(let there): platform = there
        case .failure(let problem):
            problems = [problem]
            return
        }
        let driver = platform.driver
        libraries.append(
            Library(name: "driver", version: driver.versionText, path: driver.path))
        note { () throws(CUDAProblem) in
            let compiler = try platform.compiler()
            let version = "\(compiler.version.major).\(compiler.version.minor)"
            return Library(name: "NVRTC", version: version, path: compiler.path)
        }
        note { () throws(CUDAProblem) in
            let products = try platform.products()
            return Library(name: "cuBLAS", version: products.version, path: products.path)
        }
        for ordinal in 0..<driver.deviceCount {
            do throws(CUDAProblem) { devices.append(try driver.device(ordinal)) } catch {
                problems.append(error)
            }
        }
    }

    private mutating func note(_ find: () throws(CUDAProblem) -> Library) {
        do throws(CUDAProblem) { libraries.append(try find()) } catch { problems.append(error) }
    }
}
