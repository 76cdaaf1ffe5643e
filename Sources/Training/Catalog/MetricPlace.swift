import FTConfig
import FTJSON
import FTSupport

/// What a metric is made for.
struct MetricPlace {
    /// The loss, which may ignore a target; nil where only the metric's name is asked for.
    var loss: ChosenLoss?
    /// The names of the data's classes, none where they have none; nil where the data aren't known.
    var classNames: [String]?

    /// How many axes what the model says of an example has; nil where that isn't known.
    var outputRank: Int?

    /// Whether the places along the last axis are outputs that say yes or no each for itself, and
    /// not those of a picture, which are alike.
    var hasOutputs: Bool { loss?.facts.areAnswers == true && (outputRank ?? 1) < 2 }

    /// A target that counts nothing.
    var ignored: Int? { loss?.ignored }

    /// What the metric of a class is called that is given by its name: `f1_malignant`. A name of
    /// several words becomes one, for checkpoints keep the names with spaces between.
    static func column(_ metric: String, of name: String) -> String {
        let scalars = name.unicodeScalars.map { scalar -> Character in
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                ? Character(scalar) : "_"
        }
        return "\(metric)_\(String(scalars))"
    }

    /// The number of a class that a config gives by its number or its name.
    ///
    /// Throws where the data have no class of the name.
    func number(of value: ConfigValue, at key: String) throws(ConfigError) -> Int {
        guard let name = value.word(key) else { return value.optionalInt(key) ?? 0 }
        guard let classNames else { return 0 }
        if let place = classNames.firstIndex(of: name) { return place }
        guard !classNames.isEmpty else {
            throw ConfigError([
                value.issue(
                    "the data's classes have no names; give the number of one, from 0", at: key)
            ])
        }
        let near = Suggestion.nearest(to: name, among: classNames)
        let list = classNames.prefix(8).map { $0.escapedForDisplay(limit: 30) }
            .joined(separator: ", ")
        let known = "Give one of \(list)\(classNames.count > 8 ? ", …" : ""), or a number from 0"
        throw ConfigError([
            value.issue(
                "the data have no class \(name.jsonQuoted). "
                    + (near.map { "Did you mean \($0.jsonQuoted)?" } ?? known),
                at: key)
        ])
    }
}
