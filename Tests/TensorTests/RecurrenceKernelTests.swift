import CKernels
import Tensor
import Testing

/// What kernels of recurrent layers leave by W as it lies, and by W packed for all steps.
@Suite("Kernels of recurrent layers")
struct RecurrenceKernelTests {
    struct Case: CustomTestStringConvertible {
        let kind: Int32
        let parts: Int
        let width: Int
        let isReversed: Bool
        var testDescription: String { "kind \(kind), width \(width), reversed \(isReversed)" }

        var columns: Int { parts * width }
    }

    /// Widths of less than a vector, of vectors with and without a rest, and of two runs.
    static let cases = [5, 16, 40, 144, 390].flatMap { width in
        [(FT_RNN_TANH, 1), (FT_RNN_RELU, 1), (FT_LSTM, 4), (FT_GRU, 3)].map {
            Case(
                kind: Int32($0.0.rawValue), parts: $0.1, width: width,
                isReversed: (width + $0.1) % 2 == 0)
        }
    }

    private let steps = 4
    private let batch = 17
    private let lengths: [Int64] = (0..<17).map { $0 % 5 }

    /// Numbers that kernels write, or read.
    private func memory(_ count: Int, _ seed: UInt64? = nil) -> UnsafeMutableBufferPointer<Float> {
        let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
        var random = TestRandom(seed ?? 0)
        _ = memory.initialize(
            from: seed == nil
                ? [Float](repeating: 0, count: count) : random.floats(count, in: -0.3...0.3))
        return memory
    }

    /// Where projections come from.
    enum Origin {
        /// They are numbers of no origin.
        case given
        /// A product of inputs, before the call or in its steps.
        case product, steps
    }

    /// The product of inputs, of one run or of two, that gives projections; what it reads and writes
    /// is the caller's.
    private func projection(_ c: Case) -> (ft_product, [UnsafeMutableBufferPointer<Float>]) {
        let (rows, inputs) = (steps * batch, c.width == 144 ? 400 : 7)
        let memories = [
            memory(rows * inputs, 11), memory(inputs * c.columns, 12), memory(c.columns, 13),
            memory(rows * c.columns),
        ]
        let places = memories.map { UnsafeMutableRawPointer($0.baseAddress!) }
        let (m, n, k) = (Int64(rows), Int64(c.columns), Int64(inputs))
        let p = ft_product(
            dtype: DType.float32.rawValue, adds: false, relu: false, m: m, n: n, k: k, a_row: k,
            a_column: 1, b_row: n, b_column: 1, c_row: n, a: places[0], b: places[1],
            bias: places[2], addend: nil, addend_row: 0, c: places[3])
        return (p, memories)
    }

