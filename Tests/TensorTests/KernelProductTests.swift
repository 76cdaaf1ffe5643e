import CKernels
import Tensor
import Testing

@Suite("Kernels of matrix products")
struct KernelProductTests {
    struct Case: CustomTestStringConvertible {
        let m: Int
        let n: Int
        let k: Int
        var testDescription: String { "\(m)×\(n)×\(k)" }
    }

    static let cases = [
        (1, 1, 1), (1, 7, 5), (3, 2, 40), (4, 33, 100), (40, 3, 37), (5, 16, 0), (12, 32, 7),
        (13, 33, 384), (6, 31, 385), (97, 50, 23), (530, 20, 12), (25, 70, 800), (30, 8, 415),
        (512, 3, 543), (129, 65, 31), (2, 4, 50), (3, 100, 33), (101, 1024, 9),
    ].map { Case(m: $0.0, n: $0.1, k: $0.2) }

    /// What a product is added to, [m, n + 5]: it lies in C or elsewhere.
    private enum Addend {
        case none
        case inC([Float])
        case elsewhere([Float])
    }

    /// C, with a margin of 5 columns that must stay as it was, made in the given cuts.
    private func product(
        _ isa: Int32, _ size: Case, _ a: [Float], _ b: [Float], bias: [Float]?, relu: Bool,
        turned: (a: Bool, b: Bool), rows: [Range<Int>], columns: [Range<Int>],
        addend: Addend = .none
    ) -> [Float] {
        let (m, n, k) = (size.m, size.n, size.k)
        var c = [Float](repeating: 77, count: m * (n + 5))
        var other: UnsafeMutableBufferPointer<Float>?
        var adds = true
        switch addend {
        case .none: adds = false
        case .inC(let x): c = x
        case .elsewhere(let x):
            let place = UnsafeMutableBufferPointer<Float>.allocate(capacity: x.count)
            _ = place.initialize(from: x)
            other = place
        }
        defer { other?.deallocate() }
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                c.withUnsafeMutableBufferPointer { c in
                    (bias ?? []).withUnsafeBufferPointer { bias in
                        var p = ft_product(
                            dtype: DType.float32.rawValue, adds: adds, relu: relu, m: Int64(m),
                            n: Int64(n),
                            k: Int64(k),
                            a_row: Int64(turned.a ? 1 : k), a_column: Int64(turned.a ? m : 1),
                            b_row: Int64(turned.b ? 1 : n), b_column: Int64(turned.b ? k : 1),
                            c_row: Int64(n + 5), a: a.baseAddress!, b: b.baseAddress!,
                            bias: relu ? bias.baseAddress : nil,
                            addend: other.map { UnsafeRawPointer($0.baseAddress!) },
                            addend_row: Int64(n + 5), c: c.baseAddress!)
                        for rows in rows {
                            let space = Int(ft_product_space(&p))
                            let memory = UnsafeMutableRawPointer.allocate(
                                byteCount: space + 1, alignment: 64)
                            for columns in columns {
                                kernels(isa).product(
                                    &p, Int64(rows.lowerBound), Int64(rows.upperBound),
                                    Int64(columns.lowerBound), Int64(columns.upperBound),
                                    space > 0 ? memory : nil)
                            }
                            memory.deallocate()
                        }
                    }
                }
            }
        }
        return c
    }

    @Test("agree with float64, for each layout, and write nothing else", arguments: cases)
    func values(_ size: Case) {
        var random = TestRandom(3)
        let (m, n, k) = (size.m, size.n, size.k)
        let a = random.floats(max(1, m * k), in: -1...1)
        let b = random.floats(max(1, k * n), in: -1...1)
        let bias = random.floats(n, in: -1...1)
        for turned in [(false, false), (false, true), (true, false), (true, true)] {
            for relu in [false, true] {
                for isa in instructionSets {
                    let c = product(
                        isa, size, a, b, bias: bias, relu: relu, turned: turned, rows: [0..<m],
                        columns: [0..<n])
                    for i in 0..<m {
                        for j in 0..<n {
                            var sum = relu ? Double(bias[j]) : 0
                            var size = Double(abs(bias[j]))
                            for l in 0..<k {
                                let x = turned.0 ? a[l * m + i] : a[i * k + l]
                                let term =
                                    Double(x) * Double(turned.1 ? b[j * k + l] : b[l * n + j])
                                sum += term
                                size += abs(term)
                            }
                            if relu { sum = max(sum, 0) }
                            // Each of k roundings errs by half a unit in the last place at most.
                            let bound = Double(k + 4) * 0x1p-24 * size
                            #expect(abs(sum - Double(c[i * (n + 5) + j])) <= bound, "isa \(isa)")
                        }
                        #expect(c[(i * (n + 5) + n)..<((i + 1) * (n + 5))].allSatisfy { $0 == 77 })
                    }
                }
            }
        }
    }

    @Test("are the same to the bit in each vector width, layout and cuts", arguments: cases)
    func repeats(_ size: Case) {
        var random = TestRandom(4)
        let a = random.floats(max(1, size.m * size.k), in: -1...1)
        let b = random.floats(max(1, size.k * size.n), in: -1...1)
        let bias = random.floats(size.n, in: -1...1)
        let turnedA = transposed(a, rows: size.m, columns: size.k)
        let turnedB = transposed(b, rows: size.k, columns: size.n)
        var seen: Set<[UInt32]> = []
        for turned in [(false, false), (false, true), (true, false), (true, true)] {
            for isa in instructionSets where ft_isa_fuses(isa) {
                for isCut in [false, true] {
                    let c = product(
                        isa, size, turned.0 ? turnedA : a, turned.1 ? turnedB : b, bias: bias,
                        relu: true, turned: turned, rows: isCut ? cuts(size.m) : [0..<size.m],
                        columns: isCut ? cuts(size.n) : [0..<size.n])
                    seen.insert(bits(c))
                }
            }
        }
        #expect(seen.count <= 1)
    }

    @Test("add what lies elsewhere as what C holds: to a run's sum, rounded once", arguments: cases)
    func addends(_ size: Case) {
        var random = TestRandom(5)
        let (m, n) = (size.m, size.n)
        let a = random.floats(max(1, m * size.k), in: -1...1)
        let b = random.floats(max(1, size.k * n), in: -1...1)
        let bias = random.floats(n, in: -1...1)
        var d = random.floats(m * (n + 5), in: -1...1)
        for i in 0..<m { for j in n..<n + 5 { d[i * (n + 5) + j] = 77 } }
        for turned in [(false, false), (false, true), (true, false), (true, true)] {
            for isa in instructionSets {
                func made(_ addend: Addend, relu: Bool, isCut: Bool) -> [Float] {
                    product(
                        isa, size, a, b, bias: bias, relu: relu, turned: turned,
                        rows: isCut ? cuts(m) : [0..<m], columns: isCut ? cuts(n) : [0..<n],
                        addend: addend)
                }
                let held = made(.inC(d), relu: false, isCut: false)
                #expect(bits(made(.elsewhere(d), relu: false, isCut: true)) == bits(held))
                #expect(
                    bits(made(.elsewhere(d), relu: true, isCut: false))
                        == bits(made(.inC(d), relu: true, isCut: true)))
                guard size.k <= 384 else { continue }
                let plain = made(.none, relu: false, isCut: false)
                let isSum = plain.indices.allSatisfy {
                    held[$0] == ($0 % (n + 5) < n ? plain[$0] + d[$0] : 77)
                }
                #expect(isSum, "isa \(isa)")
            }
        }
    }

    private func transposed(_ x: [Float], rows: Int, columns: Int) -> [Float] {
        var result = x
        for i in 0..<rows {
            for j in 0..<columns { result[j * rows + i] = x[i * columns + j] }
        }
        return result
    }
}
