import Tensor
import Testing

@testable import NN

@Suite("The targets that losses are defined for")
struct TargetDomainTests {
    @Test(
        "hold what they name and nothing else",
        arguments: [
            (TargetDomain.numbers, [-1e30, 0, 2.5], [Double.nan, .infinity, -.infinity]),
            (.counts, [0, 2.5, 1e9], [-1, .nan, .infinity]),
            (.shares, [0, 1, 0.5, 1.000001, -0.000001], [1.01, -0.01, .nan, .infinity]),
            (.logShares, [0, -5, -Double.infinity], [0.01, .nan, .infinity]),
            (.sides, [1, -1, 0], [0.5, 2, .nan]),
            (.classes(3), [0, 1, 2], [3, -1, 0.5, .nan, .infinity]),
        ])
    func elements(domain: TargetDomain, inside: [Double], outside: [Double]) {
        #expect(domain.outlier(in: inside, width: inside.count, ignoring: nil) == nil)
        for value in outside {
            let outlier = domain.outlier(in: inside + [value], width: 1, ignoring: nil)
            #expect(outlier?.index == inside.count && outlier?.isSum == false)
            if !value.isNaN {
                #expect(domain.outlier(in: [value], width: 1, ignoring: value) == nil)
            }
        }
    }

    @Test("of distributions add up to 1 along the last axis")
    func sums() {
        func outlier(_ values: [Double]) -> TargetDomain.Outlier? {
            TargetDomain.distributions.outlier(in: values, width: 3, ignoring: nil)
        }
        #expect(outlier([1, 0, 0, 0.2, 0.3, 0.505]) == nil)
        #expect(outlier([1, 0, 0, 0.5, 0.5, 0.5]) == .init(index: 3, value: 1.5, isSum: true))
        #expect(outlier([1, 0, 0, 0, 0, 0])?.index == 3)
        #expect(outlier([2, -1, 0]) == .init(index: 0, value: 2, isSum: false))
    }

    @Test("of losses that know two kinds follow the shape of the targets")
    func kinds() {
        let losses: [(any Loss, TargetDomain)] = [
            (CrossEntropy(), .distributions), (Dice(), .shares),
        ]
        for (loss, domain) in losses {
            #expect(loss.domain(prediction: [3], target: [3], .float32) == domain)
            #expect(loss.domain(prediction: [3], target: [], .int64) == .classes(3))
        }
        #expect(KLDivergence().domain(prediction: [3], target: [3], .float32) == .shares)
        #expect(
            KLDivergence(logTarget: true).domain(prediction: [3], target: [3], .float32)
                == .logShares)
        #expect(MeanSquaredError().domain(prediction: [3], target: [3], .float32) == .numbers)
    }
}
