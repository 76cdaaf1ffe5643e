import Tensor
import Testing

@testable import Datasets

@Suite("CSV tables")
struct CSVTests {
    let folder = TemporaryFolder()

    private func read(_ text: String, _ options: CSV.Options = .init()) throws -> CSV.Table {
        try CSV.read(folder.write("a.csv", text), options)
    }

    @Test("numbers with and without a header")
    func plain() throws {
        let headed = try read("width,height\n1,2.5\n-3e2, 4 \n")
        #expect(headed.columns == ["width", "height"])
        #expect(same(headed.inputs, NDArray([1, 2.5, -300, 4] as [Float], [2, 2])))
        #expect(headed.targets == nil)
        let bare = try read("1,2\n3,4")
        #expect(bare.columns == ["column0", "column1"])
        #expect(bare.inputs.shape == [2, 2])
        #expect(try read("1,2\n3,4\n", .init(hasHeader: true)).columns == ["1", "2"])
    }

    @Test(
        "the label column is found by place, number or name",
        arguments: [
            (CSV.Label.first, [7, 8], [1, 2, 4, 5] as [Float]),
            (.last, [2, 5], [7, 1, 8, 4]),
            (.index(1), [1, 4], [7, 2, 8, 5]),
            (.name("b"), [1, 4], [7, 2, 8, 5]),
        ])
    func labels(label: CSV.Label, targets: [Int], inputs: [Float]) throws {
        let table = try read("a,b,c\n7,1,2\n8,4,5\n", .init(label: label))
        #expect(table.targets?.values(as: Int.self) == targets)
        #expect(table.inputs.values(as: Float.self) == inputs)
        #expect(table.targets?.dtype == .int64)
        #expect(table.columns.count == 2)
    }

    @Test("labels may be words or fractions")
    func labelKinds() throws {
        let words = try read("1,cat\n2,ant\n3,cat\n", .init(label: .last))
        #expect(words.classes == ["ant", "cat"])
        #expect(words.targets?.values(as: Int.self) == [1, 0, 1])
        let fractions = try read("1,0.5\n2,3\n", .init(label: .last))
        #expect(fractions.targets?.dtype == .float32)
        #expect(fractions.targets?.values(as: Float.self) == [0.5, 3])
    }

