import Glibc

/// Numbers with so many digits that count.
enum Significant {
    static func text(_ value: Double, _ digits: Int = 7) -> String {
        guard value.isFinite, value != 0 else { return "\(value)" }
        let power = Int(log10(value.magnitude).rounded(.down))
        guard (-290...290).contains(power) else { return "\(value)" }
        let exponent = digits - 1 - power
        // Dividing by an exact power of ten gives the number that prints shortest; the digits of
        // others are put in front of their power.
        guard (0...22).contains(exponent) else {
            if power > 0, power < 16 { return "\(value.rounded())" }
            return "\(text(value / pow(10, Double(power)), digits))e\(power)"
        }
        let scale = pow(10, Double(exponent))
        let rounded = (value * scale).rounded() / scale
        return "\(rounded)"
    }
}
