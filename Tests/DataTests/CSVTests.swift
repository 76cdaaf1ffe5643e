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
            "1,nan\n", .init(),
            "a.csv:1:3: 'nan' is not a finite number; correct it or name its column as the label")
        check("1,2\n3,\n", .init(), "a.csv:2:3: the field is empty; fill it or remove the row")
        check(
            "1,2\n3\n", .init(),
            "a.csv:2:1: this row has 1 fields, the first has 2; complete it or remove it")
        check("1,\"2\n3,4\n", .init(), "a.csv:1:3: a quote is never closed; add the closing one")
        check(
            "1,\"2\"3\n", .init(),
            "a.csv:1:6: text follows a closing quote; double the quotes that belong to the field")
        check(
            "width,depth\n1,2\n", .init(label: .name("widht")),
            "a.csv:1:1: there is no column 'widht'; did you mean 'width'?")
        check(
            "1,2\n", .init(label: .name("x")),
            "a.csv:1:1: there is no header to find column 'x' in; give its number")
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
