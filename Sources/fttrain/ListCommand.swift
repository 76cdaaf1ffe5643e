import FTConfig
import FTJSON
import FTSupport
import Training

/// `fttrain list [WHAT]`: everything that a config can name.
enum ListCommand {
    static func run(_ invocation: CommandInvocation) throws -> ExitStatus {
        let schema = RunSchema.schema
        guard let what = invocation.arguments.first else {
            Terminal.print("keys\n\(schema.describeKeys())\n\n\(schema.describe())")
            return .success
        }
        if what == "keys" {
            Terminal.print(schema.describeKeys())
            return .success
        }
        if let union = schema.unions.first(where: { $0.plural == what || $0.name == what }) {
            Terminal.print(union.describe())
            return .success
        }
        let found = schema.unions.compactMap { union in
            union[what].map { "\(union.name) \($0.describe())" }
        }
        guard found.isEmpty else {
            Terminal.print(found.joined(separator: "\n\n"))
            return .success
        }
        let groups = ["keys"] + schema.unions.map(\.plural)
        let names = schema.unions.flatMap { $0.variants.map(\.name) }
        let near = Suggestion.nearest(to: what, among: groups + names)
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
