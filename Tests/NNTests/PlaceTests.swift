import Autograd
import NN
import Tensor
import Testing

@Suite("A sentence that ends the program says in which layer")
struct PlaceTests {
    private nonisolated func sentence(_ result: ExitTest.Result?) -> String {
        String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
            .split(separator: "\n").first.map(String.init) ?? ""
    }

    @Test("of sequences, blocks, residuals and branches, by their names")
    func nested() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            let random = Random(seed: 1)
            let model = Sequential {
                Linear(4, 8, using: random)
                Block("trunk") {
                    ReLU()
                    Residual {
                        Linear(8, 8, using: random)
                        Parallel(.add, [Identity(), Linear(7, 8, using: random)])
                    }
                }
            }
            _ = model(Tensor.zeros([2, 4]))
        }
        #expect(
            sentence(result).contains(
                ", in trunk Block(2 layers) › 1 Residual › module Sequential(2 layers) › "
                    + "1 Parallel(2 branches, add) › 1 Linear(7 → 8)"), "\(sentence(result))")
    }

    @Test("of one's own names, and not of scopes that are over")
    func own() async {
        let inside = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            named("first") { _ = Tensor.zeros([2]) + Tensor.zeros([2]) }
            named("second") { _ = Tensor.zeros([2]) + Tensor.zeros([3]) }
        }
        #expect(sentence(inside).contains(", in second"))
        #expect(!sentence(inside).contains("first"))
        let outside = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            named("first") { _ = Tensor.zeros([2]) }
            _ = Tensor.zeros([2]) + Tensor.zeros([3])
        }
        #expect(!sentence(outside).contains(", in "))
    }

    @Test("a task that outlives its scope has no place, and a name that fails is not asked again")
    func ends() async {
        let task = named("scope") { Task { Tensor.zeros([2]).sum().item } }
        #expect(await task.value == 0)
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            func name() -> String { "\((Tensor.zeros([4]) + Tensor.zeros([5])).count)" }
            named(name()) { _ = Tensor.zeros([2]) + Tensor.zeros([3]) }
        }
        #expect(sentence(result).contains("[4] and [5]"))
    }
}
