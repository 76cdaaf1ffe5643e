import FakeTensor
import Foundation

/// A call and what must come of it. Arrays are named by their keys in the file of tensors.
struct Case: Decodable {
    struct Input: Decodable {
        let key: String
        /// Whether to differentiate by it.
        let grad: Bool
    }

    /// Of the samples; empty for a call that must be rejected.
    let dtype: String
    /// The call in words.
    let text: String
    let args: [Value]
    let kwargs: [String: Value]
    let inputs: [Input]
    /// PyTorch raises an error.
    var rejected: Bool?
    /// Why the results can't be held here.
    var skip: String?
    /// The results; the same computed in float64 and rounded.
    var want, exact: [String]?
    /// Which results are differentiated.
    var floats: [Int]?
    /// Cotangents and the gradient; vectors for the gradient and the gradient of that product;
    /// tangents and the derivative along them.
    var cotangents, gradient, vectors, second, tangents, jvp: [String]?
}

/// The cases of one operator: a JSON line each, and a safetensors file of their arrays.
struct CaseFile {
    let name: String
    let lines: [Substring]
    private let arrays: SafetensorsFile

    init(folder: String, name: String) throws {
        self.name = name
        let path = folder + "/" + name
        lines = try String(contentsOfFile: path + ".jsonl", encoding: .utf8).split(separator: "\n")
        arrays = try SafetensorsFile(path + ".safetensors")
    }

    func item(_ number: Int) throws -> Case {
        try JSONDecoder().decode(Case.self, from: Data(lines[number].utf8))
    }

    func array(_ key: String) throws -> NDArray { try arrays.array(key) }
}

extension NDArray {
    /// The same elements in reversed order of axes and two apart, with others in between.
    var scattered: NDArray {
        if count == 0 { return self }
        if rank == 0 {
            return NDArray.full([2], 77).cast(to: dtype).select(axis: 0, index: 1).holding(self)
        }
        let backwards = Array((0..<rank).reversed())
        var room = Array(permute(backwards).shape)
        room[rank - 1] *= 2
        let spread = NDArray.full(Shape(room), 77).cast(to: dtype)
        return spread.slice(axis: -1, start: 1, count: shape[0], step: 2)
            .permute(backwards).holding(self)
    }

    private func holding(_ source: NDArray) -> NDArray {
        assign(source)
        return self
    }
}
