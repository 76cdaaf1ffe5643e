import Testing

@testable import Datasets

@Suite("Lists of columns and labels")
struct LabelListTests {
    private let folder = TemporaryFolder()

    private func set(
        _ text: String, _ label: CSV.Label, _ types: [String: ColumnKind] = [:]
    ) throws -> TableSet {
        var options = TableOptions()
        options.label = label
        options.types = types
        return try TableSet([folder.write("t.csv", text)], options)
    }

    @Test("items stand between commas, one with a comma in quotes")
    func items() {
        let lists: [(String, [String]?)] = [
            ("a,b", ["a", "b"]), ("\"a,b\",c", ["a,b", "c"]), ("a", ["a"]), ("", []),
            ("\"a,b\"=skip,c=id", ["a,b=skip", "c=id"]),
            ("\"say \"\"x\"\"\",b", ["say \"x\"", "b"]),
            ("\"a,b", nil), ("a,,b", ["a", "b"]), ("a\"b,c", ["a\"b", "c"]), ("\"\",-", ["", "-"]),
        ]
        for (text, items) in lists {
            #expect(QuotedList.read(text)?.map(\.text) == items, "\(text)")
        }
        for name in ["a,b", "\"x\"", "plain", "say \"x\", y"] {
            #expect(QuotedList.read(QuotedList.item(name))?.map(\.text) == [name])
        }
    }

    @Test("a column whose name has a comma can be one of several labels")
    func quoted() throws {
        let text = "x,\"a,b\",c\n1,2.5,3\n2,3.5,4\n"
        #expect(try set(text, .name("\"a,b\",c")).labels.map(\.name) == ["a,b", "c"])
        #expect(try set(text, .name("\"a,b\"")).labels.map(\.name) == ["a,b"])
        #expect(
            folder.sentence { try set(text, .name("a,b,c")) }?.contains("stands in quotes") == true)
        #expect(
            folder.sentence { try set(text, .name("\"a,b")) }?.contains("a quote isn't closed")
                == true)
    }

    @Test(
        "an option in a sentence names any column as a shell and a list take it",
        arguments: ["a b", "a,b", "$x", "it's", "say \"x\"", "\"q\"", "a=b", "plain", "*", ""])
    func pasted(name: String) throws {
        func read(_ option: String) -> [String]? {
            let word = option.drop { $0 != " " }.dropFirst()
            let text =
                word.hasPrefix("'")
                ? String(word.dropFirst().dropLast()).replacing("'\\''", with: "'") : String(word)
            return QuotedList.read(text)?.map(\.text)
        }
        #expect(read(ColumnOption.types(name, .skip)) == ["\(name)=skip"])
        #expect(read(ColumnOption.types([name, "b"], .id)) == ["\(name)=id", "b=id"])
        #expect(name.isEmpty || read(ColumnOption.label([name, "7"])) == [name, "7"])
    }

    @Test("so do those of columns of dates")
    func dates() throws {
        let rows = (0..<8).map { "\($0 + 13)/12/24,\($0)\n" }
        let sentence = folder.sentence { try set("\"due $, EU\",y\n\(rows.joined())", .last) }
        #expect(
            sentence?.contains(
                #"--types '"due $, EU"=skip', or say that they are words: --types "#
                    + #"'"due $, EU"=category'"#) == true, "\(sentence ?? "none")")
        #expect(ColumnOption.label(["7"]) == #"--label '"7"'"#)
    }

    @Test("several are named, and what numbers would mean is told")
    func places() throws {
        let text = "x,\"p,q\",b\n1,2.5,3\n2,3.5,4\n"
        #expect(
            folder.sentence { try set(text, .name("1,2")) }
                == "t.csv: --label 1,2: several labels are named, not counted; those columns from 0 "
                + "on are --label '\"p,q\",b'")
        var options = TableOptions()
        options.columns = ["2"]
        options.label = .first
        #expect(
            folder.sentence { try TableSet([folder["t.csv"]], options) }
                == "t.csv: there is no column '2'; columns are named; number 2 from 0 is 'b'")
        let numbered = "1,0,x\n1,2,3\n4,5,6\n"
        var named = TableOptions()
        named.hasHeader = true
        named.label = .index(0)
        _ = folder.write("t.csv", numbered)
        #expect(
            folder.sentence { try TableSet([folder["t.csv"]], named) }?.contains(
                "--label 0 may be the column called '0' or column 0 from 0, '1'") == true)
        named.label = .name("\"0\"")
        #expect(try TableSet([folder["t.csv"]], named).label?.name == "0")
    }

    @Test(
        "a label can't be left out, tell rows apart or be a date",
        arguments: [.skip, .id, .date] as [ColumnKind])
    func kinds(kind: ColumnKind) {
        let sentence = folder.sentence { try set("x,y\n1,2\n2,3\n", .last, ["y": kind]) } ?? ""
        #expect(sentence.hasPrefix("t.csv: --types y=\(kind.rawValue): 'y' is what is to be"))
    }

    @Test("runs that could be made are named where labels don't go together")
    func runs() {
        let sentence = folder.sentence {
            try set("x,a,b,c,d\n1,u,2.5,p,3\n2,v,3.5,q,4\n3,u,1,r,9\n", .name("a,b,c,d"))
        }
        #expect(
            sentence?.hasSuffix("of each other one: --label a; --label b,d; --label c") == true,
            "\(sentence ?? "none")")
    }
}
