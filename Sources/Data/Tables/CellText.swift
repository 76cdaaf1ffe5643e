/// Text of cells, as the keyboards of some countries write it.
enum CellText {
    private static let spaces: Set<Character> = [
        "\u{A0}", "\u{2000}", "\u{2002}", "\u{2003}", "\u{2007}", "\u{2008}", "\u{2009}",
        "\u{200A}",
        "\u{202F}", "\u{3000}",
    ]
    private static let others: [Character: Character] = [
        "\u{2212}": "-", "\u{FF0D}": "-", "\u{FF0B}": "+", "\u{FF0E}": ".", "\u{FF0C}": ",",
        "\u{FF0F}": "/", "\u{FF1A}": ":", "\u{FF05}": "%", "\u{66A}": "%", "\u{66B}": ".",
        "\u{66C}": ",",
    ]

    /// The text with digits, signs and spaces of ASCII in place of others that mean the same.
    static func plain(_ text: String) -> String {
        text.utf8.allSatisfy { $0 < 0x80 } ? text : String(text.map(plain))
    }

    private static func plain(_ character: Character) -> Character {
        if character.isASCII { return character }
        if spaces.contains(character) { return " " }
        if let other = others[character] { return other }
        guard let scalar = character.unicodeScalars.first,
            character.unicodeScalars.count == 1, scalar.properties.numericType == .decimal,
            let digit = character.wholeNumberValue
        else { return character }
        return Character("\(digit)")
    }
}

/// Units that may stand behind numbers.
enum Unit {
    private static let names: Set<String> = [
        "mm", "cm", "m", "km", "in", "ft", "yd", "mi", "mile", "miles", "px",
        "mg", "g", "kg", "t", "lb", "lbs", "oz", "ml", "cl", "dl", "l", "L",
        "m²", "m2", "km²", "ha", "acres", "sqft", "sq ft", "ft²", "m³", "m3", "ft³",
        "ms", "s", "sec", "min", "mins", "h", "hr", "hrs", "hours", "minutes", "seconds", "d",
        "days",
        "weeks", "months", "yr", "yrs", "years",
        "°", "°C", "°F", "C", "F", "K", "km/h", "kmh", "mph", "m/s", "rpm", "bpm",
        "W", "kW", "MW", "kWh", "V", "A", "mA", "Hz", "kHz", "MHz", "GHz", "hp", "PS", "cc",
        "B", "KB", "MB", "GB", "TB", "hPa", "kPa", "bar", "psi", "Pa", "N", "J", "kJ", "kcal",
        "cal",
        "dB", "ppm", "ppb", "mpg", "mmHg", "mg/dL", "mmol/L", "g/L", "kg/m²", "kg/m2", "x", "×",
    ]

    /// Whether a text is one. A single letter is one behind a space or decimals alone: 12A is none.
    ///
    /// - Parameter standsApart: whether a space or decimals come before it.
    static func isUnit(_ text: String, standsApart: Bool) -> Bool {
        names.contains(text) && (standsApart || text.count > 1 || text == "°")
    }
}
