import FTConfig
import FakeTensor
import Testing

@testable import Training

/// Sizes of windows in configs: one for all axes, or one for each.
@Suite("Windows in configs")
struct WindowTests {
    private func shape(_ layer: String) throws -> [Int] {
        let sandbox = Sandbox()
        let config = try sandbox.config([
            "model.layers=[{\"type\": \"reshape\", \"shape\": [1, 2, 3]}, \(layer), "
                + "{\"type\": \"flatten\"}, {\"type\": \"linear\", \"units\": 3}]"
        ])
        return try Experiment(config).rows[1].outputShape
    }

    @Test(
        "a list has one for each axis, the outermost first",
        arguments: [
            (#"{"type": "conv2d", "features": 4, "kernel": [2, 1]}"#, [4, 1, 3]),
            (
                #"{"type": "conv2d", "features": 4, "kernel": [1, 3], "padding": [1, 0]}"#,
                [4, 4, 1]
            ),
            (#"{"type": "conv2d", "features": 4, "kernel": 1, "stride": [1, 2]}"#, [4, 2, 2]),
            (#"{"type": "conv2d", "features": 4, "kernel": [3, 5], "same": true}"#, [4, 2, 3]),
            (#"{"type": "maxPool2d", "kernel": [1, 3]}"#, [1, 2, 1]),
            (#"{"type": "avgPool2d", "kernel": [2, 1], "stride": [1, 2]}"#, [1, 1, 2]),
            (
                #"{"type": "convTranspose2d", "features": 2, "kernel": 1, "stride": [1, 2]}"#,
                [2, 2, 5]
            ),
            (#"{"type": "adaptiveAvgPool2d", "size": 2}"#, [1, 2, 2]),
            (#"{"type": "upsample", "factor": 2}"#, [1, 4, 6]),
            (#"{"type": "upsample", "size": [3, 5]}"#, [1, 3, 5]),
            (#"{"type": "conv2d", "features": 4, "kernel": [2]}"#, [4, 1, 2]),
        ])
    func shapes(layer: String, expected: [Int]) throws {
        #expect(try shape(layer) == expected)
    }

    @Test(
        "another number of them is refused, with how many there may be",
        arguments: [
            (
                #"{"type": "conv2d", "features": 4, "kernel": [3, 1, 1]}"#,
                "model.layers[1].kernel", "or an array of 1 to 2 elements, found 3 elements"
            ),
            (
                #"{"type": "conv2d", "features": 4, "kernel": []}"#, "model.layers[1].kernel",
                "or an array of 1 to 2 elements, found 0 elements"
            ),
            (
                #"{"type": "maxPool2d", "kernel": [2, 0]}"#, "model.layers[1].kernel[1]",
                "expected an integer from 1 to 4096, found 0"
            ),
            (
                #"{"type": "conv2d", "features": 4, "kernel": "3"}"#, "model.layers[1].kernel",
                "Remove the quotes"
            ),
            (
                #"{"type": "upsample", "factor": [2, 2, 2]}"#, "layer 1 (upsample)",
                "should have channels and 3 more axes"
            ),
        ])
    func refusals(layer: String, path: String, problem: String) throws {
        let error = #expect(throws: ConfigError.self) { try shape(layer) }
        let text = try #require(error?.description)
        #expect(text.contains(path) && text.contains(problem), "\(text)")
    }
}
