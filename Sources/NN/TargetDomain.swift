/// The targets that a loss is defined for. Of others it gives a number, but one that means nothing.
public enum TargetDomain: Sendable, Equatable {
    /// Every finite number.
    case numbers
    /// Numbers from 0 up.
    case counts
    /// Numbers from 0 to 1, which rounding may miss by a hundred thousandth.
    case shares
    /// Logarithms of such: numbers up to 0, and −∞.
    case logShares
    /// Numbers from 0 to 1 that add up to 1 along the last axis, to a hundredth.
    case distributions
    /// 1 for one side, −1 or 0 for the other.
    case sides
    /// Whole numbers from 0 up to the given one, which is left out.
    case classes(Int)

    /// A target outside of a domain.
    package struct Outlier: Equatable {
        /// The position of the element, or of the first of a row that doesn't add up.
        package let index: Int
        /// The element, or the sum of the row.
        package let value: Double
        /// Whether it is a sum.
        package let isSum: Bool
    }

    /// The first of some targets that lies outside; nil where none does.
    ///
    /// - Parameters:
    ///   - width: how many lie along the last axis.
    ///   - ignored: a target that counts nothing, which may lie outside.
    package func outlier(in targets: [Double], width: Int, ignoring ignored: Double?) -> Outlier? {
        if let index = targets.firstIndex(where: { !holds($0) && $0 != ignored }) {
            return Outlier(index: index, value: targets[index], isSum: false)
        }
        guard self == .distributions, width > 0 else { return nil }
        for start in stride(from: 0, to: targets.count, by: width) {
            let sum = targets[start..<min(start + width, targets.count)].reduce(0, +)
            if abs(sum - 1) > 0.01 { return Outlier(index: start, value: sum, isSum: true) }
        }
        return nil
    }

    private func holds(_ target: Double) -> Bool {
        let rounding = 1e-5
        return switch self {
        case .numbers: target.isFinite
        case .counts: target >= 0 && target.isFinite
        case .shares, .distributions: target >= -rounding && target <= 1 + rounding
        case .logShares: target <= rounding
        case .sides: target == 1 || target == -1 || target == 0
        case .classes(let count):
            target >= 0 && target < Double(count) && target == target.rounded()
        }
    }

    /// What lies inside, to stand behind "targets".
    package var words: String {
        switch self {
        case .numbers: "that are finite numbers"
        case .counts: "from 0 up"
        case .shares: "from 0 to 1"
        case .logShares: "up to 0, logarithms of probabilities"
        case .distributions: "that are classes, or probabilities that add up to 1"
        case .sides: "of 1, and −1 or 0 for the other side"
        case .classes(let count): "that are classes from 0 to \(count - 1)"
        }
    }
}
