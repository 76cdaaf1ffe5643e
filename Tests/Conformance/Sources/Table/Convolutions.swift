import FakeTensor

// Convolutions and their transposes.
extension Entry {
    static let convolutions: [Entry] = all.map(\.summing)

    private static let all: [Entry] = [
        .op("nn.functional.conv1d", with: plain) { a in
            let m = try Move(a)
            return try a.x.conv1d(
                m.weight, m.bias, stride: m.stride, padding: m.padding, dilation: m.dilation,
                groups: m.groups)
        },
        .op("nn.functional.conv2d", with: plain) { a in
            let m = try Move(a)
            return try a.x.conv2d(
                m.weight, m.bias, stride: m.stride, padding: m.padding, dilation: m.dilation,
                groups: m.groups)
        },
        .op("nn.functional.conv3d", with: plain) { a in
            let m = try Move(a)
            return try a.x.conv3d(
                m.weight, m.bias, stride: m.stride, padding: m.padding, dilation: m.dilation,
                groups: m.groups)
        },
        .op("nn.functional.conv_transpose1d", with: transposed) { a in
            let m = try Move(a)
            return try a.x.convTranspose1d(
                m.weight, m.bias, stride: m.stride, padding: m.around, outputPadding: m.more,
                dilation: m.dilation, groups: m.groups)
        },
        .op("nn.functional.conv_transpose2d", with: transposed) { a in
            let m = try Move(a)
            return try a.x.convTranspose2d(
                m.weight, m.bias, stride: m.stride, padding: m.around, outputPadding: m.more,
                dilation: m.dilation, groups: m.groups)
        },
        .op("nn.functional.conv_transpose3d", with: transposed) { a in
            let m = try Move(a)
            return try a.x.convTranspose3d(
                m.weight, m.bias, stride: m.stride, padding: m.around, outputPadding: m.more,
                dilation: m.dilation, groups: m.groups)
        },
    ]

    private static let plain = "weight bias stride padding dilation groups"
    private static let transposed = "weight bias stride padding output_padding groups dilation"

    /// How a kernel moves.
    private struct Move {
        let weight: Tensor
        let bias: Tensor?
        let stride: PerAxis
        let around: PerAxis
        let padding: Padding
        let more: PerAxis
        let dilation: PerAxis
        let groups: Int

        init(_ a: Arguments) throws {
            weight = try a.tensor("weight")
            bias = try a.optionalTensor("bias")
            stride = try PerAxis(a.ints("stride") ?? [1])
            more = try PerAxis(a.ints("output_padding") ?? [0])
            dilation = try PerAxis(a.ints("dilation") ?? [1])
            groups = try a.int("groups") ?? 1
            if let word = a.string("padding") {
                padding = word == "same" ? .same : .valid
                around = 0
            } else {
                around = try PerAxis(a.ints("padding") ?? [0])
                padding = .both(around)
            }
        }
    }
}
