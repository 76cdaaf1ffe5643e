internal import CUDAKernels
internal import FTSupport

extension CUDAPlatform {
    /// The kernels of a variant for a GPU: from the cache, or compiled and kept there.
    func image(
        of variant: UInt64, _ option: String, for info: CUDADeviceInfo
    ) throws(CUDAProblem) -> [UInt8] {
        let compiler = try compiler()
        var text = [CChar](repeating: 0, count: Int(FT_CUDA_OPTIONS_BYTES))
        ft_cuda_variant_options(variant, &text)
        let letters = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let parts = String(decoding: letters, as: UTF8.self).split(separator: " ")
        let options =
            compiler.options(for: info.architecture) + parts.map(String.init)
            + (option.isEmpty ? [] : [option])
        let key = [
            "NVRTC \(compiler.version.major).\(compiler.version.minor)", sources.digest,
            options.joined(separator: " "),
        ].joined(separator: "\n")
        if let image = cache?.image(of: key) { return image }
        let image = try compiler.compile(sources, options: options)
        cache?.keep(image, of: key)
        return image
    }
}
