import FTJSON
import FTSupport

extension Profile {
    /// The events as JSON in the trace event format, which chrome://tracing and ui.perfetto.dev
    /// draw: forward and backward as two rows, and the memory held by results as a curve.
    public var chromeTrace: String {
        var entries = [
            Profile.rowName(1, "forward"), Profile.rowName(2, "backward"),
        ]
        for event in events {
            entries.append(Profile.entry(event))
            let end = Profile.microseconds(event.start + event.seconds)
            entries.append(
                "{\"name\":\"memory\",\"ph\":\"C\",\"pid\":1,\"ts\":\(end),"
                    + "\"args\":{\"bytes\":\(event.liveBytes)}}")
        }
        let list = entries.joined(separator: ",\n")
        return "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n\(list)\n]}\n"
    }

    private static func rowName(_ row: Int, _ name: String) -> String {
        "{\"name\":\"thread_name\",\"ph\":\"M\",\"pid\":1,\"tid\":\(row),"
            + "\"args\":{\"name\":\"\(name)\"}}"
    }

    private static func entry(_ event: Event) -> String {
        let category = event.isBackward ? "backward" : "forward"
        let shapes = event.shapes.map { "\($0)" }.joined(separator: " ")
        let place = event.place.map { ",\"place\":\(quoted($0))" } ?? ""
        return "{\"name\":\(quoted(event.name)),\"cat\":\"\(category)\",\"ph\":\"X\",\"pid\":1,"
            + "\"tid\":\(event.isBackward ? 2 : 1),\"ts\":\(microseconds(event.start)),"
            + "\"dur\":\(microseconds(event.seconds)),"
            + "\"args\":{\"inputs\":\(quoted(shapes))\(place)}}"
    }

    private static func microseconds(_ seconds: Double) -> String {
        Format.fixed(seconds * 1e6, 3)
    }

    private static func quoted(_ text: String) -> String { JSONValue.string(text).text() }
}
