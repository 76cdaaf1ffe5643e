import Autograd
import OpTable
import Tensor
import Testing

@Suite("Every operation's tangent")
struct ForwardModeGateTests {
    static let smooth = GradientGateTests.smooth

    @Test(
        "is dual to its gradient: ⟨u, Jv⟩ = ⟨Jᵀu, v⟩, by all operands and by each",
        arguments: smooth)
    func duality(_ row: OpRow) {
        for example in row.examples {
            let probe = ForwardProbe(example)
            let (value, tangent) = probe.push(probe.directions)
            #expect(value.doubles == row.apply(probe.operands).doubles, "\(example)")
            #expect(tangent.shape == value.shape && tangent.dtype == value.dtype, "\(example)")
            let gradients = probe.reverse.gradients(probe.operands, probe.upstream)
            var total = 0.0
            for (gradient, position) in zip(gradients, probe.floats) {
                let pulled = gradient.innerProduct(probe.directions[position])
                total += pulled
                let alone = probe.push(onlyOperand: position)
                #expect(
                    close(alone.innerProduct(probe.upstream), pulled),
                    "\(example), by operand \(position)")
            }
            #expect(close(tangent.innerProduct(probe.upstream), total), "\(example)")
        }
    }

    @Test("agrees with central differences", arguments: smooth)
    func differences(_ row: OpRow) {
        for example in row.examples {
            let probe = ForwardProbe(example)
            let expected = probe.differences { row.apply($0).doubles }
            #expect(probe.push(probe.directions).tangent.distance(expected) < 1e-7, "\(example)")
        }
    }

    @Test(
        "of its gradient agrees with the gradient of its gradient and with central differences",
        arguments: smooth)
    func second(_ row: OpRow) {
        for example in row.examples {
            let probe = ForwardProbe(example)
            let forward = jvp(
                { probe.gradients($0) }, at: probe.operands, along: probe.directions
            ).tangent
            let weights = probe.floats.enumerated().map {
                Samples.weights(probe.operands[$1].shape, UInt64(11 + $0))
            }
            let pushed = zip(probe.floats, weights).reduce(0) {
                $0 + forward[$1.0].innerProduct($1.1)
            }
            let reverse = probe.reverse.secondGradients()
            let pulled = zip(reverse, probe.floats).reduce(0) {
                $0 + $1.0.innerProduct(probe.directions[$1.1])
            }
            #expect(close(pushed, pulled), "\(example)")
            for position in probe.floats {
                let expected = probe.differences { probe.gradients($0)[position].doubles }
                #expect(
                    forward[position].distance(expected) < 1e-6,
                    "\(example), by operand \(position)")
            }
        }
    }

    @Test("does not depend on how operands and directions lie in memory", arguments: smooth)
    func layouts(_ row: OpRow) {
        for example in row.examples {
            let probe = ForwardProbe(example)
            let expected = probe.push(probe.directions).tangent.doubles
            for layout in Layout.allCases {
                let moved = jvp(
                    row.apply, at: probe.operands.map { Tensor(layout.arrange($0.data)) },
                    along: probe.directions.map { Tensor(layout.arrange($0.data)) })
                #expect(moved.tangent.distance(expected) < 1e-13, "\(example), \(layout)")
            }
        }
    }

    @Test(
        "has its operand's dtype and agrees with the float64 one but for rounding",
        arguments: smooth)
    func dtypes(_ row: OpRow) {
        for example in row.examples {
            for dtype in narrowFloats {
                let probe = ForwardProbe(example)
                let narrow = { (x: Tensor) in x.dtype.isFloat ? x.cast(to: dtype) : x }
                let wide = { (x: Tensor) in x.dtype.isFloat ? x.cast(to: .float64) : x }
                let operands = example.operands(dtype)
                let directions = probe.directions.map(narrow)
                let tangent = jvp(row.apply, at: operands, along: directions).tangent
                let expected = jvp(
                    row.apply, at: operands.map(wide), along: directions.map(wide)
                ).tangent.doubles
                #expect(tangent.dtype == dtype, "\(example) \(dtype)")
                let scale = expected.reduce(1) { max($0, abs($1)) }
                #expect(
                    tangent.distance(expected) < 32 * unitRoundoff(dtype) * scale,
                    "\(example) \(dtype)")
            }
        }
    }

    @Test("leaves operands and directions alone", arguments: smooth)
    func purity(_ row: OpRow) {
        for example in row.examples {
            let probe = ForwardProbe(example)
            let before = (probe.operands + probe.directions).map(\.doubles)
            _ = probe.push(probe.directions)
            _ = jvp({ probe.gradients($0) }, at: probe.operands, along: probe.directions)
            #expect((probe.operands + probe.directions).map(\.doubles) == before, "\(example)")
        }
    }

    @Test(
        "has a rule where the table says so, and none where it doesn't",
        arguments: OpTable.rows.filter(\.isDifferentiable))
    func claims(_ row: OpRow) {
        let leaves = Samples.operands(row, row.shapes[0]).map { $0.leaf() }
        var pending = [row.apply(leaves)]
        var hasRules = true
        while let y = pending.popLast() {
            pending += y.parents
            guard let op = y.ctx, !(op is ElementwiseBinaryOp) else { continue }
            let inputs = y.parents.map { $0.detach() }
            let tangents = inputs.map { $0.dtype.isFloat ? Tensor.ones(like: $0) : nil }
            let tangent = noGrad { op.tangent(tangents, inputs: inputs, y: y.detach()) }
            hasRules = hasRules && tangent != nil
        }
        #expect(row.tangent == (hasRules ? .rule : .derived))
    }

    @Test("does not exist where the result is no float")
    func absent() {
        for row in OpTable.rows { #expect((row.tangent == .none) == !row.isDifferentiable) }
    }
}

