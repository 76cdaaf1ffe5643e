import Autograd
import Tensor
import Testing

/// What a dtype's elements are in Swift, so that its own arithmetic can be the reference.
typealias Whole = FixedWidthInteger & TensorElement & TensorScalar & NestedNumbers

/// The ends of the range, what lies beside them, and numbers between.
private func samples<T: Whole>(_: T.Type) -> [T] {
    let (low, high) = (T.min, T.max)
    return [low, low + 1, 0, 1, 3, 7, high / 2, high / 2 + 1, high - 1, high, 100, 17]
}

/// Whether a tensor has elements of the dtype of `expected`, and these.
private func same<T: Whole>(
    _ x: Tensor, _ expected: [T], sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(x.dtype == T.dtype, sourceLocation: sourceLocation)
    #expect(x.values(as: T.self) == expected, sourceLocation: sourceLocation)
}

@Suite("Integers of every width")
struct IntegerWidthTests {
    static let types: [any Whole.Type] = [
        Int8.self, UInt8.self, Int16.self, UInt16.self, Int32.self, UInt32.self, Int64.self,
        UInt64.self,
    ]

    @Test("are converted into each other bit by bit, as C does")
    func casts() {
        func check<A: Whole, B: Whole>(_ a: A.Type, _ b: B.Type) {
            let x = samples(a)
            same(Tensor(x).cast(to: B.dtype), x.map { B(truncatingIfNeeded: $0) })
        }
        func open<A: Whole>(_ a: A.Type) {
            for b in Self.types { check(a, b) }
        }
        for a in Self.types { open(a) }
    }

    @Test("become the nearest float, and a truth value where they are not 0")
    func floats() {
        func check<T: Whole>(_ type: T.Type) {
            let x = samples(type)
            #expect(Tensor(x).values(as: Float.self) == x.map { Float($0) })
            #expect(Tensor(x).values(as: Double.self) == x.map { Double($0) })
            #expect(Tensor(x).values(as: Bool.self) == x.map { $0 != 0 })
            let small = Tensor([100, 3] as [T])
            #expect(small.values(as: Float16.self) == [100, 3])
            #expect(small.cast(to: .bfloat16).values(as: T.self) == [100, 3])
            same(Tensor([true, false], .bool).cast(to: T.dtype), [1, 0] as [T])
            let wide = Tensor(NDArray([Double(T.max) * 4, -Double.infinity, .nan, 5.9]))
            same(wide.cast(to: T.dtype), [T.max, T.min, 0, 5])
        }
        for type in Self.types { check(type) }
    }

    @Test("wrap around in arithmetic, and divide as Python does")
    func arithmetic() {
        func check<T: Whole>(_ type: T.Type) {
            let x = samples(type)
            let y = Array(x.reversed())
            let (a, b) = (Tensor(x), Tensor(y))
            same(a + b, zip(x, y).map { $0 &+ $1 })
            same(a - b, zip(x, y).map { $0 &- $1 })
            same(a * b, zip(x, y).map { $0 &* $1 })
            same(-a, x.map { 0 &- $0 })
            same(a.square(), x.map { $0 &* $0 })
            same(a.abs(), x.map { $0 < 0 ? 0 &- $0 : $0 })
            same(a.sign(), x.map { $0.signum() })
            same(a.relu(), x.map { Swift.max($0, 0) })
            same(a ** 3, x.map { $0 &* $0 &* $0 })
            same(a + T.max, x.map { $0 &+ T.max })
            same(a.maximum(b), zip(x, y).map { Swift.max($0, $1) })
            same(a.minimum(b), zip(x, y).map { Swift.min($0, $1) })
            same(
                a.clip(lower: 3, upper: T.max - 1), x.map { Swift.min(Swift.max($0, 3), T.max - 1) }
            )
            for divisor in [T.max, 7, T.isSigned ? 0 &- 5 : 5] {
                let pairs = x.map { $0.quotientAndRemainder(dividingBy: divisor) }
                func isDown(_ pair: (quotient: T, remainder: T)) -> Bool {
                    pair.remainder != 0 && (pair.remainder < 0) != (divisor < 0)
                }
                same(
                    a.floorDivide(divisor), pairs.map { isDown($0) ? $0.quotient - 1 : $0.quotient }
                )
                same(
                    a.mod(divisor), pairs.map { isDown($0) ? $0.remainder + divisor : $0.remainder }
                )
            }
        }
        for type in Self.types { check(type) }
    }

