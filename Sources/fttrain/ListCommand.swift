import FTConfig
import FTJSON
import FTSupport
import Training

/// `fttrain list [WHAT]`: everything that a config can name; as JSON, what the schema says of it.
enum ListCommand {
    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        let schema = RunSchema.schema
        func show(_ text: String, _ json: JSONValue) -> ExitStatus {
            Terminal.print(invocation.flag("json") ? json.text() : text)
            return .success
        }
        guard let what = invocation.arguments.first else {
            return show(
                "keys\n\(schema.describeKeys())\n\n\(schema.describe())", schema.jsonSchema)
        }
        if what == "keys" { return show(schema.describeKeys(), schema.jsonSchema) }
        if let union = schema.unions.first(where: { $0.plural == what || $0.name == what }) {
            return show(union.describe(), schema.unionSchema(union))
        }
        let found = schema.unions.compactMap { union in union[what].map { (union.name, $0) } }
        guard found.isEmpty else {
            var json = JSONObject()
            for (kind, variant) in found { json.append(kind, schema.variantSchema(variant)) }
            let texts = found.map { "\($0) \($1.describe())" }
            return show(texts.joined(separator: "\n\n"), .object(json))
        }
        if let text = schema.describeKey(what) {
            return show(text, ["key": .string(what), "text": .string(text)])
        }
        let groups = ["keys"] + schema.unions.map(\.plural)
        let names = schema.unions.flatMap { $0.variants.map(\.name) }
        let near = Suggestion.nearest(to: what, among: groups + names + schema.keyPaths)
        let hint =
            near.map { "Did you mean '\($0)'?" }
            ?? "There are \(groups.joined(separator: ", "))."
        throw UsageError("list: there is nothing called '\(what)'. \(hint)")
    }
}

/// `fttrain schema`: the JSON Schema of configs.
enum SchemaCommand {
    static func run() -> ExitStatus {
        Terminal.print(RunSchema.schema.jsonSchema.text(.pretty))
        return .success
    }
}
