import FTSupport

/// Times of day and lengths of time: `13:45`, `1:45 PM`, `6 AM`, `00:12:30.5`.
enum ClockTime {
    /// What stands for them where other numbers have a mark.
    static let mark = ":"

    /// What a text says.
    private struct Reading {
        /// How many numbers stand between colons.
        let parts: Int
        let hours: Double
        let hasHalf: Bool

        /// Whether it may be meant as a time of the other half of the day.
        var mayBeLater: Bool { !hasHalf && hours >= 1 && hours < 13 }
    }

    /// A text without AM or PM at its end, and whether that was PM; nil for neither.
    static func halved(_ text: some StringProtocol) -> (rest: String, isPM: Bool?) {
        var rest = text.lowercased()
        guard let half = ["am", "pm", "a.m.", "p.m."].first(where: rest.hasSuffix) else {
            return (rest, nil)
        }
        rest.removeLast(half.count)
        while rest.last == " " { rest.removeLast() }
        return (rest, half.hasPrefix("p"))
    }

    /// An hour of 24; nil where a half of the day has no such hour.
    static func hour(_ hour: Int, isPM: Bool?) -> Int? {
        guard let isPM else { return hour }
        return (1...12).contains(hour) ? hour % 12 + (isPM ? 12 : 0) : nil
    }

    private static func read(_ text: String) -> Reading? {
        guard text.utf8.count <= 40, mayBe(text) else { return nil }
        let (rest, isPM) = halved(CellText.plain(text))
        // 6 AM is 6:00 AM.
        let isHour = isPM != nil && !rest.contains(":")
        let parts = (isHour ? "\(rest):00" : rest)
            .split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), (1...4).contains(parts[0].count),
            let hours = whole(parts[0]).flatMap({ hour($0, isPM: isPM) }), parts[1].count == 2,
            let minutes = whole(parts[1]), minutes < 60,
            let seconds = parts.count == 3 ? self.seconds(parts[2]) : 0
        else { return nil }
        return Reading(
            parts: parts.count, hours: Double(hours) + (Double(minutes) + seconds / 60) / 60,
            hasHalf: isPM != nil)
    }

    /// Whether a text has a colon, or ends as AM and PM do.
    private static func mayBe(_ text: String) -> Bool {
        if text.contains(where: { $0 == ":" || $0 == "：" }) { return true }
        let first = text.utf8.first.map { (48...57).contains($0) || $0 > 127 } ?? false
        return first && text.utf8.last.map { "mM.".utf8.contains($0) } ?? false
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

    /// The hours of a time that is written in as many parts as another; nil for other texts, and
    /// where the other has AM or PM and this may be of either.
    static func hours(_ text: String, like sample: String) -> Double? {
        guard let time = read(text), let other = read(sample), time.parts == other.parts,
            !(other.hasHalf && time.mayBeLater)
        else { return nil }
        return time.hours
    }

    static func isTime(_ text: String) -> Bool { read(text) != nil }

    /// What to write in place of a cell that isn't read among such times; empty where nothing is
    /// known of it.
    static func hint(_ text: String, like sample: String) -> String {
        guard let other = read(sample) else { return "" }
        if let time = read(text) {
            return time.parts == other.parts && time.mayBeLater ? " (write it with AM or PM)" : ""
        }
        let hours = Int(text).flatMap { (0..<24).contains($0) ? $0 : nil }
        if other.hasHalf, let hours, (1...12).contains(hours) {
            let time = other.parts == 2 ? "\(hours)" : "\(hours):00:00"
            return " (write \(time) AM or \(time) PM if it is hours)"
        }
        let zeros = other.parts == 2 ? ":00" : ":00:00"
        return hours.map { " (write \($0)\(zeros) if it is hours)" } ?? ""
    }

    /// The form of a column most of whose cells are times; nil for others.
    static func form(_ columns: [TableColumn]) -> NumberForm? {
        let times = columns.flatMap(\.words).compactMap { word in
            read(word.text).map { (word: word, time: $0) }
        }
        let cells = columns.reduce(0) { $0 + $1.numberCount + $1.wordCount }
        func count(_ parts: Int) -> Int {
            times.reduce(0) { $0 + ($1.time.parts == parts ? $1.word.count : 0) }
        }
        // Others are to be corrected.
        let parts = count(3) > count(2) ? 3 : 2
        let alike = times.filter { $0.time.parts == parts }
        guard let first = alike.first(where: \.time.hasHalf) ?? alike.first,
            (count(2) + count(3)) * 2 > cells
        else { return nil }
        return NumberForm(mark: mark, decimal: .point, sample: first.word.text)
    }
}