    /// All that both passes leave, in the given cuts of the batch.
    private func run(
        _ isa: Int32, _ c: Case, rows: [Range<Int>], isPacked: Bool, _ origin: Origin = .given
    ) -> [UInt32] {
        let kernels = kernels(isa)
        var (product, projected) = projection(c)
        kernels.product(&product, 0, product.m, 0, product.n, nil)
        let (states, gates) = ((steps + 1) * batch * c.width, steps * batch * c.columns)
        let counts = [states, states, gates, gates, gates, gates, batch * c.width, batch * c.width]
        let made = counts.map { memory($0) }
        let given = [
            gates, c.width * c.columns, c.columns, batch * c.width, batch * c.width, states, states,
        ].enumerated().map { memory($1, UInt64($0) + 1) }
        defer { (made + given + projected).forEach { $0.deallocate() } }
        lengths.withUnsafeBufferPointer { lengths in
            var r = ft_recurrence()
            (r.dtype, r.kind, r.reversed) = (DType.float32.rawValue, c.kind, c.isReversed)
            (r.steps, r.batch) = (Int64(steps), Int64(batch))
            (r.width, r.parts) = (Int64(c.width), Int64(c.parts))
            r.lengths = lengths.baseAddress
            switch origin {
            case .given: r.projections = UnsafeRawPointer(given[0].baseAddress!)
            case .product: r.projections = UnsafeRawPointer(product.c)
            case .steps:
                (r.inputs, r.x) = (product.k, product.a)
                (r.input_weight, r.input_bias) = (product.b, product.bias)
            }
            r.weight = UnsafeRawPointer(given[1].baseAddress!)
            if origin == .given || c.kind == FT_GRU.rawValue {
                r.bias = UnsafeRawPointer(given[2].baseAddress!)
            }
            r.initial = UnsafeRawPointer(given[3].baseAddress!)
            r.initial_cell = UnsafeRawPointer(given[4].baseAddress!)
            r.d_states = UnsafeRawPointer(given[5].baseAddress!)
            r.d_cells = UnsafeRawPointer(given[6].baseAddress!)
            let places = made.map { UnsafeMutableRawPointer($0.baseAddress!) }
            (r.states, r.cells, r.gates, r.inner) = (places[0], places[1], places[2], places[3])
            (r.d_projections, r.d_inner) = (places[4], places[5])
            (r.d_initial, r.d_initial_cell) = (places[6], places[7])
            let size = Int(ft_recurrence_space(&r, Int64(batch)))
            #expect(size > 0)
            let space = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
            defer { space.deallocate() }
            for cut in rows {
                let (begin, end) = (Int64(cut.lowerBound), Int64(cut.upperBound))
                kernels.recurrence(&r, begin, end, isPacked ? space : nil)
                kernels.recurrence_backward(&r, begin, end, isPacked ? space : nil)
            }
        }
        return made.flatMap { bits(Array($0)) }
    }

    @Test("give the same bits with W packed, in any cuts of the batch", arguments: cases)
    func packing(_ c: Case) {
        for isa in instructionSets {
            let direct = run(isa, c, rows: [0..<batch], isPacked: false)
            #expect(direct == run(isa, c, rows: [0..<batch], isPacked: true))
            #expect(direct == run(isa, c, rows: [0..<1, 1..<4, 4..<17], isPacked: true))
            if ft_isa_fuses(isa) && isa < instructionSets.count - 1 {
                #expect(direct == run(isa + 1, c, rows: [0..<batch], isPacked: true))
            }
        }
    }

    @Test("give from inputs the bits of projections made before, in any cuts", arguments: cases)
    func joining(_ c: Case) {
        for isa in instructionSets {
            let apart = run(isa, c, rows: [0..<batch], isPacked: true, .product)
            #expect(apart == run(isa, c, rows: [0..<batch], isPacked: true, .steps))
            #expect(apart == run(isa, c, rows: [0..<1, 1..<4, 4..<17], isPacked: true, .steps))
            #expect(apart != run(isa, c, rows: [0..<batch], isPacked: true, .given))
        }
    }

    @Test("want no memory for few products, nor for a batch of dot products")
    func space() {
        var r = ft_recurrence()
        (r.dtype, r.kind) = (DType.float32.rawValue, 0)
        (r.width, r.parts) = (8, 1)
        (r.steps, r.batch) = (100, 4)
        #expect(ft_recurrence_space(&r, 4) == 0)
        (r.steps, r.batch) = (3, 100)
        #expect(ft_recurrence_space(&r, 20) == 0)
        #expect(ft_recurrence_space(&r, 100) == 8 * 64)
        // Inputs' weights lie beside W, and a GRU's projections beside both.
        [Float](repeating: 0, count: 60).withUnsafeBytes { x in
            (r.x, r.inputs) = (x.baseAddress, 3)
            #expect(ft_recurrence_space(&r, 20) == (8 + 3) * 64)
            (r.kind, r.parts) = (Int32(FT_GRU.rawValue), 3)
            #expect(ft_recurrence_space(&r, 20) == (3 * (8 + 3) * 16 + 20 * 3 * 8) * 4)
        }
    }
}
