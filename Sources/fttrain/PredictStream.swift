import Datasets
import FTJSON
import FTSupport
import Glibc
import Training

/// `fttrain predict RUN --stream`: answers each line of standard input by one, a bad one by its
/// problem.
enum PredictStream {
    static func run(_ predictor: Predictor) throws -> ExitStatus {
        let numbers = predictor.preprocessing.inputs.reduce(0) { $0 + $1.shape.reduce(1, *) }
        var (number, lines, toldUnsound) = (0, InputLines(numbers: numbers), false)
        try checkInput()
        while let line = try lines.next() {
            number += 1
            var answer: JSONObject
            do {
                let predictions: Predictions
                (answer, predictions) = try self.answer(line, number, predictor)
                if !toldUnsound, !predictions.areFinite {
                    toldUnsound = true
                    Terminal.note(
                        "input:\(number): the model's outputs are infinite or no number, and null is "
                            + "written for them, as for further such lines; look for values beyond "
                            + "those of its data")
                }
            } catch {
                answer = ["line": .int(number), "error": .string("\(error)")]
            }
            try Output.write(JSONValue.object(answer).text() + "\n")
        }
        return .success
    }

    /// Throws where standard input can't be read: nobody would tell that from its end.
    private static func checkInput() throws(RunError) {
        var status = stat()
        guard fstat(STDIN_FILENO, &status) == 0 else {
            throw RunError(.data, "--stream: standard input is closed; send JSON objects to it")
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw RunError(.data, "--stream: standard input is a folder; send JSON objects to it")
        }
    }

    private static func answer(
        _ line: String, _ number: Int, _ predictor: Predictor
    ) throws -> (JSONObject, Predictions) {
        let node: JSONNode
        do {
            node = try JSONNode(parsing: line)
        } catch {
            throw DataError("input:\(number)", "this is not a JSON object: \(error.message)")
        }
        guard let encoding = predictor.preprocessing.table else {
            return try answer(ofExample: node, number, predictor)
        }
        return try answer(ofRow: node, number, predictor, encoding)
    }

    /// Of arrays and images.
    private static func answer(
        ofExample node: JSONNode, _ number: Int, _ predictor: Predictor
    ) throws -> (JSONObject, Predictions) {
        let example = try ExampleLine(node, line: number, for: predictor)
        let predictions = try predictor(example.inputs)
        var answer = example.names
        if answer.keys.isEmpty { answer["line"] = .int(number) }
        answer.append(contentsOf: PredictionTable(predictions).json(0))
        if !example.unknownKeys.isEmpty { answer["unknownKeys"] = .strings(example.unknownKeys) }
        return (answer, predictions)
    }

    private static func answer(
        ofRow node: JSONNode, _ number: Int, _ predictor: Predictor, _ encoding: TableEncoding
    ) throws -> (JSONObject, Predictions) {
        let table = try encoding.table(of: node, line: number, in: "input")
        let predictions = try predictor(encoding.encode(table))
        var answer: JSONObject = encoding.ids.isEmpty ? ["line": .int(number)] : [:]
        for (name, id) in zip(encoding.ids, encoding.ids(table, row: 0)) where !id.isEmpty {
            answer[name] = PredictionTable.id(id)
        }
        // A row without an id has its line.
        if answer.keys.isEmpty { answer["line"] = .int(number) }
        answer.append(contentsOf: PredictionTable(predictions).json(0))
        let unknown = encoding.unknownWords(table).map(\.column)
        if !unknown.isEmpty { answer["unknownWords"] = .strings(unknown) }
        let imputed = encoding.imputed(table, row: 0)
        if !imputed.isEmpty { answer["imputed"] = .strings(imputed) }
        let notes = encoding.notes(on: table, rows: [0])
        if !notes.isEmpty { answer["notes"] = .strings(notes) }
        let keys = Set(encoding.columns.map(\.name) + encoding.labels.map(\.name))
        let others = node.members?.map(\.key).filter { !keys.contains($0) } ?? []
        if !others.isEmpty { answer["unknownKeys"] = .strings(others) }
        return (answer, predictions)
    }
}
