import FTSupport

/// Times of day and lengths of time: `13:45`, `1:45 PM`, `00:12:30.5`.
enum ClockTime {
    /// What stands for them where other numbers have a mark.
    static let mark = ":"

    /// The parts between colons, and the hours that they are; nil where the text is something else.
    private static func read(_ text: String) -> (parts: Int, hours: Double)? {
        guard text.utf8.count <= 40, text.contains(":") else { return nil }
        var rest = CellText.plain(text).lowercased()
        let half = ["am", "pm"].first { rest.hasSuffix($0) }
        if let half {
            rest.removeLast(half.count)
            while rest.last == " " { rest.removeLast() }
        }
        let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), (1...4).contains(parts[0].count),
            let hours = whole(parts[0]), parts[1].count == 2, let minutes = whole(parts[1]),
            minutes < 60, let seconds = parts.count == 3 ? self.seconds(parts[2]) : 0
        else { return nil }
        var hour = hours
        if let half {
            guard (1...12).contains(hours) else { return nil }
            hour = hours % 12 + (half == "pm" ? 12 : 0)
        }
        return (parts.count, Double(hour) + (Double(minutes) + seconds / 60) / 60)
    }

    private static func whole(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
    }

    private static func seconds(_ text: Substring) -> Double? {
        guard text.prefix(2).count == 2, whole(text.prefix(2)) != nil,
            let seconds = DecimalNumber.double(String(text)), seconds < 60
        else { return nil }
        return seconds
    }

    /// The hours of a time that is written in as many parts as another; nil for other texts.
    static func hours(_ text: String, like sample: String) -> Double? {
        guard let time = read(text), time.parts == read(sample)?.parts else { return nil }
        return time.hours
    }

    /// The form of a column most of whose cells are times; nil for others.
    static func form(_ columns: [TableColumn]) -> NumberForm? {
        let times = columns.flatMap(\.words).compactMap { word in
            read(word.text).map { (word: word, parts: $0.parts) }
        }
        let cells = columns.reduce(0) { $0 + $1.numberCount + $1.wordCount }
        func count(_ parts: Int) -> Int {
            times.reduce(0) { $0 + ($1.parts == parts ? $1.word.count : 0) }
        }
        // Others are to be corrected.
        let parts = count(3) > count(2) ? 3 : 2
        guard let first = times.first(where: { $0.parts == parts }),
            (count(2) + count(3)) * 2 > cells
        else { return nil }
        return NumberForm(mark: mark, decimal: .point, sample: first.word.text)
    }
}
