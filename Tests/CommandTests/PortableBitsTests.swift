import CKernels
import Glibc
import Testing

/// Processors without fused multiply-add round twice, and end elsewhere.
@Suite(.enabled(if: ft_isa_fuses(ft_isa_best())))
struct PortableBitsTests {
    /// Of a run with a convolution, normalization and windows too.
    private static let convolution = """
        model.layers=[{"type": "reshape", "shape": [1, 2, 3]}, \
        {"type": "conv2d", "features": 9, "kernel": 2, "padding": 1}, {"type": "gelu"}, \
        {"type": "batchNorm2d"}, {"type": "maxPool2d", "kernel": 2, "stride": 1}, \
        {"type": "avgPool2d", "kernel": 2, "stride": 1, "padding": 1}, \
        {"type": "flatten"}, {"type": "linear", "units": 3}]
        """

    /// Of convolutions with enough channels and pixels that they take fewer products.
    private static let wide = """
        model.layers=[{"type": "linear", "units": 8192}, \
        {"type": "reshape", "shape": [32, 16, 16]}, {"type": "conv2d", "features": 35, \
        "kernel": 3, "padding": 1}, {"type": "relu"}, {"type": "globalAveragePool"}, \
        {"type": "linear", "units": 3}]
        """

    /// And of sequences, step by step and all at once.
    private static let sequences = """
        model.layers=[{"type": "reshape", "shape": [2, 3]}, {"type": "lstm", "units": 37}, \
        {"type": "gru", "units": 6}, {"type": "transformer", "heads": 2, "activation": "swiGLU"}, \
        {"type": "flatten"}, {"type": "linear", "units": 3}]
        """

    private func weights(
        _ workspace: Workspace, isa: String?, model: String = "model.layers.0.units=500"
    ) throws -> [String: [UInt8]] {
        let name = isa ?? "own"
        let words = (isa.map { ["FAKETENSOR_ISA=" + $0] } ?? []) + [Workspace.program]
        let options = ["tiny.json", "-q", model, "--out", name]
        let child = try Child(
            "/usr/bin/env", words + options, in: workspace.path, output: workspace.file("o"),
            errors: workspace.file("e"))
        #expect(try child.wait().status == 0)
        return try workspace.tensors(name + "/last.safetensors")
    }

    @Test(
        "a run ends with the same weights in each instruction set that this processor has",
        arguments: ["model.layers.0.units=500", convolution, wide, sequences])
    func instructionSets(_ model: String) throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let own = try weights(workspace, isa: nil, model: model)
        for isa in 0...ft_isa_best() where ft_isa_fuses(isa) {
            let name = String(cString: ft_isa_name(isa))
            #expect(try weights(workspace, isa: name, model: model) == own, "\(name)")
        }
    }

    @Test("a run ends with the weights that it ended with when this test was written")
    func pinned() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let tensors = try weights(workspace, isa: nil)
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for (name, bytes) in tensors.sorted(by: { $0.key < $1.key }) {
            for byte in Array(name.utf8) + bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        #expect(hash == 0xa101_6ddf_3cc5_90a7, "FNV-1a of names and bytes")
    }

    @Test("an unknown instruction set is named, with those there are")
    func unknown() throws {
        let workspace = try Workspace()
        try workspace.prepare()
        let child = try Child(
            "/usr/bin/env", ["FAKETENSOR_ISA=mmx", Workspace.program, "check", "tiny.json"],
            in: workspace.path, output: workspace.file("o"), errors: workspace.file("e"))
        let result = try child.wait()
        #expect(result.status == 2 && result.signal == nil)
        #expect(
            result.errors.hasPrefix(
                "fttrain: FAKETENSOR_ISA: this processor has no instruction set 'mmx'; it has "))
    }
}
