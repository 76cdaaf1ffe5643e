import NN
import Tensor

/// Which inputs of a model are looked up in tables.
struct IndexInputs {
    /// An input, or a part of one, that an embedding gets.
    struct Use {
        let input: String
        /// The embedding's place in the model, such as `0` or `2.1.0`.
        let layer: String
        /// The rows of its table.
        let count: Int

        var domain: TargetDomain { .classes(count) }
        /// What it is for, to stand behind "but".
        var words: String {
            "layer \(layer) (embedding) takes whole numbers from 0 to \(count - 1)"
        }
    }

    private(set) var uses: [Use] = []
    /// The place of an embedding that gets what a layer computes; nil if there is none.
    private(set) var computed: String?

    /// - Parameter inputs: the names of the model's inputs; one alone has the name "".
    init(of model: Sequential, _ inputs: [String]) {
        _ = follow(model, inputs == [""] ? [""] : nil, "")
    }

    /// The inputs that a layer's output consists of, `origin` being those of what it gets; nil
    /// where it computes something.
    private mutating func follow(
        _ layer: Layer, _ origin: Set<String>?, _ place: String
    ) -> Set<String>? {
        func inner(_ name: Int) -> String { place.isEmpty ? "\(name)" : "\(place).\(name)" }
        switch layer {
        case let input as Input: return [input.name]
        case is Flatten, is Reshape, is Identity: return origin
        case let sequence as Sequential:
            var origin = origin
            for (index, layer) in sequence.layers.enumerated() {
                origin = follow(layer, origin, inner(index))
            }
            return origin
        case let parallel as Parallel:
            let origins = parallel.branches.enumerated().map { follow($1, origin, inner($0)) }
            guard case .concat = parallel.join, !origins.contains(nil) else { return nil }
            return Set(origins.compactMap { $0 }.joined())
        case let residual as Residual:
            _ = follow(residual.module, origin, place.isEmpty ? "module" : "\(place).module")
        case let embedding as Embedding: note(embedding.weight.shape[0], origin, place)
        case let model as GPT: note(model.vocabulary, origin, place)
        default: break
        }
        return nil
    }

    private mutating func note(_ count: Int, _ origin: Set<String>?, _ place: String) {
        guard let origin else {
            computed = computed ?? place
            return
        }
        for input in origin.sorted() {
            uses.append(Use(input: input, layer: place, count: count))
        }
    }
}
