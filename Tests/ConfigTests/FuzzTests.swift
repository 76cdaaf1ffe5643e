import FTConfig
import FTJSON
import Testing

@Suite("No input stops the program")
struct FuzzTests {
    @Test("a changed config is read or refused", arguments: 0..<8)
    func configs(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        let original = Array(goodConfig.utf8)
        for _ in 0..<400 {
            let bytes = mutated(original, &random)
            do throws(ConfigError) {
                let value = try trainingSchema.read(bytes, file: "c.json", overrides: [])
                expectStable(value)
            } catch {
                expectSensible(error)
            }
        }
    }

    @Test("a config with values swapped for others is read or refused", arguments: 0..<8)
    func trees(seed: Int) throws {
        var random = SplitMix(seed: UInt64(seed) + 100)
        let root = try JSONNode(parsing: goodConfig)
        for _ in 0..<400 {
            var node = root
            for _ in 0...random.below(3) { replaceSomething(in: &node, &random) }
            do throws(ConfigError) {
                expectStable(try trainingSchema.read(node, file: "c.json"))
            } catch {
                expectSensible(error)
            }
        }
    }

    @Test("any overrides are applied or refused", arguments: 0..<4)
    func overrides(seed: Int) {
        var random = SplitMix(seed: UInt64(seed) + 200)
        let pieces = [
            "model", "layers", "0", "[1]", ".", ".", "=", "units", "=3", "{", "}", "\"", "data",
            "[", "]", "99999999999999999999", "-1", "type", "é", "training.epochs", "null", "1e999",
        ]
        for _ in 0..<1000 {
            let arguments = (0...random.below(2)).map { _ in
                (0...random.below(8)).map { _ in pieces[random.below(pieces.count)] }.joined()
            }
            do throws(ConfigError) {
                let value = try trainingSchema.read(
                    goodConfig, file: "c.json", overrides: arguments)
                expectStable(value)
            } catch {
                expectSensible(error)
            }
        }
    }

    @Test("what the parser reads, the writer writes and the parser reads again", arguments: 0..<8)
    func documents(seed: Int) throws {
        var random = SplitMix(seed: UInt64(seed) + 300)
        let original = Array(
            #"{"a":[1,-2.5e3,"x\u00e9\ud83d\ude00\n",true,null],"é":{"b":{},"c":[]},"d":0.1}"#.utf8)
        for _ in 0..<1000 {
            let bytes = mutated(original, &random)
            do throws(JSONError) {
                let value = JSONValue(try JSONNode(parsing: bytes))
                let again = try JSONNode(parsing: value.utf8(.pretty))
                #expect(JSONValue(again).text() == value.text())
            } catch {
                #expect(error.line >= 1 && error.column >= 1)
                #expect(!error.message.isEmpty)
            }
        }
    }

    private func expectStable(_ value: ConfigValue) {
        let text = value.effective.text()
        let again = try? trainingSchema.read(text, file: "again.json")
        #expect(again?.effective == value.effective)
    }

    private func expectSensible(_ error: ConfigError) {
        #expect(!error.issues.isEmpty)
        #expect(error.issues.allSatisfy { !$0.message.isEmpty })
        let places = error.issues.map(\.location)
        #expect(places == places.sorted())
        #expect(error.description.utf8.allSatisfy { $0 >= 0x20 || $0 == 0x0A })
    }

    private func mutated(_ original: [UInt8], _ random: inout SplitMix) -> [UInt8] {
        var bytes = original
        let alphabet =
            Array("{}[]:,\"\\0123456789.eE+-tfnu /x\n\t".utf8) + [0, 0x80, 0xE2, 0xF0, 0xFF]
        for _ in 0...random.below(4) where !bytes.isEmpty {
            let place = random.below(bytes.count)
            switch random.below(5) {
            case 0: bytes[place] = alphabet[random.below(alphabet.count)]
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(alphabet[random.below(alphabet.count)], at: place)
            case 3: bytes.removeSubrange(place..<min(place + random.below(30), bytes.count))
            default:
                let end = min(place + random.below(30), bytes.count)
                bytes.insert(contentsOf: bytes[place..<end], at: random.below(bytes.count))
            }
        }
        return bytes
    }

    private func replaceSomething(in node: inout JSONNode, _ random: inout SplitMix) {
        let here = random.below(4) == 0
        switch node.value {
        case .object(var members) where !here && !members.isEmpty:
            let index = random.below(members.count)
            replaceSomething(in: &members[index].node, &random)
            node.value = .object(members)
        case .array(var elements) where !here && !elements.isEmpty:
            let index = random.below(elements.count)
            replaceSomething(in: &elements[index], &random)
            node.value = .array(elements)
        default:
            let values: [JSONValue] = [
                .null, true, 0, -1, 3, 1e300, 0.5, "", "linear", "\u{1B}\u{0}", [], [1, [2]], [:],
                ["type": "relu"], ["type": 3], ["type": "residual", "layers": [["type": "relu"]]],
            ]
            node = JSONNode(copying: values[random.below(values.count)], at: node.position)
        }
    }
}
