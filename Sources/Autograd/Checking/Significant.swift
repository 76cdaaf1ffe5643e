import Glibc

/// Numbers with so many digits that count.
enum Significant {
    static func text(_ value: Double, _ digits: Int = 7) -> String {
        guard value.isFinite, value != 0 else { return "\(value)" }
        let exponent = digits - 1 - Int(log10(value.magnitude).rounded(.down))
        // Dividing by an exact power of ten gives the number that prints shortest.
        guard (0...22).contains(exponent) else { return "\(value)" }
        let scale = pow(10, Double(exponent))
        return "\((value * scale).rounded() / scale)"
    }
}
