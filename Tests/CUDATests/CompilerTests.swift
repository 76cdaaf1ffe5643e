import CKernels
import CUDA
import CUDAEmulator
import CUDAKernels
import Glibc
import Testing

/// NVRTC itself, wherever it can be found: it needs no GPU.
enum NVRTC {
    /// The newest that there is, on the emulated driver.
    static let compiler: CUDACompiler? = {
        guard let found = try? CUDASearch.compiler(driver: 13_000).open(),
            let library = Library(found.path)
        else { return nil }
        let symbols = CUDASymbols(path: found.path) { name in
            name.hasPrefix("nvrtc") ? library.function(name) : ft_emulated_symbol(name)
        }
        return try? CUDAPlatform(.symbols(symbols), cache: nil).compiler()
    }()

    private struct Library: @unchecked Sendable {
        // Safe to share: the handle is never closed.
        private let handle: UnsafeMutableRawPointer

        init?(_ path: String) {
            guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else { return nil }
            self.handle = handle
        }

        func function(_ name: String) -> UnsafeMutableRawPointer? { dlsym(handle, name) }
    }
}

/// FAKETENSOR_CUDA_PATH names folders to look into.
@Suite("CUDA's compiler", .enabled(if: NVRTC.compiler != nil, "NVRTC is not to be found"))
struct CompilerTests {
    /// Options of a launch's variant.
    private func options<Arguments>(
        _ kernel: ft_cuda_kernel, _ arguments: Arguments
    ) -> [String] {
        let variant = withUnsafeBytes(of: arguments) {
            ft_cuda_variant(Int32(kernel.rawValue), $0.baseAddress)
        }
        var text = [CChar](repeating: 0, count: Int(FT_CUDA_OPTIONS_BYTES))
        ft_cuda_variant_options(variant, &text)
        let letters = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: letters, as: UTF8.self).split(separator: " ").map(String.init)
    }

    /// A few of each kind, in float32.
    private var variants: [[String]] {
        let exp = "STEP(0,0,\(UnaryFunction.exp.rawValue),0,1,0,0,0,0,0,0)"
        let copy = "STEP(0,4,0,12,1,0,12,0,0,0,0)"
        return [
            options(FT_KERNEL_fill, ft_cuda_fill()), options(FT_KERNEL_copy, ft_cuda_copy()),
            options(FT_KERNEL_unary, ft_cuda_unary()), options(FT_KERNEL_binary, ft_cuda_binary()),
            options(FT_KERNEL_reduce, ft_cuda_reduce()), options(FT_KERNEL_softmax, ft_cuda_rows()),
            options(FT_KERNEL_cross_entropy, ft_cuda_labels()),
            options(FT_KERNEL_gather, ft_cuda_gather()),
            options(FT_KERNEL_dropout, ft_cuda_random()),
            options(FT_KERNEL_update, ft_cuda_list()),
            options(FT_KERNEL_bias_relu, ft_cuda_bias()),
            options(FT_KERNEL_fused, ft_cuda_fused()) + ["-DFT_STEPS=\(exp)"],
            options(FT_KERNEL_together, ft_cuda_together())
                + ["-DFT_CODES=CODE(0,0,\(exp))CODE(1,12,\(copy))"],
        ]
    }

    @Test(
        "compiles kernels as the backend asks it to, for each architecture that it knows",
        arguments: [75, 80, 86, 89, 90, 100, 120])
    func compiles(_ architecture: Int) throws {
        let compiler = try #require(NVRTC.compiler)
        guard compiler.architectures.contains(architecture) else { return }
        for variant in variants {
            let options = compiler.options(for: architecture) + variant
            #expect(options.contains("--gpu-architecture=sm_\(architecture)"))
            let image = try compiler.compile(.embedded, options: options)
            // An ELF file.
            #expect(image.starts(with: [0x7f, 0x45, 0x4c, 0x46]), "\(variant)")
        }
    }

    @Test("for an architecture that it doesn't know it leaves the rest to the driver")
    func newer() throws {
        let compiler = try #require(NVRTC.compiler)
        let options = compiler.options(for: 999)
        #expect(options[0] == "--gpu-architecture=compute_\(compiler.architectures.last ?? 0)")
        let image = try compiler.compile(
            .embedded, options: options + self.options(FT_KERNEL_fill, ft_cuda_fill()))
        #expect(String(decoding: image, as: UTF8.self).contains(".entry ft_fill"))
    }

    @Test("says what it doesn't like")
    func complaint() throws {
        let compiler = try #require(NVRTC.compiler)
        let sources = CUDASources(
            program: .init(name: "wrong.cu", text: "#include \"part.h\"\nint x = part;\n"),
            included: [.init(name: "part.h", text: "nonsense\n")])
        do throws(CUDAProblem) {
            _ = try compiler.compile(sources, options: compiler.options(for: 90))
            Issue.record("nonsense was compiled")
        } catch {
            #expect(error.description.contains("part.h(1): error: "))
        }
    }
}
