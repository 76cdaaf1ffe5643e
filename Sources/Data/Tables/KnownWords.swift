/// The words that a column has, by what they look like, for many others that are compared with them.
struct KnownWords {
    private var sketches: [String: String] = [:]
    private var numbers: [Double: String] = [:]

    /// - Parameter words: of those that look alike the first is meant.
    init(_ words: [String]) {
        for word in words {
            let sketch = LookAlikes.sketch(word)
            if sketches[sketch] == nil { sketches[sketch] = word }
            guard let number = DecimalNumber.double(word) else { continue }
            if numbers[number] == nil { numbers[number] = word }
        }
    }

    /// The word that is meant by another: one that differs from it in what `LookAlikes.sketch`
    /// leaves out, or the same number.
    func meant(by word: String) -> String? {
        let sketch = LookAlikes.sketch(word)
        guard !sketch.isEmpty else { return nil }
        // 1.0 is 1, and 1.2 isn't 12.
        guard let number = DecimalNumber.double(CellText.plain(word)) else {
            return sketches[sketch]
        }
        return numbers[number]
    }
}
