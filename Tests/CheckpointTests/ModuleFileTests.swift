import Autograd
import NN
import Tensor
import Testing

@testable import Checkpoint

private final class Model: Module {
    let layer: Linear
    let mean: Buffer
    let tied: Parameter

    init(_ seed: UInt64, outputs: Int = 3, dtype: DType = .float32) {
        layer = Linear(2, outputs, dtype: dtype, using: Random(seed: seed))
        mean = Buffer(.full([2], Double(seed), .int64))
        tied = layer.weight
    }
}

private final class Larger: Module {
    let layer = Linear(2, 3, using: Random(seed: 5))
    let extra = Parameter(.full([2], 7))
}

@Suite("Modules in files")
struct ModuleFileTests {
    private func bits(_ module: Module) -> [[Double]] {
        module.stateDictionary.map { $0.value.values(as: Double.self) }
    }

    @Test("are saved by name and loaded to the same bits, into what was captured before")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let (source, target) = (Model(1), Model(2))
        let path = folder.file("model.safetensors")
        let apply = capture { (x: Tensor) in noGrad { target.layer(x) } }
        let x = Tensor([[1, 2]])
        for _ in 0..<3 { _ = apply(x) }
        try save(source, to: path)
        let result = try load(target, from: path)
        #expect(result.description == "loaded 3 of 3 tensors")
        #expect(bits(target) == bits(source))
        #expect(apply(x).values(as: Float.self) == source.layer(x).values())
        #expect(folder.names() == ["model.safetensors"])

        let file = try SafetensorsFile(path)
        #expect(file.entries.map(\.name) == ["layer.weight", "layer.bias", "mean"])
        #expect(file.checksumStatus() == .ok)
        let report = try InspectReport(path: path)
        #expect(report.parameters.elements == 9 && report.aliases == ["tied": "layer.weight"])
    }

    @Test("files from elsewhere load too, under a shared tensor's other name")
    func foreign() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("other.safetensors")
        let model = Model(1)
        try SafetensorsFile.write(
            [
                NamedArray("tied", .full([3, 2], 4)), NamedArray("layer.bias", .full([3], 5)),
                NamedArray("mean", .full([2], 6, .int64)),
            ], to: path)
        try load(model, from: path)
        #expect(bits(model) == [[4, 4, 4, 4, 4, 4], [5, 5, 5], [6, 6]])
    }

    @Test("what doesn't fit is named, a sentence each, and nothing changes")
    func misfits() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("model.safetensors")
        try save(Model(1, outputs: 4), to: path)
        let model = Model(2)
        let before = bits(model)
        let shapes = #expect(throws: LoadError.self) { try load(model, from: path) }
        #expect(
            shapes?.description == """
                \(path): tensor "layer.weight" is float32 [4, 2], the module's float32 [3, 2]; make the module with those sizes
                \(path): tensor "layer.bias" is float32 [4], the module's float32 [3]; make the module with those sizes
                """)
        try SafetensorsFile.write(
            [
                NamedArray("layer.weight", .full([3, 2], 4, .int32)),
                NamedArray("layer.bias", .full([3], 5, .int32)),
            ], to: path)
        let types = #expect(throws: LoadError.self) { try load(model, from: path, strict: false) }
        #expect(types?.problems.count == 2)
        #expect(types?.description.contains("make the module with that dtype") == true)
        #expect(bits(model) == before)
    }

    @Test("floats of another width are converted, and named")
    func widths() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("model.safetensors")
        let source = Model(1, dtype: .float64)
        try save(source, to: path)
        let model = Model(2)
        let state = try load(model, from: path)
        #expect(state.converted.contains("layer.weight") && state.missing.isEmpty)
        #expect(state.description.contains("converted from other floats"))
        let expected = source.parameters.map { $0.data.cast(to: .float32).values(as: Float.self) }
        #expect(model.parameters.map { $0.data.values(as: Float.self) } == expected)
    }

    @Test("strict loading wants every name, other loading says which there were")
    func strictness() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("model.safetensors")
        let source = Model(1)
        try save(source, to: path)
        let larger = Larger()
        let error = #expect(throws: LoadError.self) { try load(larger, from: path) }
        #expect(
            error?.problems.map(\.description) == [
                "\(path): tensor \"extra\" is not in the file; with strict: false the module keeps "
                    + "its own",
                "\(path): tensor \"mean\" is not in the module; with strict: false it is passed over",
            ])
        let result = try load(larger, from: path, strict: false)
        #expect(result.loaded == ["layer.weight", "layer.bias"])
        #expect(result.missing == ["extra"] && result.unexpected == ["mean"])
        #expect(larger.layer.weight.values(as: Float.self) == source.layer.weight.values())
        #expect(larger.extra.values() == [Float(7), 7])
    }

    @Test("names of a wrapper are taken off, and a file with none of the names is no success")
    func renaming() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("wrapped.safetensors")
        let source = Model(1)
        try SafetensorsFile.write(
            source.stateDictionary.map { NamedArray("model.\($0.name)", $0.value) }, to: path)
        let model = Model(2)
        let before = bits(model)
        let error = #expect(throws: LoadError.self) { try load(model, from: path, strict: false) }
        #expect(error?.description.contains("none of its names is one of the model's") == true)
        #expect(error?.description.contains("'model.layer.weight'") == true)
        #expect(bits(model) == before)
        let state = try load(model, from: path) { $0.replacing(/^model\./, with: "") }
        #expect(state.missing.isEmpty && bits(model) == bits(source))
    }

    @Test("files that can't be read or written say why")
    func files() throws {
        let folder = try TemporaryFolder()
        let missing = #expect(throws: LoadError.self) {
            try load(Model(1), from: folder.file("none"))
        }
        #expect(missing?.problems.map(\.kind) == [.notFound])
        let path = try folder.write("text", Array("no tensors".utf8))
        let damaged = #expect(throws: LoadError.self) { try load(Model(1), from: path) }
        #expect(damaged?.problems.map(\.kind) == [.damaged])
        let unwritable = #expect(throws: CheckpointError.self) {
            try save(Model(1), to: folder.file("no/such/folder"))
        }
        #expect(unwritable?.kind == .unwritable)
    }
}