    @Test(
        "a label that isn't like the others is named, not made a class of",
        arguments: [
            ("1,2\n3,4\n5,n/a\n", 3, "the label 'n/a' is a word, most are numbers; correct it"),
            ("1,2\n3,\"4 \"\n5,6\n", 2, "the label '4 ' is a word, most are numbers; correct it"),
            ("1,2\n3,1O\n", 2, "the label '1O' is a word, most are numbers; correct it"),
            ("1,ant\n3,7\n5,bee\n", 2, "the label '7' is a number, most are words; correct it"),
            ("1,2\n3,nan\n", 2, "the label 'nan' is not a finite number; write it like 1234.5"),
            ("1,2\n3,0x10\n", 2, "the label '0x10' is not a finite number; write it like 1234.5"),
            ("1,2\n3,1e39\n", 2, "the label '1e39' is not a finite number; write it like 1234.5"),
            (
                "1,999\n3,\"1,234\"\n", 2,
                "the label '1,234' is not a finite number; write it like 1234.5"
            ),
        ])
    func oddLabels(text: String, line: Int, problem: String) throws {
        #expect(
            folder.sentence { try read(text, .init(label: .last)) }
                == "a.csv:\(line):3: \(problem), or read all labels as words (--words)")
        let words = try read(text, .init(label: .last, labelsAreWords: true))
        #expect(Set(words.classes).count == words.classes.count && words.classes.count >= 2)
        #expect(words.targets?.shape == [words.inputs.shape[0]])
    }

    @Test("numbers with a decimal comma are no classes, dates and ranges are")
    func decimalComma() throws {
        let options = CSV.Options(label: .last, separator: ";")
        #expect(
            folder.sentence { try read("1;10,5\n2;9,5\n", options) }?
                .hasPrefix("a.csv:1:3: the label '10,5' is not a finite number") == true)
        #expect(try read("1;10-19\n2;2026-01-31\n", options).classes == ["10-19", "2026-01-31"])
    }

    @Test("a header with a number is asked for")
    func numberedHeader() throws {
        let text = "2019,label\n1,7\n2,10\n"
        #expect(
            folder.sentence { try read(text, .init(label: .last)) }?
                .hasSuffix("; if this is the header, say so (--header)") == true)
        let table = try read(text, .init(hasHeader: true, label: .last))
        #expect(table.targets?.values(as: Int.self) == [7, 10])
    }

    @Test("labels of several tables are numbered together")
    func together() throws {
        func labels(_ text: String) throws -> CSVLabels {
            let path = folder.write("b.csv", text)
            return try #require(try CSV.readLabels(path, .init(label: .last)).labels)
        }
        let words = try [labels("1,cat\n2,ant\n"), labels("1,bee\n2,cat\n")]
        let (targets, classes) = try CSVLabels.targets(of: words)
        #expect(classes == ["ant", "bee", "cat"])
        #expect(targets.map { $0.values(as: Int.self) } == [[2, 0], [1, 2]])
        let numbers = try [labels("1,2\n"), labels("1,2.5\n")]
        #expect(try CSVLabels.targets(of: numbers).targets.map(\.dtype) == [.float32, .float32])
        #expect(
            folder.sentence { try CSVLabels.targets(of: [words[0], numbers[0]]) }
                == "b.csv: its labels are numbers, those of b.csv words; correct one of them, or read "
                + "all labels as words (--words)")
    }

    @Test("what is no text is refused and not repaired")
    func encodings() {
        func sentence(_ bytes: [UInt8]) -> String? {
            folder.sentence { try CSV.read(folder.write("a.csv", bytes), .init(label: .last)) }
        }
        let remedy = "the field is not valid UTF-8 text; save the file as UTF-8"
        #expect(sentence(Array("1,ab\n2,".utf8) + [0xE9, 10]) == "a.csv:2:3: \(remedy)")
        #expect(
            sentence(Array("1,2\n2,".utf8) + [50, 0, 57, 10])
                == "a.csv:2:3: the field holds a NUL byte, which no text does; save the file as UTF-8 text"
        )
        #expect(
            sentence(Array("\"1".utf8) + [0xFF] + Array("\",2\n".utf8)) == "a.csv:1:1: \(remedy)")
        #expect(sentence([0xFF, 0xFE, 49, 0]) == "a.csv: the text is UTF-16; save it as UTF-8")
        #expect(
            sentence(Array("a,b\r1,2\r".utf8))
                == "a.csv: its lines end in CR alone; save it with LF or CRLF")
    }

    @Test("long tables come back as they were written")
    func longRoundTrip() throws {
        let inputs = NDArray.range(0, 200_000, on: CPUBackend.shared).cast(to: .float32).reshape([
            100_000, 2,
        ])
        let targets = NDArray.range(0, 100_000, on: CPUBackend.shared)
        try CSV.write(inputs, targets: targets, to: folder["a.csv"])
        let table = try CSV.read(folder["a.csv"], .init(label: .last))
        #expect(same(table.inputs, inputs))
        #expect(table.targets.map { same($0, targets) } == true)
    }

    @Test("quotes, CRLF, a byte order mark, empty lines and other separators")
    func forms() throws {
        let quoted = try read(
            "\"a \"\"b\"\"\",\"c,d\",\"e\nf\"\r\n\r\n\"1\",2,3\r\n4,5,6\r\n\n")
        #expect(quoted.columns == ["a \"b\"", "c,d", "e\nf"])
        #expect(quoted.inputs.values(as: Float.self) == [1, 2, 3, 4, 5, 6])
        let marked = try read("\u{FEFF}x;y\n1;2\n", .init(label: .name("x"), separator: ";"))
        #expect(marked.targets?.values(as: Int.self) == [1])
    }

    @Test("mistakes name line and column")
    func mistakes() {
        func check(_ text: String, _ options: CSV.Options, _ sentence: String) {
            #expect(folder.sentence { try read(text, options) } == sentence)
        }
        check("", .init(), "a.csv: the file is empty; make it again")
        check("\n\n", .init(), "a.csv: the table has no rows; fill it")
        check("a,b\n", .init(), "a.csv: the table has no rows; fill it")
        check(
            "1\n", .init(label: .last), "a.csv: the only column is the label; add columns of inputs"
        )
        check(
            "a,b\n1,2\n3,x\n", .init(),
            "a.csv:3:3: 'x' is not a finite number; correct it or name its column as the label")
        check(
            "a,b\n1,2\n3,\"1,5\"\n", .init(),
            "a.csv:3:3: '1,5' is not a finite number (write 1.5); correct it or name its column as "
                + "the label")
        check(
            "1,nan\n", .init(),
            "a.csv:1:3: 'nan' is not a finite number; correct it or name its column as the label; "
                + "if this is the header, say so (--header)")
        check("1,2\n3,\n", .init(), "a.csv:2:3: the field is empty; fill it or remove the row")
        check(
            "1,2\n3\n", .init(),
            "a.csv:2:1: this row has 1 field, the first has 2; complete it or remove it")
        check("1,\"2\n3,4\n", .init(), "a.csv:1:3: a quote is never closed; add the closing one")
        check(
            "1,\"2\"3\n", .init(),
            "a.csv:1:6: text follows a closing quote; double the quotes that belong to the field")
        check(
            "width,depth\n1,2\n", .init(label: .name("widht")),
            "a.csv:1:1: there is no column 'widht'; did you mean 'width'?")
        check(
            "1,2\n", .init(label: .name("x")),
            "a.csv:1:1: there is no header to find column 'x' in; give its number, or say that there "
                + "is one (--header)")
        check(
            "1,2\n", .init(label: .index(2)),
            "a.csv:1:1: there is no column 2; the columns are 0 to 1")
    }

    @Test("tables come back as they were written")
    func roundTrip() throws {
        let inputs = NDArray([0.1, -2, 1e-20, 3e7] as [Float], [2, 2])
        let targets = NDArray([3, 4])
        try CSV.write(inputs, targets: targets, columns: ["a", "b,c"], to: folder["a.csv"])
        let table = try CSV.read(folder["a.csv"], .init(label: .name("label")))
        #expect(table.columns == ["a", "b,c"])
        #expect(same(table.inputs, inputs))
        #expect(table.targets.map { same($0, targets) } == true)
    }
}
