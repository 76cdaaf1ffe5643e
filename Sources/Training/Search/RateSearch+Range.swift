import FTSupport

// From the rate at which the loss falls fastest to the one beyond which it falls no further.
extension RateSearch {
    /// The rate at which the loss has fallen furthest; nil where it doesn't fall.
    public var least: Double? { leastPlace.map { points[$0].rate } }

    /// The rates to try, as `sweep` takes them: from the suggestion on, or a twentieth of the upper
    /// end where that is lower, so that they are drawn by their logarithm.
    var sweep: String? {
        guard let suggestion, let least else { return nil }
        let low = Format.short(min(suggestion, least / 20), digits: 2)
        return "optimizer.learningRate=\(low)..\(Format.short(least, digits: 2))"
    }

    /// The command that tries them, on two lines where it is too long for one.
    ///
    /// - Parameter words: the config and what is set in it.
    func sweepLines(_ words: String) -> [String] {
        guard let sweep else { return [] }
        let line = "        fttrain sweep \(words) \(sweep) --trials 8"
        if line.count <= 80 { return [line] }
        return ["        fttrain sweep \(words) --trials 8 \\", "            \(sweep)"]
    }

    /// The line on the upper end of these rates.
    var leastLines: [String] {
        guard let least, let place = leastPlace else { return [] }
        let end =
            place == points.count - 1
            ? "where the search ends; --to looks further" : "beyond it the loss falls no further"
        return ["least   optimizer.learningRate=\(Format.short(least, digits: 2))   \(end)"]
    }
}
