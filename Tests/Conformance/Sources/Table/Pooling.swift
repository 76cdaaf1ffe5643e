import FakeTensor

// Windows, and normalizations of channels.
extension Entry {
    static let pooling: [Entry] =
        (1...3).flatMap { axes in
            [
                ops("nn.functional.max_pool\(axes)d", with: largest) { a in
                    let found = try largest(a, axes)
                    return try a.bool("return_indices") ? found : [found[0]]
                },
                op("nn.functional.avg_pool\(axes)d", with: mean) { a in
                    let (kernel, stride) = try (window(a), a.ints("stride").map { PerAxis($0) })
                    let padding = try Padding.both(PerAxis(a.ints("padding") ?? [0]))
                    let ceil = try a.bool("ceil_mode")
                    let counts = try !a.has("count_include_pad") || a.bool("count_include_pad")
                    let divisor = try a.int("divisor_override")
                    switch axes {
                    case 1:
                        return try a.x.avgPool1d(
                            kernel, stride: stride, padding: padding, ceilMode: ceil,
                            countIncludesPadding: counts, divisor: divisor)
                    case 2:
                        return try a.x.avgPool2d(
                            kernel, stride: stride, padding: padding, ceilMode: ceil,
                            countIncludesPadding: counts, divisor: divisor)
                    default:
                        return try a.x.avgPool3d(
                            kernel, stride: stride, padding: padding, ceilMode: ceil,
                            countIncludesPadding: counts, divisor: divisor)
                    }
                }.summing,
                op("nn.functional.adaptive_avg_pool\(axes)d", with: "output_size") { a in
                    let size = try count(a)
                    switch axes {
                    case 1: return try a.x.adaptiveAvgPool1d(size)
                    case 2: return try a.x.adaptiveAvgPool2d(size)
                    default: return try a.x.adaptiveAvgPool3d(size)
                    }
                }.summing,
                ops("nn.functional.adaptive_max_pool\(axes)d", with: "output_size return_indices") {
                    a in
                    let (x, size) = try (a.x, count(a))
                    let found =
                        switch axes {
                        case 1: x.adaptiveMaxPool1dWithIndices(size)
                        case 2: x.adaptiveMaxPool2dWithIndices(size)
                        default: x.adaptiveMaxPool3dWithIndices(size)
                        }
                    let hasIndices = try a.bool("return_indices")
                    return hasIndices ? [found.values, found.indices] : [found.values]
                },
            ]
        } + channels

    private static let channels: [Entry] = [
        op("nn.functional.group_norm", with: "num_groups weight bias eps") { a in
            guard let groups = try a.int("num_groups") else { throw Inexpressible("no groups") }
            return try a.x.groupNorm(
                groups, weight: a.optionalTensor("weight"), bias: a.optionalTensor("bias"),
                epsilon: a.number("eps", or: 1e-5))
        }.summing,
        op(
            "nn.functional.instance_norm",
            with: "running_mean running_var weight bias use_input_stats momentum eps"
        ) { a in
            if a.has("use_input_stats"), !(try a.bool("use_input_stats")) {
                throw Inexpressible("given moments")
            }
            return try a.x.instanceNorm(
                weight: a.optionalTensor("weight"), bias: a.optionalTensor("bias"),
                epsilon: a.number("eps", or: 1e-5))
        }.summing,
        op(
            "nn.functional.batch_norm",
            with: "running_mean running_var weight bias training momentum eps"
        ) { a in
            let (weight, bias) = try (a.optionalTensor("weight"), a.optionalTensor("bias"))
            let epsilon = try a.number("eps", or: 1e-5)
            if try a.bool("training") {
                return try a.x.batchNorm(weight: weight, bias: bias, epsilon: epsilon)
            }
            return try a.x.batchNorm(
                mean: a.tensor("running_mean"), variance: a.tensor("running_var"), weight: weight,
                bias: bias, epsilon: epsilon)
        }.summing,
    ]

    private static let largest =
        "kernel_size stride padding dilation ceil_mode return_indices"
    private static let mean =
        "kernel_size stride padding ceil_mode count_include_pad divisor_override"

    private static func largest(_ a: Arguments, _ axes: Int) throws -> [Tensor] {
        let (kernel, stride) = try (window(a), a.ints("stride").map { PerAxis($0) })
        let padding = try Padding.both(PerAxis(a.ints("padding") ?? [0]))
        let dilation = try PerAxis(a.ints("dilation") ?? [1])
        let (x, ceil) = try (a.x, a.bool("ceil_mode"))
        let found =
            switch axes {
            case 1:
                x.maxPool1dWithIndices(
                    kernel, stride: stride, padding: padding, dilation: dilation, ceilMode: ceil)
            case 2:
                x.maxPool2dWithIndices(
                    kernel, stride: stride, padding: padding, dilation: dilation, ceilMode: ceil)
            default:
                x.maxPool3dWithIndices(
                    kernel, stride: stride, padding: padding, dilation: dilation, ceilMode: ceil)
            }
        return [found.values, found.indices]
    }

    private static func window(_ a: Arguments) throws -> PerAxis {
        guard let kernel = try a.ints("kernel_size") else { throw Inexpressible("no kernel") }
        return PerAxis(kernel)
    }

    private static func count(_ a: Arguments) throws -> PerAxis {
        guard let size = try a.ints("output_size") else { throw Inexpressible("no size") }
        return PerAxis(size)
    }
}
