package import FTJSON

extension TableEncoding {
    /// As it is kept in files.
    package var json: JSONValue {
        var object: JSONObject = [
            "header": .bool(hasHeader), "nulls": .strings(nulls),
            "columns": .array(columns.map(\.json)),
        ]
        if let separator { object["separator"] = .string(separator) }
        if let missing { object["missing"] = .string(missing) }
        if let label { object["label"] = label.json }
        if labels.count > 1 { object["labels"] = .array(labels.map(\.json)) }
        return .object(object)
    }

    /// Reads what `json` wrote; nil where it is something else.
    package init?(_ text: String) {
        guard let node = try? JSONNode(parsing: text), let header = node["header"]?.bool,
            let columns = node["columns"]?.elements?.map({ ColumnEncoding($0) }),
            !columns.contains(nil)
        else { return nil }
        hasHeader = header
        separator = node["separator"]?.string
        nulls = node["nulls"]?.elements?.compactMap(\.string) ?? []
        missing = node["missing"]?.string
        self.columns = columns.compactMap { $0 }
        let found = (node["label"].map { [$0] } ?? node["labels"]?.elements ?? [])
            .map { LabelEncoding($0) }
        guard !found.contains(nil) else { return nil }
        labels = found.compactMap { $0 }
    }
}

extension ColumnEncoding {
    fileprivate var json: JSONValue {
        var object: JSONObject = ["name": .string(name), "kind": .string(kind.rawValue)]
        if let form { object["form"] = form.json }
        if let order { object["order"] = .string(order.rawValue) }
        if hasHalves { object["halves"] = .bool(true) }
        if hasTimes { object["times"] = .bool(true) }
        if let fill { object["fill"] = .double(fill) }
        if kind == .category { object["categories"] = .strings(categories) }
        if kind == .number || kind == .date {
            object["mean"] = .double(mean)
            object["deviation"] = .double(deviation)
            object["low"] = .double(low)
            object["high"] = .double(high)
        }
        return .object(object)
    }

    fileprivate init?(_ node: JSONNode) {
        guard let name = node["name"]?.string,
            let kind = node["kind"]?.string.flatMap(ColumnKind.init)
        else { return nil }
        self.init(name, kind)
        form = node["form"].flatMap { NumberForm($0) }
        order = node["order"]?.string.flatMap(DateOrder.init)
        hasHalves = node["halves"]?.bool ?? false
        // Those of before have no inputs for the time.
        hasTimes = kind == .date && node["times"]?.bool ?? false
        fill = node["fill"]?.double
        categories = node["categories"]?.elements?.compactMap(\.string) ?? []
        mean = node["mean"]?.double ?? 0
        deviation = node["deviation"]?.double ?? 1
        low = node["low"]?.double ?? 0
        high = node["high"]?.double ?? 0
        let isSound = mean.isFinite && deviation.isFinite && deviation > 0
        guard isSound, Set(categories).count == categories.count else { return nil }
    }
}

extension LabelEncoding {
    fileprivate var json: JSONValue {
        var object: JSONObject = ["name": .string(name), "kind": .string(kind.rawValue)]
        if let form { object["form"] = form.json }
        if kind.isOfWords {
            object["classes"] = .strings(classes)
        } else {
            object["mean"] = .double(mean)
            object["deviation"] = .double(deviation)
            object["low"] = .double(low)
            object["high"] = .double(high)
        }
        return .object(object)
    }

    fileprivate init?(_ node: JSONNode) {
        guard let name = node["name"]?.string, let kind = node["kind"]?.string.flatMap(Kind.init)
        else { return nil }
        self.init(name, kind)
        form = node["form"].flatMap { NumberForm($0) }
        classes = node["classes"]?.elements?.compactMap(\.string) ?? []
        mean = node["mean"]?.double ?? 0
        deviation = node["deviation"]?.double ?? 1
        low = node["low"]?.double ?? 0
        high = node["high"]?.double ?? 0
        let isSound = mean.isFinite && deviation.isFinite && deviation > 0
        guard isSound, Set(classes).count == classes.count,
            kind != .answers || classes.count == 2
        else { return nil }
    }
}

extension NumberForm {
    fileprivate var json: JSONValue {
        ["mark": .string(mark), "decimal": .string(decimal.rawValue), "sample": .string(sample)]
    }

    fileprivate init?(_ node: JSONNode) {
        guard let mark = node["mark"]?.string, let sample = node["sample"]?.string,
            let decimal = node["decimal"]?.string.flatMap(DecimalMark.init)
        else { return nil }
        self.init(mark: mark, decimal: decimal, sample: sample)
    }
}
