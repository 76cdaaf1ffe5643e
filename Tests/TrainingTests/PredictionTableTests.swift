import FTJSON
import Tensor
import Testing

@testable import Training

@Suite("Predictions as rows")
struct PredictionTableTests {
    private func table(
        _ values: NDArray, _ classes: NDArray? = nil, names: [String] = []
    ) -> PredictionTable {
        PredictionTable(
            Predictions(
                values: values, classes: classes, classNames: names, outputNames: [],
                answerWords: [], areProbabilities: classes != nil))
    }

    private func numbers(_ shape: Shape) -> NDArray {
        NDArray((0..<shape.elementCount).map { Float($0) / 8 }, shape)
    }

    @Test("one quantity needs no place, several are counted, those of more axes told by each")
    func quantities() {
        #expect(table(numbers([2])).columns == ["prediction"])
        #expect(table(numbers([2, 1])).columns == ["prediction"])
        #expect(table(numbers([2, 1])).json(1) == ["prediction": .double(0.125)])
        #expect(table(numbers([2, 2])).columns == ["prediction0", "prediction1"])
        let nested = table(numbers([2, 2, 1, 2]))
        let places = ["0_0_0", "0_0_1", "1_0_0", "1_0_1"]
        #expect(nested.columns == places.map { "prediction_\($0)" })
        #expect(nested.cells(1) == ["0.5", "0.625", "0.75", "0.875"])
        #expect(
            JSONValue.object(nested.json(1)).text()
                == #"{"prediction":[[[0.5,0.625]],[[0.75,0.875]]]}"#)
    }

    @Test("classes at several places have their probabilities beside them")
    func classes() {
        let classes = NDArray([Int64(1), 0, 0, 1], [2, 2])
        let table = table(numbers([2, 2, 2]), classes, names: ["a", "b"])
        #expect(
            table.columns == [
                "prediction_0", "p_0_a", "p_0_b", "prediction_1", "p_1_a", "p_1_b",
            ])
        #expect(table.cells(1) == ["a", "0.5", "0.625", "b", "0.75", "0.875"])
        #expect(
            JSONValue.object(table.json(1)).text()
                == #"{"prediction":["a","b"],"#
                + #""probabilities":[{"a":0.5,"b":0.625},{"a":0.75,"b":0.875}]}"#)
    }

    @Test("answers of a picture lie as it does, and those of a row are told by name")
    func answers() {
        let picture = table(numbers([1, 1, 2]), NDArray([Int64(0), 1], [1, 1, 2]))
        #expect(picture.columns == ["prediction_0_0", "p_0_0", "prediction_0_1", "p_0_1"])
        #expect(picture.cells(0) == ["0", "0.0", "1", "0.125"])
        #expect(
            JSONValue.object(picture.json(0)).text()
                == #"{"prediction":[[0,1]],"probabilities":[[0.0,0.125]]}"#)
        let row = table(numbers([1, 2]), NDArray([Int64(0), 1], [1, 2]), names: ["x", "y"])
        #expect(row.columns == ["prediction_x", "p_x", "prediction_y", "p_y"])
        #expect(
            JSONValue.object(row.json(0)).text()
                == #"{"prediction":{"x":0,"y":1},"probabilities":{"x":0.0,"y":0.125}}"#)
        let alone = table(numbers([2]), NDArray([Int64(0), 1]))
        #expect(alone.columns == ["prediction", "probability"])
        #expect(alone.cells(1) == ["1", "0.125"])
    }

    @Test("a row with a number that is none predicts nothing")
    func unsound() {
        let table = table(NDArray([.nan, Float(1)], [1, 1, 2]), NDArray([Int64(1)], [1, 1]))
        #expect(table.cells(0) == ["", "nan", "1.0"])
        #expect(table.json(0)["prediction"] == .null)
    }
}
