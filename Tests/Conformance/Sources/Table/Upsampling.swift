import FakeTensor

// Images of other sizes.
extension Entry {
    static let upsampling: [Entry] =
        [
            interpolate(".nearest") { _ in .nearest },
            interpolate(".linear", lines), interpolate(".bilinear", lines),
            interpolate(".trilinear", lines),
            op("nn.functional.upsample_nearest", with: "size scale_factor") { a in
                try resized(a, .nearest)
            },
            op("nn.functional.upsample_bilinear", with: "size scale_factor") { a in
                try resized(a, .linear(alignCorners: true))
            }.summing,
        ] + shuffles

    private static let shuffles: [Entry] = [
        op("nn.functional.pixel_shuffle", with: "upscale_factor") { a in
            try a.x.pixelShuffle(a.require(a.int("upscale_factor"), "factor"))
        },
        op("nn.functional.pixel_unshuffle", with: "downscale_factor") { a in
            try a.x.pixelUnshuffle(a.require(a.int("downscale_factor"), "factor"))
        },
    ]

    private static func interpolate(
        _ variant: String, _ mode: @escaping @Sendable (Arguments) throws -> UpsampleMode
    ) -> Entry {
        op(
            "nn.functional.interpolate" + variant,
            with: "size scale_factor mode align_corners recompute_scale_factor antialias"
        ) { a in
            if try a.bool("recompute_scale_factor") || a.bool("antialias") {
                throw Inexpressible("recompute_scale_factor or antialias")
            }
            return try resized(a, mode(a))
        }.summing
    }

    @Sendable private static func lines(_ a: Arguments) throws -> UpsampleMode {
        .linear(alignCorners: try a.bool("align_corners"))
    }

    private static func resized(_ a: Arguments, _ mode: UpsampleMode) throws -> Tensor {
        let axes = try a.x.rank - 2
        if let sizes = try a.ints("size") {
            let all = sizes.count == 1 ? Array(repeating: sizes[0], count: axes) : sizes
            return try a.x.upsample(to: all, mode)
        }
        let factor = try a.require(a.number("scale_factor"), "size or factor")
        return try a.x.upsample(by: Array(repeating: factor, count: axes), mode)
    }
}
