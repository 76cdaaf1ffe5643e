import Glibc

/// e^A = (e^(A/2ˢ))^(2ˢ), and that by a quotient of polynomials of degree 13 where the norm is
/// below 5.37 (Higham 2005, "The scaling and squaring method for the matrix exponential
/// revisited").
extension Columns {
    func exponential() -> Columns {
        let norm = largestColumn
        guard norm.isFinite else { return Columns(rows, count).filled(.nan) }
        let squarings = norm > 5.37 ? Int(log2(norm / 5.37).rounded(.up)) : 0
        let scale = Real(exp2(Double(-squarings)))
        scaleColumns { _ in scale }
        var result = rational()
        for _ in 0..<squarings { result = result.product(result) }
        return result
    }

    private var largestColumn: Double {
        var largest = 0.0
        for column in 0..<count {
            let sum = (0..<rows).reduce(0.0) { $0 + Double(self[$1, column].magnitude) }
            largest = sum.isNaN ? sum : max(largest, sum)
            if !sum.isFinite { return sum }
        }
        return largest
    }

    /// (V − U)⁻¹ (V + U), where U has the odd powers and V the even ones.
    private func rational() -> Columns {
        let square = product(self)
        let fourth = square.product(square)
        let sixth = fourth.product(square)
        func powers(_ c6: Real, _ c4: Real, _ c2: Real, _ c0: Real = 0) -> Columns {
            let sum = Columns(rows, count)
            for position in 0..<rows * count {
                let high = c6 * sixth.elements[position] + c4 * fourth.elements[position]
                sum.elements[position] = high + c2 * square.elements[position]
            }
            for position in 0..<rows { sum[position, position] += c0 }
            return sum
        }
        let oddTop = sixth.product(powers(1, 16380, 40_840_800))
        let odd = product(
            oddTop.plus(
                powers(
                    33_522_128_640, 10_559_470_521_600, 1_187_353_796_428_800,
                    32_382_376_266_240_000)))
        let evenTop = sixth.product(powers(182, 960_960, 1_323_241_920))
        let even = evenTop.plus(
            powers(
                670_442_572_800, 129_060_195_264_000, 7_771_770_303_897_600,
                64_764_752_532_480_000))
        let result = even.plus(odd)
        LUFactors(even.plus(odd, times: -1)).solve(result)
        return result
    }

    private func plus(_ other: Columns, times factor: Real = 1) -> Columns {
        let sum = Columns(rows, count)
        for position in 0..<rows * count {
            sum.elements[position] = elements[position] + factor * other.elements[position]
        }
        return sum
    }
}
