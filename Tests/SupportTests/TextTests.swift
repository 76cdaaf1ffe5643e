import FTSupport
import Testing

@Suite("Numbers, times and tables as text")
struct TextTests {
    @Test(
        "a word of a command is quoted where a shell would read it otherwise",
        arguments: [
            ("runs/mlp-001", "runs/mlp-001"), ("training.epochs=6", "training.epochs=6"),
            ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("", "''"), ("$HOME", "'$HOME'"),
            ("données/é.csv", "données/é.csv"), ("layers[0]={}", "'layers[0]={}'"),
            ("~", "'~'"), ("a;b", "'a;b'"), ("*", "'*'"),
        ])
    func shellWord(text: String, word: String) { #expect(text.shellWord == word) }

    @Test("groups thousands and counts things")
    func whole() {
        let expected = [
            0: "0", 999: "999", 1000: "1,000", -1000: "-1,000", 535_818: "535,818",
            -999_999: "-999,999", .max: "9,223,372,036,854,775,807",
            .min: "-9,223,372,036,854,775,808",
        ]
        for (value, text) in expected { #expect(Format.grouped(value) == text) }
        #expect(Format.whole(25_180.4) == "25,180")
        #expect(Format.whole(.nan) == "nan")
        #expect(Format.whole(1e20) == "100000000000000000000")
        #expect(Format.count(1, "epoch") == "1 epoch")
        #expect(Format.count(0, "epoch") == "0 epochs")
        #expect(Format.count(1000, "epoch") == "1,000 epochs")
        #expect(Format.digits(42, 4) == "0042")
        #expect(Format.digits(12_345, 4) == "12345")
    }

    @Test("gives decimals and significant digits")
    func decimals() {
        #expect(Format.fixed(2.0 / 3, 3) == "0.667")
        #expect(Format.fixed(-0.04, 1) == "-0.0")
        #expect(Format.fixed(-.infinity, 2) == "-inf")
        #expect(Format.fixed(-.nan, 2) == "nan")
        #expect(Format.fixed(1e300, 0).count == 301)
        #expect(Format.short(0.123456) == "0.1235")
        #expect(Format.short(1_234_567, digits: 7) == "1234567")
        #expect(Format.short(1e-9) == "1e-09")
        #expect(Format.measure(0.25) == "0.2500")
        #expect(Format.measure(0) == "0.0000")
        #expect(Format.measure(0.000_25) == "2.500e-04")
        #expect(Format.measure(-123_456) == "-123456")
        #expect(Format.measure(1_253_070.4) == "1253070")
        #expect(Format.short(1_253_070.4, digits: 6) == "1253070")
        #expect(Format.short(-123_456) == "-123456")
        for format in [{ Format.measure($0) }, { Format.short($0, digits: 6) }] {
            let edges: [Double] = [
                99_999.99999, 999_999_999, 999_999_999.5, -99_999_999.4, -99_999_999.6, 1e300,
                -.infinity, .infinity,
            ]
            #expect(edges.allSatisfy { format($0).count <= 11 }, "\(edges.map(format))")
            #expect(format(999_999_999) == "999999999" && format(1e9).contains("e+09"))
        }
        #expect(Format.rate(0.001) == "1.0e-03")
    }

    @Test(
        "gives shares, durations and sizes in memory",
        arguments: [
            (Format.share(0.5), "50 %"), (Format.share(0.004), "0.4 %"),
            (Format.share(0.0001), "< 0.1 %"), (Format.share(0), "0.0 %"),
            (Format.duration(8.44), "8.4 s"), (Format.duration(59.96), "1:00"),
            (Format.duration(65), "1:05"), (Format.duration(7385), "2:03:05"),
            (Format.duration(.nan), "?"), (Format.duration(-1), "?"),
            (Format.bytes(0), "0 bytes"), (Format.bytes(1), "1 byte"),
            (Format.bytes(1023), "1023 bytes"), (Format.bytes(2048), "2.0 KiB"),
            (Format.bytes(-2048), "-2.0 KiB"), (Format.bytes(9_877_586), "9.42 MiB"),
            (Format.bytes(3 << 30), "3.00 GiB"), (Format.mebibytes(1 << 20), "1.00"),
            (Format.shape([28, 28]), "28×28"), (Format.shape([]), "scalar"),
            (Format.shape(Array(repeating: 2, count: 13)), "2×2×2×2×2×2×2×2×2×2×2×2×…"),
        ])
    func units(text: String, expected: String) { #expect(text == expected) }

    @Test("a path in a command is no option, no setting and one word")
    func shellPaths() {
        #expect(
            ["-run", "a=b", "a b", "x/a=b", "runs/a"].map(\.shellPath) == [
                "./-run", "./a=b", "'a b'", "x/a=b", "runs/a",
            ])
    }

    @Test("writes moments in ISO 8601")
    func timestamps() {
        #expect(Clock.timestamp(secondsSince1970: 0) == "1970-01-01T00:00:00Z")
        #expect(Clock.timestamp(secondsSince1970: 951_782_399) == "2000-02-28T23:59:59Z")
        #expect(Clock.timestamp(secondsSince1970: 951_782_400) == "2000-02-29T00:00:00Z")
        #expect(Clock.timestamp().count == 20)
    }

    @Test("has a clock that goes forward")
    func clock() {
        let start = Clock.seconds()
        #expect(Clock.seconds() >= start)
    }

    @Test("aligns columns and leaves out those without cells")
    func table() {
        var table = TextTable([.text("name"), .number("none"), .number("count"), .text("note")])
        table.append(["weights", "", "12"])
        table.append(["bä", "", "1,000", "x", "too many"])
        #expect(
            table.lines == [
                "name     count  note",
                "weights     12",
                "bä       1,000  x",
            ])
        #expect(TextTable([.text("name")]).lines == [""])
    }

    @Test("aligns rows of different lengths")
    func rows() {
        let rows = [["a", "bb", "c"], ["aaa"], ["", "b"]]
        #expect(
            TextTable.aligned(rows, indent: 1, gap: 1) == [" a   bb c", " aaa", "     b"])
    }

    @Test("escapes in a text what steers a terminal, not ends of lines and joiners")
    func harmlessText() {
        let text = "a\r\nb\tc\u{200D}d\u{1B}[2J\re\u{0}\u{202E}"
        #expect(
            text.harmlessText == "a\nb\tc\u{200D}d\\u{1b}[2J\\u{d}e\\u{0}\\u{202e}")
        #expect("plain".harmlessText == "plain")
    }

    @Test("runs threads")
    func threads() {
        nonisolated(unsafe) var answer = 0
        POSIXThread { answer = 42 }.join()
        #expect(answer == 42)
    }
}
