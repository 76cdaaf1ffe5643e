import FTConfig
import FTJSON
import Testing

private let kitchen = ConfigSchema(
    title: "Kitchen",
    fields: [
        .int("plates", default: 4, min: 1, max: 9, doc: "how many"),
        .number("heat", above: 0, below: 1, doc: "of the stove").optional,
        .string("mode", default: "fry", oneOf: ["fry", "boil"], doc: "what to do").optional,
        .object("oven", doc: "the oven", [.bool("on", default: false, doc: "whether it is hot")]),
        .array("pots", of: .union("pot"), minCount: 1, doc: "on the stove"),
    ],
    unions: [
        Union(
            name: "pot", allowsShorthand: true,
            variants: [
                Variant(
                    name: "pan", summary: "A pan.",
                    fields: [.number("size", default: 0.5, min: 0, doc: "in metres")]),
                Variant(
                    name: "stack", summary: "Pots in a pot.",
                    fields: [.array("pots", of: .union("pot"), doc: "the inner pots")]),
            ])
    ])

@Suite("What a schema says about itself")
struct DocumentationTests {
    @Test("generates a JSON Schema for editors")
    func jsonSchema() {
        #expect(
            kitchen.jsonSchema == [
                "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Kitchen",
                "type": "object",
                "properties": [
                    "$schema": ["type": "string"],
                    "plates": [
                        "description": "how many", "type": "integer", "minimum": 1, "maximum": 9,
                        "default": 4,
                    ],
                    "heat": [
                        "description": "of the stove", "type": ["number", "null"],
                        "exclusiveMinimum": 0, "exclusiveMaximum": 1,
                    ],
                    "mode": [
                        "description": "what to do", "type": ["string", "null"],
                        "enum": ["fry", "boil", .null],
                    ],
                    "oven": [
                        "description": "the oven", "type": "object",
                        "properties": [
                            "on": [
                                "description": "whether it is hot", "type": "boolean",
                                "default": false,
                            ]
                        ],
                        "additionalProperties": false,
                    ],
                    "pots": [
                        "description": "on the stove", "type": "array", "minItems": 1,
                        "items": ["$ref": "#/$defs/pot"],
                    ],
                ],
                "required": ["pots"], "additionalProperties": false,
                "$defs": ["pot": ["oneOf": [pan, stack, ["enum": ["pan"]]]]],
            ])
    }

    private let pan: JSONValue = [
        "description": "A pan.", "type": "object",
        "properties": [
            "type": ["const": "pan"],
            "size": [
                "description": "in metres", "type": "number", "minimum": 0, "default": 0.5,
            ],
        ],
        "required": ["type"], "additionalProperties": false,
    ]

    private let stack: JSONValue = [
        "description": "Pots in a pot.", "type": "object",
        "properties": [
            "type": ["const": "stack"],
            "pots": [
                "description": "the inner pots", "type": "array", "items": ["$ref": "#/$defs/pot"],
            ],
        ],
        "required": ["type", "pots"], "additionalProperties": false,
    ]

    @Test("lists variants with their options and defaults in aligned columns")
    func list() {
        #expect(
            kitchen.describe() == """
                pots
                  pan    A pan.
                      size  number ≥ 0  default 0.5  in metres
                  stack  Pots in a pot.
                      pots  [pot]  required  the inner pots
                """)
    }

    @Test("lists the keys of the config")
    func keys() {
        #expect(
            kitchen.describeKeys() == """
                  plates   integer from 1 to 9  default 4      how many
                  heat     number > 0 and < 1   optional       of the stove
                  mode     fry | boil           optional       what to do
                  oven     object                              the oven
                  oven.on  bool                 default false  whether it is hot
                  pots     [pot]                required       on the stove
                """)
    }

    @Test("shows a default variant by its name, and lets what is optional be null")
    func optionalsAndVariants() {
        let rows = trainingSchema.describeKeys().split(separator: "\n")
        #expect(rows.contains { $0.hasPrefix("  schedule ") && $0.contains(" default constant") })
        let data = trainingSchema.jsonSchema["properties"]?["data"]?["properties"]
        guard case .array(let choices)? = data?["validation"]?["anyOf"] else {
            Issue.record("an optional object must have an alternative")
            return
        }
        #expect(choices.last == ["type": "null"])
    }
}

@Suite("Differences between two configs")
struct DifferenceTests {
    private func changes(_ overrides: String...) throws -> [String] {
        let old = try read(goodConfig).effective
        let new = try trainingSchema.read(goodConfig, file: "c", overrides: overrides).effective
        return ConfigDifference.between(old, new).map(\.description)
    }

    @Test("are listed by key with both values")
    func list() throws {
        #expect(try changes() == [])
        #expect(
            try changes("training.epochs=20", "model.layers.0.units=3", "training.clipNorm=1") == [
                "model.layers[0].units: 512 → 3", "training.epochs: 10 → 20",
                "training.clipNorm: null → 1.0",
            ])
    }

    @Test("name what was added and what is gone")
    func additions() throws {
        let shorter = try changes("metrics=[\"accuracy\"]")
        #expect(
            shorter == [
                #"metrics[1]: {"type":"topK","k":3} → (none)"#
            ])
        #expect(
            try changes("schedule={\"type\":\"constant\"}") == [
                #"schedule.type: "cosine" → "constant""#, "schedule.warmupSteps: 100 → (none)",
            ])
    }

    @Test("show a list of plain values whole")
    func plainLists() {
        let found = ConfigDifference.between(["a": [1, 2]], ["a": [1, 3, 4]])
        #expect(found.map(\.description) == ["a: [1,2] → [1,3,4]"])
    }

    @Test("know whether they lie inside a part")
    func inside() {
        let change = ConfigDifference.between(
            ["model": ["layers": [["units": 1]]]], ["model": ["layers": [["units": 2]]]])[0]
        #expect(change.isInside("model"))
        #expect(change.isInside("model.layers"))
        #expect(change.isInside("model.layers[0].units"))
        #expect(!change.isInside("mod"))
        #expect(!change.isInside("data"))
    }
}
