import CKernels
import CUDA
import CUDAKernels
import EmulatedDevice
import FakeTensor
import Testing

@testable import Tensor

@Suite("What a launch on a GPU, emulated, reads beside its operands", .serialized)
struct LaunchTableTests {
    @Test("stays until the next launch begins, however little is kept")
    func tables() throws {
        let backend = EmulatedDevice.make(named: "tables")
        let tables = CUDATables(limit: 2)
        for launch in 0..<4 {
            tables.begin(on: backend.context)
            let rows = (0..<3).map { [Int64(launch), Int64($0), 7] }
            let places = try rows.map { try tables.place($0, on: backend.context) }
            for (place, row) in zip(places, rows) {
                let memory = try #require(UnsafeRawPointer(bitPattern: place))
                var found: [Int64] = [0, 0, 0]
                try backend.context.copyOut(from: memory, to: &found, byteCount: 24)
                #expect(found == row)
            }
        }
        tables.clear(on: backend.context)
    }

    /// Programs of a few kinds, some alike but for what they calculate with.
    private func parts(on device: Device) -> [FusedPart] {
        var parts: [FusedPart] = []
        for number in 0..<6 {
            let dtype: DType = number == 4 ? .bfloat16 : .float32
            let x = NDArray.full([3 + number], Float(number), dtype, on: device)
            let out = NDArray.full([3 + number], Float(0), dtype, on: device)
            let function: BinaryFunction = number % 3 == 0 ? .mul : .add
            let program = FusedProgram([
                .init(
                    kernel: .binaryScalar(function, Scalar(Double(number)), isFirst: false),
                    [.array(0)], dtype: dtype),
                .init(kernel: .unary(.relu, 0, 0), [.result(0)], dtype: dtype),
            ])
            parts.append(FusedPart(program: program, reads: [x], out: out))
        }
        return parts
    }

    @Test("says of each program which of the launch's codes is its own")
    func codes() throws {
        var group = FusedForms()
        var texts: [String] = []
        for part in parts(on: EmulatedDevice.shared.device) {
            let form = FusedForm(part)
            let text = FusedForm.text(form.steps)
            group.add(form, text)
            texts.append("\(form.arguments.dtype),\(text)")
        }
        for (program, text) in zip(group.programs, texts) {
            #expect(group.option.contains("CODE(\(program.row.code),\(text))"))
        }
        #expect(Set(texts).count == 3 && group.option.split(separator: "CODE(").count == 4)
        #expect(group.programs.map(\.firstStep) == [0, 2, 4, 6, 8, 10])
        guard let compiler = NVRTC.compiler else { return }
        var option = [CChar](repeating: 0, count: Int(FT_CUDA_OPTIONS_BYTES))
        let variant = withUnsafeBytes(of: ft_cuda_together()) {
            ft_cuda_variant(Int32(FT_KERNEL_together.rawValue), $0.baseAddress)
        }
        ft_cuda_variant_options(variant, &option)
        let letters = option.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let parts = String(decoding: letters, as: UTF8.self).split(separator: " ").map(String.init)
        #expect(parts.contains("-fmad=false"))
        let image = try compiler.compile(
            .embedded, options: compiler.options(for: 80) + parts + [group.option])
        #expect(!image.isEmpty)
    }
}
