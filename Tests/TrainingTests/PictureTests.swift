import FTJSON
import FTSupport
import FakeTensor
import FoundationEssentials
import Testing

@testable import Training

@Suite("Pictures of runs")
struct PictureTests {
    private let hostile = "</title><script>alert(1)</script>\u{1B}[31m&\"'\u{202E}"

    @Test("text in pictures and pages is never markup, nor steers a terminal")
    func escapes() {
        let text = Markup.escaped(hostile)
        #expect(!text.contains { "<>\"'\u{1B}\u{202E}".contains($0) })
        #expect(text.contains("&lt;script&gt;") && text.contains("&amp;&quot;&#39;"))
        let points = [(x: 1.0, y: 2.0), (x: 2.0, y: 1.0)]
        let chart = Chart(title: hostile, curves: [.init(name: hostile, points: points)])
        let parts = [
            Chart.svg([chart], isAlone: true),
            Page.document(
                title: hostile, refresh: .init(deadline: 1, remark: hostile),
                [
                    Page.section(hostile, Page.facts([(hostile, hostile)])),
                    Page.table([hostile], [[hostile]]), Page.matrix([hostile], [[1]]),
                    Page.folded(hostile, hostile), Page.paragraph(hostile),
                ]),
        ]
        for part in parts {
            #expect(!part.contains("alert(1)<") && !part.contains("<script>alert"), "\(part)")
            #expect(!part.contains("\u{1B}") && !part.contains("\\u{1b}"), "\(part)")
        }
        #expect(Markup.escaped("a\u{1B}b\n") == "a\\u001bb\\n")
    }

    @Test("ticks of dots differ, and below stand both ends and whole ticks between them")
    func tickLabels() {
        let narrow = DotPlot([(0...10).map { (x: Double($0), y: 2.3021 + 1e-5 * Double($0)) }])
        let labels = narrow.lines.dropLast(2).compactMap { line in
            Double(line.prefix { $0 != "│" }.filter { $0 != " " })
        }
        #expect(labels.count > 2 && Set(labels).count == labels.count, "\(narrow.lines)")
        let below = narrow.lines[15].split(separator: " ").map(String.init)
        #expect(below == ["0", "2", "4", "6", "8", "epoch", "10"])
        #expect(narrow.lines.allSatisfy { $0.count <= 80 })
    }

