import FakeTensor

/// One case of an operator.
struct Trial {
    let entry: Entry
    let item: Case
    let file: CaseFile

    func run(_ check: Check) -> Outcome {
        if let reason = item.skip { return check == .value ? .inexpressible(reason) : .absent }
        if (item.rejected ?? false) != (check == .rejects) { return .absent }
        do {
            switch check {
            case .value: return try value()
            case .dtype: return try dtype()
            case .strided: return try strided()
            case .gradient: return try gradient()
            case .second: return try second()
            case .jvp: return try forward()
            case .rejects:
                let results = try call(inputs().map { Tensor($0) })
                return .failed("accepted: \(results.map { "\($0.dtype)\($0.shape)" })")
            }
        } catch let problem as Inexpressible {
            return check == .value ? .inexpressible(problem.reason) : .absent
        } catch {
            return .failed("\(error)")
        }
    }

    private func value() throws -> Outcome {
        let got = try call(inputs().map { Tensor($0) }).map(\.data)
        guard let want = try arrays(item.want) else { return .absent }
        if entry.isRandom {
            let same = got.map { Array($0.shape) } == want.map { Array($0.shape) }
            return same ? .passed : .failed("shapes \(got.map(\.shape)), not \(want.map(\.shape))")
        }
        guard let words = difference(got, want, beside: try inputs()) else { return .passed }
        // PyTorch rounds on its way; rounding once is as good.
        if let exact = try arrays(item.exact) {
            if difference(got, exact) == nil { return .passed }
            if entry.isSum, try isRounding(got, exact) { return .passed }
        }
        return .failed(words)
    }

    /// Whether float32 sums of n terms differ from the exact ones by no more than
    /// (n + 1) u Σ |term|, u = 2⁻²⁴, which is what rounding each step makes of them (Higham,
    /// "Accuracy and Stability of Numerical Algorithms", 2002, section 3.1). The call itself counts
    /// the terms, given ones, and adds them up, given magnitudes.
    private func isRounding(_ got: [NDArray], _ exact: [NDArray]) throws -> Bool {
        let wide = try inputs().map { Tensor($0).cast(to: .float64) }
        let terms = try call(wide.map { .ones(like: $0) })
        let sizes = try call(wide.map { $0.abs() })
        return got.indices.allSatisfy { place in
            guard got[place].dtype == .float32, got[place].shape == exact[place].shape else {
                return false
            }
            let unit = Double(Float.ulpOfOne) / 2
            let bounds = ((terms[place] + 1) * sizes[place] * unit).values(as: Double.self)
            let (a, b) = (got[place].values(as: Double.self), exact[place].values(as: Double.self))
            return bounds.indices.allSatisfy { abs(a[$0] - b[$0]) <= bounds[$0] }
        }
    }

    private func dtype() throws -> Outcome {
        let got = try call(inputs().map { Tensor($0) }).map(\.dtype.name)
        guard let want = try arrays(item.want)?.map(\.dtype.name) else { return .absent }
        return got == want ? .passed : .failed("\(got), not \(want)")
    }

    private func strided() throws -> Outcome {
        let plain = try inputs()
        if entry.isRandom || !plain.contains(where: { $0.count > 1 }) { return .absent }
        let want = try call(plain.map { Tensor($0) }).map(\.data)
        let got = try call(plain.map { Tensor($0.scattered) }).map(\.data)
        return difference(got, want).map { .failed($0) } ?? .passed
    }

    private func gradient() throws -> Outcome {
        guard let want = try arrays(item.gradient) else { return .absent }
        let leaves = try points().map { Tensor($0, requiresGrad: true) }
        let sum = try objective()(leaves)
        if sum.requiresGrad { sum.backward() }
        return try verdict(leaves.map { $0.grad ?? .zeros(like: $0) }, want)
    }

    private func second() throws -> Outcome {
        guard let want = try arrays(item.second), let vectors = try arrays(item.vectors) else {
            return .absent
        }
        let first = grad(try objective())
        let product = { (xs: [Tensor]) in dot(first(xs), vectors) }
        return try verdict(grad(product)(points().map { Tensor($0) }), want)
    }

    private func forward() throws -> Outcome {
        guard let want = try arrays(item.jvp), let along = try arrays(item.tangents) else {
            return .absent
        }
        let pushed = jvp(
            try results(), at: try points().map { Tensor($0) }, along: along.map { Tensor($0) })
        return try verdict(pushed.tangent, want)
    }

    private func verdict(_ got: [Tensor], _ want: [NDArray]) throws -> Outcome {
        difference(got.map(\.data), want, beside: try inputs()).map { .failed($0) } ?? .passed
    }

    private func inputs() throws -> [NDArray] { try item.inputs.map { try file.array($0.key) } }

    private func points() throws -> [NDArray] {
        try item.inputs.filter(\.grad).map { try file.array($0.key) }
    }

    private func arrays(_ keys: [String]?) throws -> [NDArray]? {
        try keys?.map { try file.array($0) }
    }

    private func call(_ tensors: [Tensor]) throws -> [Tensor] {
        try entry.body(Arguments(item, parameters: entry.parameters, inputs: tensors))
    }

    /// The results that are differentiated, as a function of the operands that are.
    private func results() throws -> ([Tensor]) -> [Tensor] {
        let fixed = try inputs().map { Tensor($0) }
        return { points in
            var rest = points[...]
            let tensors = zip(item.inputs, fixed).map { input, constant in
                input.grad ? rest.removeFirst() : constant
            }
            guard let all = try? call(tensors) else {
                fail("conformance", "no form with gradients")
            }
            return (item.floats ?? []).map { all[$0] }
        }
    }

    private func objective() throws -> ([Tensor]) -> Tensor {
        let (results, cotangents) = (try results(), try arrays(item.cotangents) ?? [])
        return { dot(results($0), cotangents) }
    }
}

private func dot(_ tensors: [Tensor], _ weights: [NDArray]) -> Tensor {
    zip(tensors, weights).reduce(Tensor(0.0, .float64)) { $0 + ($1.0 * Tensor($1.1)).sum() }
}
