import FTConfig
import FTJSON

extension RunConfig {
    /// Reads the config that a run has kept, which may be of an older version: what had no key then
    /// stays as it was.
    init(
        recorded text: String, file: String, overrides: [String] = []
    ) throws(ConfigError) {
        let data = (try? JSONNode(parsing: text))?["data"]
        let isSplit = data?["split"].map { !$0.isNull } ?? false
        let isOld = isSplit && data?[DataPlan.splitOrderKey] == nil
        let former = isOld ? ["data.\(DataPlan.splitOrderKey)=\(SplitOrder.stored.rawValue)"] : []
        try self.init(text: text, file: file, overrides: former + overrides)
    }
}
