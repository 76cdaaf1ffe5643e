import Datasets
import FTConfig
import FTJSON

extension Preprocessing {
    /// The argument, for a shell, that has a config scale its only input as it is scaled here: the
    /// config's transforms with these numbers. Of other kinds than the config has, they stand where
    /// its first one stood, or else behind as many other transforms as here. nil where that would be
    /// very long.
    ///
    /// - Parameter list: the config's transforms.
    func transformsArgument(in list: [ConfigValue]) -> String? {
        guard inputs.count == 1, inputs[0].name.isEmpty else { return nil }
        let scales = inputs[0].transforms.filter(\.isScale)
        let own = list.indices.filter { list[$0].isScale }
        var values = list.map(\.withoutNulls)
        if own.map({ list[$0].type }) == scales.map(\.name) {
            for (place, scale) in zip(own, scales) { values[place] = scale.json }
        } else {
            for place in own.reversed() { values.remove(at: place) }
            values.insert(contentsOf: scales.map(\.json), at: own.first ?? place(in: list))
        }
        let text = JSONValue.array(values).text()
        return text.utf8.count <= 800 ? "'data.transforms=\(text)'" : nil
    }

    /// Behind as many transforms of a list, random ones not counted, as stand before the first scale
    /// here.
    private func place(in list: [ConfigValue]) -> Int {
        var left = inputs[0].transforms.prefix { !$0.isScale }.count
        for (index, value) in list.enumerated() {
            if left == 0 { return index }
            if (try? Catalogs.transforms.make(value))?.isRandom == false { left -= 1 }
        }
        return list.count
    }
}

extension Transform {
    /// Whether it multiplies or moves numbers.
    var isScale: Bool {
        switch self {
        case .scale, .normalize: true
        default: false
        }
    }
}

extension ConfigValue {
    fileprivate var isScale: Bool { ["scale", "normalize"].contains(type) }

    /// As a config says it.
    fileprivate var withoutNulls: JSONValue {
        guard case .object(let object) = effective else { return effective }
        var stated = JSONObject()
        for member in object.members where member.value != .null {
            stated[member.key] = member.value
        }
        return .object(stated)
    }
}