    @Test("have bits")
    func bits() {
        func check<T: Whole>(_ type: T.Type) {
            let x = samples(type)
            let y = Array(x.reversed())
            let (a, b) = (Tensor(x), Tensor(y))
            same(a.bitwiseAnd(b), zip(x, y).map { $0 & $1 })
            same(a.bitwiseOr(b), zip(x, y).map { $0 | $1 })
            same(a.bitwiseXor(b), zip(x, y).map { $0 ^ $1 })
            same(a.bitwiseNot(), x.map { ~$0 })
            same(a.leftShift(3), x.map { $0 << 3 })
            same(a.rightShift(3), x.map { $0 >> 3 })
            same(a.leftShift(100), x.map { _ in T(0) })
            same(Tensor([12, 18] as [T]).gcd(Tensor([18, 12] as [T])), [6, 6] as [T])
            same(Tensor([4, 6] as [T]).lcm(Tensor([6, 0] as [T])), [12, 0] as [T])
        }
        for type in Self.types { check(type) }
    }

    @Test("are compared exactly, with tensors and numbers")
    func comparing() {
        func check<T: Whole>(_ type: T.Type) {
            let x = samples(type)
            let y = Array(x.reversed())
            let (a, b) = (Tensor(x), Tensor(y))
            #expect((a .< b).values(as: Bool.self) == zip(x, y).map { $0 < $1 })
            #expect((a .>= b).values(as: Bool.self) == zip(x, y).map { $0 >= $1 })
            #expect((a .== b).values(as: Bool.self) == zip(x, y).map { $0 == $1 })
            for number in [T.max, T.max - 1, T.min] {
                #expect((a .< number).values(as: Bool.self) == x.map { $0 < number })
                #expect((a .== number).values(as: Bool.self) == x.map { $0 == number })
            }
            #expect(
                Tensor.where(a .== T.max, T.min, a).values(as: T.self)
                    == x.map { $0 == T.max ? T.min : $0 })
            same(a.maskedFill(a .< 3, T.max), x.map { $0 < 3 ? T.max : $0 })
        }
        for type in Self.types { check(type) }
    }

    @Test("are reduced in 64 bits, uint64 without a sign")
    func reducing() {
        func check<T: Whole, Wide: Whole>(_ type: T.Type, _: Wide.Type) {
            let x = samples(type)
            for count in [1, 12, 700] {
                let row = (0..<count).map { x[$0 * 5 % x.count] }
                let a = Tensor(row)
                let wide = row.map { Wide(truncatingIfNeeded: $0) }
                same(a.sum(), [wide.reduce(0, &+)])
                same(a.prod(), [wide.reduce(1, &*)])
                var total: Wide = 0
                same(
                    a.cumsum(),
                    wide.map {
                        total &+= $0; return total
                    })
                same(a.max(), [row.max() ?? 0])
                same(a.min(), [row.min() ?? 0])
                let columns = Tensor(row).reshape([count, 1]).expand(to: [count, 3])
                same(columns.max(axis: 0), Array(repeating: row.max() ?? 0, count: 3))
                same(columns.sum(axis: 0), Array(repeating: wide.reduce(0, &+), count: 3))
                #expect(a.argmax().item(as: Int.self) == row.firstIndex(of: row.max() ?? 0))
                #expect(a.argmin().item(as: Int.self) == row.firstIndex(of: row.min() ?? 0))
                var best = T.min
                same(
                    a.cummax().values,
                    row.map {
                        best = Swift.max(best, $0); return best
                    })
                #expect(a.any().item(as: Bool.self) == row.contains { $0 != 0 })
            }
        }
        for type in Self.types where type != UInt64.self { check(type, Int64.self) }
        check(UInt64.self, UInt64.self)
    }

    @Test("are put in order")
    func ordering() {
        func check<T: Whole>(_ type: T.Type) {
            for count in [12, 400] {
                let x = (0..<count).map { samples(type)[$0 * 5 % 12] &- T($0 / 12) }
                let a = Tensor(x)
                same(a.sort().values, x.sorted())
                same(a.sort(descending: true).values, x.sorted(by: >))
                same(a.topK(3).values, Array(x.sorted(by: >).prefix(3)))
                same(a.topK(3, largest: false).values, Array(x.sorted().prefix(3)))
                same(a.unique().values, Set(x).sorted())
                let sorted = Tensor(x.sorted())
                #expect(
                    sorted.searchSorted(a).values(as: Int.self)
                        == x.map { value in x.filter { $0 < value }.count })
                #expect(
                    a.isIn(Tensor([T.max, T.min])).values(as: Bool.self)
                        == x.map { $0 == T.max || $0 == T.min })
            }
        }
        for type in Self.types { check(type) }
    }

    @Test("are multiplied as matrices, gathered and scattered")
    func moving() {
        func check<T: Whole>(_ type: T.Type) {
            let x = samples(type)
            let (a, b) = (Tensor(x).reshape([3, 4]), Tensor(x).reshape([4, 3]))
            var product = [T](repeating: 0, count: 9)
            for row in 0..<3 {
                for column in 0..<3 {
                    for k in 0..<4 {
                        let (left, right) = (x[row * 4 + k], x[k * 3 + column])
                        product[row * 3 + column] &+= left &* right
                    }
                }
            }
            same(a.matmul(b), product)
            same(a.take(Tensor([2, 0] as [T])), Array(x[8...]) + Array(x[..<4]))
            same(a.take(Tensor([1] as [T]), axis: 1), [x[1], x[5], x[9]])
            let index = Tensor([0, 1, 0] as [T])
            let added = Tensor([T.max, 5, 2] as [T])
            let zeros = Tensor.zeros([2], T.dtype)
            same(zeros.scatterAdd(index, added, axis: 0), [T.max &+ 2, 5])
            same(zeros.scatterReduce(index, added, axis: 0, by: .max), [T.max, 5])
            let turned = Array(x[8...] + x[4..<8] + x[..<4])
            same(Tensor.concat([a, a]).flip(0), turned + turned)
        }
        for type in Self.types { check(type) }
    }

    @Test("are made, printed and read exactly")
    func making() {
        func check<T: Whole>(_ type: T.Type) {
            same(Tensor.full([2], T.max, T.dtype), [T.max, T.max])
            same(Tensor([[T.min], [T.max]]), [T.min, T.max])
            same(Tensor(T.max), [T.max])
            same(Tensor.arange(3, 6, T.dtype), [3, 4, 5] as [T])
            same(Tensor.zeros([1], T.dtype), [0 as T])
            same(Tensor.eye(2, T.dtype), [1, 0, 0, 1] as [T])
            #expect(Tensor([T.max, T.min]).description == "[\(T.max), \(T.min)] \(T.dtype) [2]")
            #expect(Tensor(T.max).item(as: T.self) == T.max)
            let drawn = Tensor.integers([500], low: 3, high: 9, T.dtype, using: Random(seed: 1))
            #expect(drawn.dtype == T.dtype && Set(drawn.values(as: Int.self)) == Set(3..<9))
            same(Tensor.full([1], Double.infinity, T.dtype), [T.max])
            same(Tensor.full([1], -1e30, T.dtype), [T.min])
        }
        for type in Self.types { check(type) }
        #expect(Tensor.full([1], UInt64.max, .float32).item == 0x1p64)
        #expect(Tensor.full([1], UInt64.max, .int64).item(as: Int.self) == .max)
        #expect("\(Scalar(UInt64.max))" == "18446744073709551615")
        #expect(Scalar(UInt64(7)) == Scalar(7) && Scalar(UInt64.max).double == 0x1p64)
    }

    @Test("an index beyond int64 is out of range, not one from the end")
    func index() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            _ = Tensor([1, 2, 3]).take(Tensor([UInt64.max]))
        }
        #expect(result.message.contains("index 9223372036854775807 is out of range for size 3"))
    }
}
