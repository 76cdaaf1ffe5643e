import CKernels
import Testing

@testable import Tensor

/// Arrays of which no two hold the same elements.
private struct Arrays {
    let sample = StepSample()
    let x, y, g, h, k: NDArray

    init() {
        let random = Random(seed: 3)
        let made = (0..<5).map { [sample] _ in sample.array(random.normal([2, 4])) }
        (x, y, g, h, k) = (made[0], made[1], made[2], made[3], made[4])
    }

    /// One that nobody sees after the step.
    var temporary: NDArray { sample.array(.full([2, 4], 9, .float32), .step) }

    /// The kernels that are left, whose results have the bits of the calls as they are.
    func left(sourceLocation: SourceLocation = #_sourceLocation) -> [String] {
        let program = sample.improved
        #expect(sample.run(program) == sample.expected, sourceLocation: sourceLocation)
        return program.names
    }
}

private let plus = Kernel.binaryScalar(.add, Scalar(1), isFirst: false)
private let times = Kernel.binaryScalar(.mul, Scalar(3), isFirst: false)
private let rows = Kernel.softmax(logarithm: false)

@Suite("Elementwise calls of a captured step that don't depend on each other")
struct IndependentCallTests {
    @Test("are one kernel, as late as somebody needs one of them")
    func together() {
        let s = Arrays()
        s.sample.add(plus, s.x, into: s.g)
        s.sample.add(rows, s.x, into: s.y)
        s.sample.add(times, s.x, into: s.h)
        s.sample.add(.copy, s.x, into: s.k)
        #expect(s.left() == ["softmax", "add, mul, copy"])
    }

    @Test("come early where others need one of them")
    func early() {
        let s = Arrays()
        s.sample.add(plus, s.x, into: s.g)
        s.sample.add(rows, s.g, into: s.h)
        s.sample.add(times, s.y, into: s.k)
        #expect(s.left() == ["add, mul", "softmax"])
    }

    @Test("don't come before what they read is there")
    func readAfterWrite() {
        let s = Arrays()
        s.sample.add(plus, s.x, into: s.g)
        // One element for all is no chain.
        s.sample.add(times, s.g.row(0), into: s.h.row(0))
        #expect(s.left() == ["add", "mul"])
        let late = Arrays()
        late.sample.add(plus, late.x, into: late.g)
        late.sample.add(rows, late.g, into: late.h)
        late.sample.add(times, late.h, into: late.k)
        #expect(late.left() == ["add", "softmax", "mul"])
    }

    @Test("don't write what others are still to read")
    func writeAfterRead() {
        let s = Arrays()
        s.sample.add(plus, s.x, into: s.g)
        s.sample.add(times, s.y, into: s.x)
        #expect(s.left() == ["add", "mul"])
        let early = Arrays()
        early.sample.add(plus, early.x, into: early.g)
        early.sample.add(rows, early.g, into: early.h)
        early.sample.add(times, early.y, into: early.g)
        #expect(early.left() == ["add", "softmax", "mul"])
        // What they read is changed by another kernel.
        let changed = Arrays()
        changed.sample.add(plus, changed.x, into: changed.g)
        changed.sample.add(rows, changed.y, into: changed.x)
        changed.sample.add(times, changed.y, into: changed.h)
        #expect(changed.left() == ["add, mul", "softmax"])
    }

    @Test("leave the last of several results")
    func writeAfterWrite() {
        let s = Arrays()
        s.sample.add(plus, s.x, into: s.g)
        s.sample.add(times, s.y, into: s.g)
        #expect(s.left() == ["add", "mul"])
        let other = Arrays()
        other.sample.add(plus, other.x, into: other.g)
        other.sample.add(rows, other.y, into: other.g)
        #expect(other.left() == ["add", "softmax"])
        let early = Arrays()
        early.sample.add(plus, early.x, into: early.g)
        early.sample.add(rows, early.g, into: early.h)
        early.sample.add(times, early.y, into: early.h)
        #expect(early.left() == ["add", "softmax", "mul"])
    }

    @Test("don't move past what the host writes")
    func uploads() {
        let s = Arrays()
        s.sample.add(plus, s.x, into: s.g)
        s.sample.upload([UInt8](repeating: 64, count: 32), into: s.x)
        s.sample.add(times, s.x, into: s.h)
        #expect(s.left() == ["add", "copy", "mul"])
    }

    @Test("change states in place, with operands that several of them read")
    func states() {
        let s = Arrays()
        let counter = s.sample.array(NDArray([7] as [Int]))
        s.sample.add(plus, counter, into: counter)
        s.sample.add(.binary(.add, 0), s.g, s.x, into: s.g)
        s.sample.add(rows, s.x, into: s.y)
        s.sample.add(.binary(.mul, 0), s.h, s.x, into: s.h)
        #expect(s.left() == ["softmax", "add, mul"])
    }

    @Test("wait no longer than an eighth of the step's memory, or 16 MB, allows")
    func allowance() {
        let random = Random(seed: 3)
        let sample = StepSample()
        // Nine sources of 4 MB each, whose copies nobody needs before the end.
        for _ in 0..<9 {
            let x = sample.array(random.normal([1 << 20]))
            let (t, u) = (
                sample.array(.full([1 << 20], 0, .float32), .step),
                sample.array(.full([1024], 0, .float32))
            )
            sample.add(.softmax(logarithm: true), x, into: t)
            sample.add(.copy, t.slice(axis: 0, start: 0, count: 1024), into: u)
        }
        let program = sample.improved
        #expect(program.names.filter { $0 == "copy" }.count == 2)
        #expect(program.planMemory().byteCount <= 5 << 22)
    }
}