/// A row's operands with a direction for each, seeded like the rest of the gate.
struct ForwardProbe {
    let row: OpRow
    let operands: [Tensor]
    let directions: [Tensor]
    let reverse: GradientProbe

    init(_ example: Example) {
        row = example.row
        operands = example.operands()
        reverse = GradientProbe(row, operands)
        directions = operands.enumerated().map { position, operand in
            operand.dtype.isFloat ? Samples.weights(operand.shape, UInt64(31 + position)) : operand
        }
    }

    var upstream: Tensor { reverse.upstream }
    var floats: [Int] { reverse.floats }

    func push(_ directions: [Tensor]) -> (value: Tensor, tangent: Tensor) {
        jvp(row.apply, at: operands, along: directions)
    }

    /// The tangent when one operand moves and the others are constants.
    func push(onlyOperand position: Int) -> Tensor {
        jvp(
            { row.apply(operands.replacing(position, with: $0)) }, at: operands[position],
            along: directions[position]
        ).tangent
    }

    /// The gradients of ⟨upstream, result⟩, as a function.
    func gradients(_ operands: [Tensor]) -> [Tensor] {
        grad { (operands: [Tensor]) in (row.apply(operands) * upstream).sum() }(operands)
    }

    /// The derivative of a function of the operands along the directions, between two steps.
    func differences(step: Double = 1e-5, _ function: ([Tensor]) -> [Double]) -> [Double] {
        func at(_ step: Double) -> [Double] {
            function(
                zip(operands, directions).map { $0.dtype.isFloat ? $0 + $1 * step : $0 })
        }
        return zip(at(step), at(-step)).map { ($0 - $1) / (2 * step) }
    }
}

extension Tensor {
    /// Σ of the products of the elements.
    func innerProduct(_ other: Tensor) -> Double {
        zip(doubles, other.doubles).reduce(0) { $0 + $1.0 * $1.1 }
    }
}

/// Whether two numbers agree to eleven digits.
func close(_ a: Double, _ b: Double) -> Bool {
    abs(a - b) <= 1e-11 * max(1, abs(a), abs(b))
}
