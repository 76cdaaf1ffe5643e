import EmulatedDevice
import Glibc
import Tensor
import Testing

/// What the gate's tests on the emulated GPU share.
enum EmulatedGate {
    static let device = EmulatedDevice.make(named: "gate").device

    /// Whether all is to be tried, as `make test-cuda` wants it.
    static let isComplete = getenv("FT_EMULATOR_COMPLETE") != nil
}

/// Expects `body` to give the same there as on the CPU, up to so many roundings of the largest
/// element.
func expectCloseThere(
    _ operands: [Tensor], _ dtype: DType, roundings: Double, _ comment: Comment,
    sourceLocation: SourceLocation = #_sourceLocation, _ body: ([Tensor]) -> [Tensor]
) {
    let results = body(operands.map { Tensor($0.data.on(EmulatedGate.device)) })
    #expect(
        results.allSatisfy { $0.device == EmulatedGate.device }, comment,
        sourceLocation: sourceLocation)
    let found = results.map(\.doubles)
    let expected = body(operands)
    #expect(
        results.map(\.shape) == expected.map(\.shape), comment,
        sourceLocation: sourceLocation)
    for (found, expected) in zip(found, expected) {
        let wanted = expected.doubles
        let scale = wanted.reduce(1) { $1.isFinite ? max($0, abs($1)) : $0 }
        let allowed = expected.dtype.isFloat ? roundings * unitRoundoff(dtype) * scale : 0
        #expect(
            farthest(found, wanted) <= allowed, comment, sourceLocation: sourceLocation)
    }
}

/// The largest difference; infinite where only one is no number.
func farthest(_ found: [Double], _ wanted: [Double]) -> Double {
    guard found.count == wanted.count else { return .infinity }
    return zip(found, wanted).reduce(0) { worst, pair in
        if pair.0 == pair.1 || pair.0.isNaN && pair.1.isNaN { return worst }
        let distance = abs(pair.0 - pair.1)
        return distance.isNaN ? .infinity : max(worst, distance)
    }
}
