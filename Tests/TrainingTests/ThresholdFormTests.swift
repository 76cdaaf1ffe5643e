import FakeTensor
import Testing

@testable import Training

/// What `--threshold` takes, and what is said by it.
@Suite("Thresholds as text")
struct ThresholdFormTests {
    private static func subject(
        _ meaning: OutputMeaning, _ shape: [Int], _ names: [String]
    ) -> Thresholds.Subject {
        Thresholds.Subject(meaning: meaning, shape: shape, names: names, loss: "some")
    }

    private static let several = subject(
        .answers(.logits), [4], ["a,b", "say \"c\"", "d=e", " f"])

    @Test("any name is written so that it is read again")
    func names() throws {
        let parts = zip(Self.several.names, [0.25, 0, 1, 1e-7]).map { ($0, $1) }
        let text = Thresholds.option(parts.map { (name: $0.0, probability: $0.1) })
        #expect(text == #""a,b"=0.25,say "c"=0.0,d=e=1.0, f=1e-07"#, "\(text)")
        let read = try Thresholds(text, of: Self.several)
        #expect(read.kind == .ofEach([0.25, 0, 1, 1e-7]) && read.text == text)
        let one = try Thresholds(" d=e = 0.5 ", of: Self.several)
        #expect(one.kind == .ofEach([nil, nil, 0.5, nil]) && one.text == "d=e=0.5")
        #expect(try Thresholds("0.3", of: Self.several).kind == .ofAll(0.3))
    }

    @Test(
        "what is no threshold is refused by a sentence",
        arguments: [
            ("", "is no probability"), ("=", "is no probability"), ("=0.5", "there is no label"),
            ("d=e", "is no probability"), (",", "is no probability"),
            ("d=e=nan", "from 0 to 1"),
            ("d=e=inf", "from 0 to 1"), ("-0.1", "from 0 to 1"), ("D=E=0.5", "Did you mean"),
            ("\"a,b=0.5", "a quote isn't closed"), ("a,b=0.5", #""a" is no probability"#),
            ("d=e=0.1,d=e=0.1", "given twice"),
        ])
    func refused(text: String, reason: String) {
        let error = #expect(throws: RunError.self) { try Thresholds(text, of: Self.several) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        #expect(error?.status == .usage)
    }

    @Test("losses and models that decide nothing by a probability say so")
    func subjects() {
        for (subject, reason) in [
            (Self.subject(.numbers(.asGiven), [1], []), "trains for quantities"),
            (Self.subject(.answers(.scores), [2], []), "gives scores"),
            (Self.subject(.classes(.logits), [3], []), "tells 3 classes apart"),
        ] {
            let error = #expect(throws: RunError.self) { try Thresholds("0.5", of: subject) }
            #expect(error?.description.contains(reason) == true)
        }
        // What has no names takes one for all.
        let picture = Self.subject(.answers(.logits), [8, 8], [])
        #expect(throws: RunError.self) { try Thresholds("0=0.5", of: picture) }
        #expect(throws: Never.self) { try Thresholds("0.5", of: picture) }
    }

    @Test("a class by name is said from there on, and at 0 always, whatever the other's share")
    func classes() throws {
        let both = Self.subject(.classes(.logits), [2], ["rare", "usual"])
        let shares = NDArray([0, 1, 0.3, 0.7, 0.6, 0.4] as [Float], [3, 2])
        func said(_ text: String) throws -> [Int] {
            try Thresholds(text, of: both).decisions(shares, hasClassAxis: true)
                .values(as: Int.self)
        }
        #expect(try said("rare=0") == [0, 0, 0] && said("rare=0.3") == [1, 0, 0])
        #expect(try said("rare=1") == [1, 1, 1] && said("0.7") == [1, 1, 0])
        #expect(try said("usual=0") == [1, 1, 1] && said("0") == [1, 1, 1])
        let single = Self.subject(.answers(.logits), [1], ["no", "yes"])
        let ofYes = NDArray([1, 0.7, 0.4] as [Float], [3, 1])
        func answers(_ text: String) throws -> [Int] {
            try Thresholds(text, of: single).decisions(ofYes, hasClassAxis: false)
                .values(as: Int.self)
        }
        #expect(try answers("no=0") == [0, 0, 0] && answers("no=0.5") == [1, 1, 0])
        #expect(try answers("yes=0.7") == [1, 1, 0] && answers("0.4") == [1, 1, 1])
    }

    @Test("labels without a threshold say what is likelier, of equals no")
    func some() throws {
        let pair = Self.subject(.answers(.logits), [2], ["a", "b"])
        let shares = NDArray([0.5, 0.5, 0.51, 0.2] as [Float], [2, 2])
        let said = try Thresholds("b=0.2", of: pair).decisions(shares, hasClassAxis: false)
        #expect(said.values(as: Int.self) == [0, 1, 1, 1])
        let all = try Thresholds("0.5", of: pair).decisions(shares, hasClassAxis: false)
        #expect(all.values(as: Int.self) == [1, 1, 1, 0])
    }
}