    @Test("ticks are round numbers inside the range")
    func ticks() {
        #expect(Axis([0, 10], ticks: 5).ticks == [0, 2, 4, 6, 8, 10])
        #expect(
            Axis([0.93, 0.98], ticks: 5).ticks.map { Axis.label($0) } == [
                "0.93", "0.94", "0.95", "0.96", "0.97", "0.98",
            ])
        let wide = Axis([0.001, 5], ticks: 4, allowsLogarithm: true)
        #expect(
            wide.isLogarithmic
                && wide.ticks.map { Axis.label($0) } == ["0.001", "0.01", "0.1", "1"])
        #expect(Axis([0.1, 5], ticks: 4, allowsLogarithm: true).isLogarithmic == false)
        for values in [
            [], [3], [0, 0], [.nan], [-1e300, 1e300], [1e-300, 2e-300], [-5, .infinity],
        ] {
            let axis = Axis(values, ticks: 4)
            #expect(axis.high > axis.low && axis.ticks.count <= 17)
            #expect(axis.ticks.allSatisfy { axis.place($0) != nil }, "\(values): \(axis)")
        }
    }

    @Test("a share that stays the same lies among shares, and other numbers among their like")
    func constant() {
        for (value, low, high) in [(1, 0.5, 1), (0.9, 0.45, 1), (0, 0, 1), (0.001, 5e-4, 1.5e-3)] {
            let axis = Axis([value, value], ticks: 4)
            #expect(abs(axis.low - low) < 1e-12 && abs(axis.high - high) < 1e-12)
        }
        #expect(Axis([4, 4], ticks: 4).high == 6)
    }

    @Test("a curve goes through its values and stops where there is none")
    func curve() {
        let points = [(1.0, 0.0), (2.0, 1.0), (3.0, .nan), (4.0, 0.5), (5.0, 1.0)]
        let svg = Chart.svg(
            [Chart(title: "t", curves: [.init(name: "a", points: points.map { (x: $0, y: $1) })])],
            isAlone: false)
        #expect(svg.contains("d=\"M64 228L178 28M406 128L520 28\""), "\(svg)")
        #expect(svg.contains("<title>a, epoch 4: 0.5000</title>"))
        let long = (0..<10_000).map { (x: Double($0), y: $0 == 7003 ? 50.0 : 1.0) }
        let thin = Chart.thinned(long)
        #expect(thin.count <= 500 && thin.contains { $0.y == 50 })
    }

    @Test("dots rise and fall with the numbers, in at most 80 columns")
    func dots() {
        let lines = DotPlot([
            (0..<50).map { (x: Double($0), y: Double($0)) },
            (0..<50).map { (x: Double($0), y: Double(49 - $0)) },
        ]).lines
        #expect(lines.count == 16 && lines.allSatisfy { $0.count <= 80 })
        #expect(lines[0].hasSuffix("⠁ 1") || lines[0].hasSuffix(" 1"))
        #expect(lines[13].hasSuffix(" 2"))
        #expect(DotPlot([]).lines.count == 16)
        #expect(DotPlot([[(x: 1, y: .nan)]]).lines.count == 16)
    }

    @Test("a run keeps a page, which loads itself again while the run goes on")
    func page() throws {
        let sandbox = Sandbox()
        let trainer = try sandbox.trainer("run", ["name=a.b"])
        var running = ""
        trainer.observers.append(
            Listener { event in
                if case .firstLoss = event {
                    running = (try? sandbox.text("run/report.html")) ?? ""
                }
            })
        let summary = try trainer.run()
        #expect(summary.page == sandbox.file("run/report.html"))
        #expect(running.contains("location.reload()") && running.contains("running, 0 epochs"))
        // A page that is late says so and stays.
        let stamp = try #require(running.firstRange(of: "Date.now() > "))
        let deadline = try #require(Int(running[stamp.upperBound...].prefix { $0 != ")" }))
        let wait = deadline / 1000 - Int(Date.now.timeIntervalSince1970)
        #expect((60...120).contains(wait))
        #expect(running.contains("hidden>Nothing has been heard of this run since "))
        #expect(running.contains("fttrain resume \(sandbox.file("run"))"))
        let page = try sandbox.text("run/report.html")
        #expect(!page.contains("reload") && page.contains("completed, 3 epochs of 3"))
        #expect(page.contains("<h2>Classes") && page.contains("Worst examples"))
        let last = try #require(try RunRecord(sandbox.file("run")).rows.last)
        for value in [last.trainLoss, last.measured["accuracy"] ?? .nan] {
            #expect(page.contains(">\(Format.measure(value))</td>"))
        }
        #expect(page.contains("linear") && page.contains(summary.dataHash))
        // But for the name of SVG, nothing is from elsewhere.
        #expect(!page.contains("<script") && !page.contains("https:"))
        #expect(page.split(separator: "http:").count == 2)
    }

    @Test("a run without the page trains the same, and one that can't write it goes on")
    func without() throws {
        let sandbox = Sandbox()
        let plain = try sandbox.trainer("plain", ["training.report=false"])
        #expect(try plain.run().page == nil)
        #expect(!FileManager.default.fileExists(atPath: sandbox.file("plain/report.html")))
        let blocked = try sandbox.trainer("blocked")
        try FileManager.default.createDirectory(
            atPath: sandbox.file("blocked/report.html"), withIntermediateDirectories: false)
        var warnings: [String] = []
        blocked.observers.append(
            Listener { if case .warning(let text) = $0 { warnings.append(text) } })
        let summary = try blocked.run()
        #expect(summary.status == .completed && summary.page == nil)
        #expect(warnings.count == 1 && warnings[0].contains("report.html"))
        #expect(
            try tensors(sandbox.file("plain/last.safetensors"))
                == tensors(sandbox.file("blocked/last.safetensors")))
    }

    @Test("a killed run's table and names of files reach pages as text")
    func hostilePage() throws {
        let sandbox = Sandbox()
        var info = RunInfo()
        (info.path, info.dataPath, info.device) = (hostile, hostile, hostile)
        info.layers = [
            LayerRow(name: hostile, type: hostile, outputShape: [1], parameters: 1, depth: 0)
        ]
        var summary = RunSummary()
        (summary.name, summary.reason, summary.dataFingerprint) = (hostile, hostile, hostile)
        _ = try sandbox.trainer("run").run()
        let evaluation: JSONObject = [
            "classes": [["class": .string(hostile)]], "confusionMatrix": [[1]],
            "worst": [["example": .string(hostile), "target": .string(hostile)]],
        ]
        let page = RunPage(
            info: info, summary: summary, run: try RunRecord(sandbox.file("run")),
            evaluation: EvaluationSections(report: evaluation)
        ).html
        #expect(!page.contains("<script>alert") && !page.contains("\u{1B}"))
    }

    @Test("a page counts as late after four times the longest pause between two")
    func lateness() {
        var clock = PageClock()
        clock.note(from: 0, to: 1)
        #expect(clock.allowance == 120 && clock.next == 51 && clock.nextSign == 51)
        clock.note(from: 99.9, to: 100)
        #expect(clock.allowance == 396 && clock.nextSign == 120)
    }

    @Test("examples become pictures where they have an image's shape")
    func examples() throws {
        #expect(ExamplePicture.base64(Array("any carnal pleas".utf8)) == "YW55IGNhcm5hbCBwbGVhcw==")
        #expect(
            ExamplePicture.base64(Array("any carnal pleasu".utf8)) == "YW55IGNhcm5hbCBwbGVhc3U=")
        #expect(
            ExamplePicture.base64(Array("any".utf8)) == "YW55" && ExamplePicture.base64([]) == "")
        func uri(_ shape: Shape) -> String? { ExamplePicture(.full(shape, 1, .uint8))?.uri }
        for shape in [[5, 6], [1, 5, 6], [3, 5, 6], [5, 6, 3], [5, 6, 1]] as [Shape] {
            #expect(uri(shape)?.hasPrefix("data:image/png;base64,iVBORw0KGgo") == true)
        }
        for shape in [[], [30], [3, 6], [2, 5, 6], [1, 1, 5, 6], [5, 300]] as [Shape] {
            #expect(uri(shape) == nil)
        }
        // Channels first or last, bytes or floats from the least to the largest.
        let pixels = (0..<75).map { UInt8($0 * 255 / 74) }
        let last = NDArray(pixels, [5, 5, 3])
        let first = Tensor(last).permute([2, 0, 1]).data.contiguous()
        #expect(ExamplePicture(last)?.uri == ExamplePicture(first)?.uri)
        let grey = NDArray([0, 51, 102, 255] + [UInt8](repeating: 0, count: 12), [4, 4])
        let floats = NDArray(grey.values(as: Float.self).map { $0 / 255 - 3 }, [4, 4])
        #expect(ExamplePicture(grey)?.uri == ExamplePicture(floats)?.uri)
        #expect(ExamplePicture(NDArray.full([4, 4], Double.nan, .float32)) == nil)
    }

    @Test("the worst images of a run stand on its page as pictures, and on that of a report")
    func worstImages() throws {
        let sandbox = Sandbox()
        try HDF5Writer.create(sandbox.file("images.h5")) { file in
            for (part, count) in [("train", 30), ("test", 15)] {
                let pixels = (0..<count * 25).map { UInt8($0 * 37 % 251) }
                try file.write("\(part)/images", NDArray(pixels, [count, 5, 5]))
                try file.write("\(part)/labels", NDArray((0..<count).map { UInt8($0 % 3) }))
            }
        }
        _ = try sandbox.trainer(
            "run",
            [
                "data.path=\(sandbox.file("images.h5"))",
                "data.transforms=[{\"type\":\"scale\",\"factor\":0.01},\"flatten\"]",
            ]
        ).run()
        let page = try sandbox.text("run/report.html")
        let pictures = page.split(separator: "<img src=\"data:image/png;base64,")
        #expect(pictures.count == 11 && page.contains("<figcaption>row "))
        let report = try EvaluationReport(Predictor(sandbox.file("run")))
        #expect(report.pictures.count == 10)
        let first = try #require(report.pictures.first)
        #expect(page.contains(first) && report.page().contains(first))
        // The same from a file of a grey image without an axis of channels.
        let pixels = (0..<25).map { UInt8($0 * 37 % 251) }
        let file = Array("P5 5 5 255\n".utf8) + pixels
        try Data(file).write(to: URL(filePath: sandbox.file("a.pgm")))
        let predictor = try Predictor(sandbox.file("run"))
        let found = try predictor(images: [sandbox.file("a.pgm")])
        let expected = try predictor(NDArray(pixels, [1, 5, 5]))
        #expect(found.values.values(as: Float.self) == expected.values.values(as: Float.self))
        #expect(!report.json["worst"].map { "\($0)" }!.contains("base64"))
    }
}
