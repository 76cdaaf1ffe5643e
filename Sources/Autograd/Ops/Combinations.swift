import Tensor

/// The ways to take `size` of `total` things in their order, each once or any number of times.
struct Combinations {
    let total: Int
    let size: Int
    let withReplacement: Bool
    /// How many there are; the largest Int where they are more.
    let count: Int

    init(of total: Int, _ size: Int, withReplacement: Bool) {
        self.total = total
        self.size = size
        self.withReplacement = withReplacement
        let most = withReplacement ? total.plus(size - 1) : total
        count = size == 0 ? 1 : Combinations.binomial(most, size)
    }

    /// n! / (k! (n − k)!), or the largest Int; each step of the product is such a number itself.
    private static func binomial(_ n: Int, _ k: Int) -> Int {
        if k > n { return 0 }
        var result = 1
        var step = 0
        let steps = Swift.min(k, n - k)
        while step < steps {
            let (high, low) = result.multipliedFullWidth(by: n - step)
            let divisor = step + 1
            // The quotient would need a 64th bit.
            if high * 2 + Int(low >> 63) >= divisor { return .max }
            result = divisor.dividingFullWidth((high, low)).quotient
            // Doubles with each step from here on.
            if result == .max { return .max }
            step += 1
        }
        return result
    }

    /// The positions of the things taken, way by way in lexicographic order.
    func places() -> [Int] {
        if count == 0 { return [] }
        var way = (0..<size).map { withReplacement ? 0 : $0 }
        var places: [Int] = []
        places.reserveCapacity(count.times(size))
        for index in 0..<count {
            places += way
            if index + 1 < count { advance(&way) }
        }
        return places
    }

    /// Moves the last position that can on, and those behind it to the first places after it.
    private func advance(_ way: inout [Int]) {
        var position = size - 1
        while way[position] == (withReplacement ? total - 1 : total - size + position) {
            position -= 1
        }
        way[position] += 1
        for next in position + 1..<size {
            way[next] = withReplacement ? way[position] : way[next - 1] + 1
        }
    }
}
