import FTConfig
import FTSupport
import NN
import Tensor

/// A pattern of the names of parameters, in which each `*` stands for any characters: `0.*`,
/// `*.bias`.
struct NamePattern {
    private let parts: [UInt8]

    init(_ text: String) { parts = Array(text.utf8) }

    /// Whether a whole name fits.
    func matches(_ name: String) -> Bool {
        let name = Array(name.utf8)
        var (place, part) = (0, 0)
        // Where the last star stands, and how far into the name it reaches.
        var star: (part: Int, place: Int)?
        while place < name.count {
            if part < parts.count, parts[part] == UInt8(ascii: "*") {
                star = (part, place)
                part += 1
            } else if part < parts.count, parts[part] == name[place] {
                (place, part) = (place + 1, part + 1)
            } else if let last = star {
                star = (last.part, last.place + 1)
                (place, part) = (last.place + 1, last.part + 1)
            } else {
                return false
            }
        }
        return parts[part...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// The parameters whose names match what stands at a place of a config.
    ///
    /// Throws where there is none.
    static func find(
        _ value: ConfigValue, among parameters: [(name: String, parameter: Parameter)]
    ) throws(ConfigError) -> [(name: String, parameter: Parameter)] {
        let pattern = NamePattern(value.asString)
        let found = parameters.filter { pattern.matches($0.name) }
        guard found.isEmpty else { return found }
        throw ConfigError([
            value.issue(
                "no parameter's name matches \(value.asString.quotedForDisplay()); there are "
                    + list(parameters.map(\.name)))
        ])
    }

    /// The first of some names, and how many there are besides.
    static func list(_ names: [String]) -> String {
        guard !names.isEmpty else { return "none left" }
        let shown = names.prefix(8).map { $0.escapedForDisplay() }.joined(separator: ", ")
        return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
    }
}
