import FTConfig
import FTJSON

extension ConfigValue {
    /// Throws where one of its numbers, or of those of its groups, lies beyond the floats that steps
    /// are computed in: with such a rate, a limit or an epsilon, nothing would ever change.
    func checkFloats() throws(ConfigError) {
        guard case .object(let object) = effective else { return }
        let issues = object.members.compactMap { member -> ConfigIssue? in
            guard case .double(let number) = member.value, number != 0 else { return nil }
            let value = Float(number)
            guard !value.isNormal else { return nil }
            return issue(
                "\(number) is \(value.isInfinite ? "more" : "less") than float32 holds, in which steps "
                    + "are computed; use 1.2e-38 to 3.4e38", at: member.key)
        }
        if !issues.isEmpty { throw ConfigError(issues) }
    }
}
