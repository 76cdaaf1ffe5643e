import FTConfig

extension SweepSpace {
    /// The same, with fractions drawn wherever the config in a file takes them for a key, however
    /// the ends of its range are written: `0..1` of a share is that between nothing and all.
    func fractions(in file: String) -> SweepSpace {
        SweepSpace(
            axes: axes.map { key, values in
                guard case .range(let low, let high, isWhole: true) = values,
                    takes(key, low + 0.5, in: file)
                else { return (key, values) }
                return (key, .range(low: low, high: high, isWhole: false))
            })
    }

    /// Whether the config takes a number for a key.
    private func takes(_ key: String, _ number: Double, in file: String) -> Bool {
        func plain(_ key: String) -> String {
            key.replacing("[", with: ".").replacing("]", with: "")
        }
        do throws(ConfigError) {
            _ = try RunConfig(file: file, overrides: first + ["\(key)=\(number)"])
            return true
        } catch {
            // What else is wrong is told when the trials are checked.
            return !error.issues.contains { plain($0.path) == plain(key) }
        }
    }

    /// The first values, of a range its lower end, as `key=value`.
    private var first: [String] {
        axes.map { key, values in
            switch values {
            case .listed(let values): "\(key)=\(values[0])"
            case .range(let low, _, isWhole: true): "\(key)=\(Int(low))"
            case .range(let low, _, _): "\(key)=\(low)"
            }
        }
    }
}
