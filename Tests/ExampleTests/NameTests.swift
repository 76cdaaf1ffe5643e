import FakeTensor
import Testing

/// Modules that are imported together must not have two types of one name.
@Suite("Names of the library")
struct NameTests {
    @Test("precision is a metric, and autocast has a type of its own")
    func precision() {
        let metrics: [any Metric] = [Precision(.macro), Recall(.macro)]
        #expect(metrics.count == 2)
        func inside(_ precision: AutocastPrecision) -> DType {
            autocast(precision) { Tensor([[1.0]]).matmul(Tensor([[2.0]])) }.dtype
        }
        #expect(inside(.bfloat16) == .bfloat16 && inside(.float32) == .float32)
    }

    @Test("recall is a metric, and the task of that name a type of its own")
    func recall() {
        let (sequences, answers) = RecallTask.make(count: 3, seed: 1, part: "train")
        #expect(sequences.shape[0] == 3 && answers.shape == [3])
    }
}
