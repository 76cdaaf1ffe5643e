import CUDA
import FTSupport
import FakeTensor
import Glibc
import Testing

@Suite("The search for CUDA's libraries")
struct CUDASearchTests {
    @Test("says what was looked for and where")
    func missing() {
        let search = CUDASearch(
            purpose: "NVIDIA driver", names: ["libcuda.so.99", "libcuda.so.98"],
            folders: ["/no/such/folder", ""])
        #expect(throws: CUDAProblem.self) { try search.open() }
        do throws(CUDAProblem) { _ = try search.open() } catch {
            #expect(error.reason == "there is no NVIDIA driver")
            #expect(
                error.description == "there is no NVIDIA driver: looked for libcuda.so.99 or "
                    + "libcuda.so.98 in /no/such/folder and the system's libraries")
        }
    }

    @Test("takes the first library that is there, by the order of its folders")
    func found() throws {
        // One that every system has stands for one of CUDA's.
        let search = CUDASearch(purpose: "library", names: ["libm.so.6"], folders: [""])
        let symbols = try search.open()
        #expect(symbols.path == "libm.so.6")
    }

    @Test("says why a file that is there can't be loaded")
    func refused() throws {
        let folder = try Folder.makeTemporary("cuda-search")
        defer { Folder.remove(folder) }
        try FileBytes.append("no library", to: "\(folder)/libcuda.so.1")
        let search = CUDASearch(
            purpose: "NVIDIA driver", names: ["libcuda.so.1"], folders: [folder])
        do throws(CUDAProblem) {
            _ = try search.open()
            Issue.record("a text was loaded")
        } catch {
            #expect(error.description.contains("\(folder)/libcuda.so.1: "))
        }
    }

    @Test("takes no release of the compiler that is newer than the driver's")
    func releases() {
        #expect(
            CUDASearch.compiler(driver: 12080).names == ["libnvrtc.so.12", "libnvrtc.so.11.2"])
        #expect(CUDASearch.compiler(driver: 11040).names == ["libnvrtc.so.11.2"])
        #expect(
            CUDASearch.products(driver: 13000).names
                == ["libcublas.so.13", "libcublas.so.12", "libcublas.so.11"])
    }

    @Test("a library without a function that is needed is a sentence")
    func incomplete() {
        let symbols = CUDASymbols(path: "libold.so") { _ in nil }
        do throws(CUDAProblem) {
            _ = try CUDAPlatform(.symbols(symbols), cache: nil)
            Issue.record("there was a driver")
        } catch {
            #expect(error.description.hasPrefix("libold.so has no function cuInit"))
        }
    }

    /// Where there is a GPU there is nothing to miss.
    private static var problem: CUDAProblem? {
        do throws(CUDAProblem) { _ = try CUDAPlatform.machine.get() } catch { return error }
        return nil
    }

    @Test("without a driver only the CPU can be used, and asking for a GPU is a sentence")
    func withoutDriver() {
        guard let problem = Self.problem else { return }
        #expect(Device.all == [.cpu])
        #expect(CUDASurvey(CUDAPlatform.machine).problems == [problem])
        #expect(problem.reason.hasPrefix("there is no NVIDIA driver") || problem.code != nil)
    }
}
