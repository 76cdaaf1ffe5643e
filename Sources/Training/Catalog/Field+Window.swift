import Autograd
import FTConfig
import FTJSON

extension Field {
    /// A size or distance of windows: an integer for all axes, or where there are several a list of
    /// one for each.
    static func window(
        _ name: String, axes: Int, default value: Int? = nil, min: Int = 1, max: Int = 4096,
        doc: String
    ) -> Field {
        guard axes > 1 else { return .int(name, default: value, min: min, max: max, doc: doc) }
        return .perAxis(
            name, .int(min: min, max: max), most: axes, default: value.map { .int($0) }, doc: doc)
    }
}

extension ConfigValue {
    /// What `Field.window` declared.
    func window(_ key: String, axes: Int) throws(ConfigError) -> PerAxis {
        PerAxis(try ints(key, axes: axes))
    }
}
