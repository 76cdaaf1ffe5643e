import FTJSON
import Tensor
import Testing

@testable import Checkpoint

@Suite struct ComparisonTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func compare(
        _ a: [(String, NDArray)], _ b: [(String, NDArray)],
        _ options: InspectOptions = InspectOptions()
    ) throws -> CheckpointComparison {
        try SafetensorsFile.write(a.map { NamedArray($0.0, $0.1) }, to: folder.file("a"))
        try SafetensorsFile.write(b.map { NamedArray($0.0, $0.1) }, to: folder.file("b"))
        return try CheckpointComparison(folder.file("a"), folder.file("b"), options: options)
    }

    @Test("sorts by size what was added like all else")
    func size() throws {
        let large = NDArray([Double](repeating: 1, count: 9))
        let comparison = try compare(
            [("a", NDArray([Float(1)])), ("b", NDArray([Float(1), 2]))],
            [("b", NDArray([Float(1), 2])), ("new", large)], InspectOptions(sort: .size))
        #expect(comparison.differences.map(\.name) == ["new", "b", "a"])
    }

    @Test("says of each tensor what became of it")
    func changes() throws {
        let comparison = try compare(
            [
                ("same", NDArray([Float(1), 2])), ("moved", NDArray([Float(3), 4])),
                ("half", NDArray([Float(1), 0.1])), ("zero", NDArray([Float(0), 0])),
                ("shape", NDArray([Float(1), 2])), ("type", NDArray([Float(1), 2])),
                ("old.w", NDArray([Double(5), 6, 7])), ("left.bias", NDArray([Int32(1)])),
                ("gone", NDArray([UInt8(1)])),
            ],
            [
                ("same", NDArray([Float(1), 2])), ("moved", NDArray([Float(3), 9])),
                ("half", NDArray([Float(1), 0.1])), ("zero", NDArray([Float(0), 1])),
                ("shape", NDArray([Float(1), 2], [2, 1])), ("type", NDArray([Double(1), 2])),
                ("new.w", NDArray([Double(5), 6, 7])), ("right.bias", NDArray([Int32(3)])),
                ("fresh", NDArray([Int8(1)])),
            ])
        #expect(
            comparison.differences.map(\.change) == [
                .identical, .changed, .identical, .changed, .reshaped, .retyped, .renamed,
                .probablyRenamed, .removed, .added,
            ])
        #expect(
            comparison.differences.map(\.relative) == [
                0, 1, 0, .infinity, nil, 0, 0, 2, nil, nil,
            ])
        #expect(!comparison.isIdentical)
        let text = comparison.text().replacing(folder.path + "/", with: "")
        #expect(
            text == """
                A  a
                B  b

                name                    change    A          B            ‖A−B‖/‖A‖
                moved                   changed   2 float32                       1
                zero                    changed   2 float32                     inf
                shape                   reshaped  2 float32  2×1 float32
                type                    retyped   2 float32  2 float64            0
                old.w → new.w           renamed   3 float64                       0
                left.bias → right.bias  renamed?  1 int32                         2
                gone                    removed   1 uint8
                fresh                   added                1 int8

                10 tensors: 2 identical, 2 changed, 1 retyped, 1 reshaped, 1 added, 1 removed, 1 \
                renamed, 1 renamed?
                """ + "\n")
        #expect(comparison.json["identical"] == false)
    }

    @Test("a file is identical to itself")
    func identity() throws {
        try exampleCheckpoint().save(to: folder.file("a"))
        let comparison = try CheckpointComparison(folder.file("a"), folder.file("a"))
        #expect(comparison.isIdentical && comparison.metadata.isEmpty)
        #expect(comparison.text().hasSuffix("\n\n9 tensors, all identical\n"))
    }

    @Test("different NaN are different, the same NaN are the same")
    func nans() throws {
        let nan = NDArray([Float.nan])
        #expect(try compare([("x", nan)], [("x", nan)]).isIdentical)
        let other = try compare([("x", nan)], [("x", NDArray([Float(1)]))])
        #expect(other.differences[0].relative?.isNaN == true)
        #expect(other.text().contains("nan"))
    }

    @Test("ambiguous renames are not guessed")
    func ambiguity() throws {
        let x = NDArray([Float(1)])
        let comparison = try compare([("a.w", x), ("b.w", x)], [("c.w", x), ("d.w", x)])
        #expect(comparison.differences.map(\.change) == [.removed, .removed, .added, .added])
    }

    @Test("shows how two moments of a run differ")
    func training() throws {
        try exampleCheckpoint(step: 430, fill: 1).save(to: folder.file("a"))
        try exampleCheckpoint(step: 860, fill: 2).save(to: folder.file("b"))
        let options = InspectOptions(filter: "fc*")
        let comparison = try CheckpointComparison(
            folder.file("a"), folder.file("b"), options: options)
        #expect(
            comparison.metadata == [.init(key: "faketensor.step", a: "430", b: "860")])
        #expect(comparison.summary == "3 tensors: 2 identical, 1 changed")
        #expect(comparison.text().contains("step: 430 → 860"))
        #expect(comparison.differences.map(\.relative) == [1, 0, 0])
    }
}
