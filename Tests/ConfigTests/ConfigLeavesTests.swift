import FTJSON
import Testing

@testable import FTConfig

@Suite struct ConfigLeavesTests {
    @Test("keys that differ come with a value for each config")
    func differing() {
        let configs: [JSONValue] = [
            ["a": 1, "deep": ["x": [1, 2], "y": true], "list": [["units": 8], ["units": 3]]],
            ["a": 1, "deep": ["x": [1, 3], "y": true], "list": [["units": 9]]],
            ["a": 2, "deep": ["x": [1, 2], "y": true], "list": [["units": 8], ["units": 3]]],
        ]
        #expect(
            ConfigLeaves.differing(configs) == [
                .init(path: "a", values: [1, 1, 2]),
                .init(path: "deep.x", values: [[1, 2], [1, 3], [1, 2]]),
                .init(path: "list[0].units", values: [8, 9, 8]),
                .init(path: "list[1].units", values: [3, nil, 3]),
            ])
        #expect(ConfigLeaves.differing([configs[0], configs[0]]) == [])
    }
}