@Suite("Programs of elementwise calls of a captured step")
struct FusedCallTests {
    @Test("keep what others read")
    func kept() {
        let s = Arrays()
        let (t, u) = (s.temporary, s.temporary)
        s.sample.add(plus, s.x, into: t)
        s.sample.add(.unary(.square, 0, 0), t, into: u)
        s.sample.add(rows, u, into: s.g)
        s.sample.add(.binary(.mul, 0), t, u, into: s.h)
        #expect(s.left() == ["add+square", "softmax", "mul"])
    }

    @Test("don't wait where what they read is changed, nor read what they overwrite")
    func overwritten() {
        let changed = Arrays()
        let t = changed.temporary
        changed.sample.add(plus, changed.x, into: t)
        changed.sample.add(rows, changed.y, into: changed.x)
        changed.sample.add(times, t, into: changed.g)
        #expect(changed.left() == ["add", "softmax", "mul"])
        // The first element is read for all of those that are written over it.
        let first = Arrays()
        let u = first.temporary
        let one = first.g.view([2, 4], [0, 0])
        first.sample.add(.binary(.add, 0), first.x, one, into: u)
        first.sample.add(times, u, into: first.g)
        #expect(first.left() == ["add", "mul"])
        let same = Arrays()
        let v = same.temporary
        same.sample.add(.binary(.add, 0), same.x, same.g, into: v)
        same.sample.add(times, v, into: same.g)
        #expect(same.left() == ["add+mul"])
    }

    @Test("wait only while what they keep in memory is allowed, but always for the next call")
    func allowance() {
        let random = Random(seed: 5)
        let sample = StepSample()
        let x = sample.array(random.normal([8, 128])), y = sample.array(random.normal([8, 128]))
        var masks: [NDArray] = []
        for number in 1...4 {
            let t = sample.array(.full([8, 128], 0, .float32), .step)
            let mask = sample.array(.full([8, 128], 0, .bool), .step)
            sample.add(rows, number % 2 == 0 ? x : y, into: t)
            sample.add(.compareScalar(.gt, Scalar(0.002 * Double(number))), t, into: mask)
            masks.append(mask)
        }
        for mask in masks {
            sample.add(.select, mask, x, y, into: sample.array(.full([8, 128], 0, .float32)))
        }
        var loose = sample.recorded, tight = sample.recorded
        loose.fuse(keeping: .max)
        tight.fuse(keeping: 2 * 4096)
        for program in [loose, tight] { #expect(sample.run(program) == sample.expected) }
        let softmaxes = [String](repeating: "softmax", count: 4)
        #expect(loose.names == softmaxes + [String](repeating: "gt+where", count: 4))
        #expect(
            tight.names == [
                "softmax", "gt", "softmax", "gt", "softmax", "softmax", "where", "where",
                "gt+where", "gt+where",
            ])
        #expect(loose.planMemory().byteCount == 4 * 4096)
        #expect(tight.planMemory().byteCount < 3 * 4096)

        let chain = StepSample()
        let (t, u, v) = (
            chain.array(.full([8, 128], 0, .float32), .step),
            chain.array(.full([8, 128], 0, .float32), .step), chain.array(random.normal([8, 128]))
        )
        chain.add(rows, v, into: t)
        chain.add(plus, t, into: u)
        chain.add(times, u, into: v)
        var program = chain.recorded
        program.fuse(keeping: 0)
        #expect(program.names == ["softmax", "add+mul"])
    }

    @Test("take no part of a result for all of it")
    func parts() {
        let s = Arrays()
        let t = s.temporary
        s.sample.add(plus, s.x, into: t)
        s.sample.add(times, t.row(1), into: s.g.row(0))
        s.sample.add(.binary(.add, 0), t.view([2, 4], [0, 0]), s.y, into: s.h)
        #expect(s.left() == ["add", "mul, add"])
    }

    @Test(
        "compare, test and choose, in any dtype",
        arguments: DType.allCases.filter { $0 != .bool })
    func choices(_ dtype: DType) {
        let random = Random(seed: 4)
        let sample = StepSample()
        func array(_ dtype: DType, _ owner: StepSample.Owner) -> NDArray {
            sample.array(random.normal([5, 7], mean: 0, deviation: 3).cast(to: dtype), owner)
        }
        let (x, y, g) = (array(dtype, .outside), array(dtype, .outside), array(dtype, .outside))
        let flags = array(.bool, .outside)
        let (s, t, u) = (array(.bool, .step), array(.bool, .step), array(.bool, .step))
        let (v, w) = (array(.bool, .step), array(dtype, .step))
        sample.add(.compare(.gt), x, y, into: s)
        sample.add(.compareScalar(.le, Scalar(1)), x, into: t)
        sample.add(.binary(.minimum, 0), s, t, into: u)
        sample.add(.compare(.ne), u, flags, into: v)
        sample.add(.select, v, y, x.view([5, 7], [0, 0]), into: w)
        sample.add(.test(.isnan), w, into: flags)
        sample.add(.select, s, w, x, into: g)
        let program = sample.improved
        #expect(sample.run(program) == sample.expected)
        #expect(program.calls.count == 2)
    }
}

extension NDArray {
    fileprivate func row(_ index: Int) -> NDArray {
        view([4], [1], offset: offset + 4 * index)
    }
}
