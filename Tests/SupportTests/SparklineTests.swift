import FTSupport
import Testing

@Suite struct SparklineTests {
    @Test("numbers become blocks between the least and the largest")
    func heights() {
        #expect(Sparkline.text([0, 1, 2, 3, 4, 5, 6, 7], width: 8) == "▁▂▃▄▅▆▇█")
        #expect(Sparkline.text([3, 1], width: 8) == "█▁")
        #expect(Sparkline.text([2, 2, 2], width: 8) == "▄▄▄")
        #expect(Sparkline.text([], width: 8) == "")
    }

    @Test("more numbers than columns become means")
    func means() {
        #expect(Sparkline.text([0, 0, 4, 4, 8, 8], width: 3) == "▁▅█")
        #expect(Sparkline.text((0..<1000).map(Double.init), width: 12).count == 12)
    }

    @Test("what is not finite is a dot, and the widest range is one too")
    func extremes() {
        #expect(Sparkline.text([0, .nan, 1, .infinity], width: 8) == "▁·█·")
        #expect(Sparkline.text([.nan], width: 8) == "·")
        let largest = Double.greatestFiniteMagnitude
        #expect(Sparkline.text([-largest, largest], width: 2) == "▁█")
    }
}
