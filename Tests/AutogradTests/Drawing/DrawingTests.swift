import Autograd
import Tensor
import Testing

@Suite("Drawing")
struct DrawingTests {
    private static func example() -> Tensor {
        let x = Tensor(3, requiresGrad: true, label: "x")
        let y = Tensor(2, requiresGrad: true, label: "y")
        let f = 2 * y * x.sin() - x ** 2
        f.label = "f"
        return f
    }

    @Test("draws 2·y·sin(x) − x² in Mermaid")
    func mermaid() {
        #expect(
            DrawingTests.example().drawing().mermaid == """
                flowchart LR
                    n0(["y<br/>float32 []"]):::leaf
                    n1["MulScalar<br/>number=2<br/>float32 []"]:::operation
                    n2(["x<br/>float32 []"]):::leaf
                    n3["Sin<br/>float32 []"]:::operation
                    n4["Mul<br/>float32 []"]:::operation
                    n5["PowScalar<br/>number=2<br/>float32 []"]:::operation
                    n6["f = Sub<br/>float32 []"]:::operation
                    n0 --> n1
                    n2 --> n3
                    n1 --> n4
                    n3 --> n4
                    n2 --> n5
                    n4 --> n6
                    n5 --> n6
                    classDef leaf fill:#cfe8cf,stroke:#3c7a3c,color:#000
                    classDef operation fill:#cfe0f5,stroke:#34629c,color:#000

                """)
    }

    @Test("draws 2·y·sin(x) − x² in DOT, downwards and without colours or constants")
    func dot() {
        var options = DrawingOptions()
        options.direction = .topDown
        options.hasColors = false
        options.showsConstants = false
        options.showsSavedBytes = true
        #expect(
            DrawingTests.example().drawing(options).dot == """
                digraph {
                    rankdir=TB
                    node [fontname="sans-serif"]
                    n0 [label="y\\nfloat32 []" shape=ellipse]
                    n1 [label="MulScalar\\nnumber=2\\nfloat32 []" shape=box]
                    n2 [label="x\\nfloat32 []" shape=ellipse]
                    n3 [label="Sin\\nfloat32 []\\nsaves 4 bytes" shape=box]
                    n4 [label="Mul\\nfloat32 []\\nsaves 8 bytes" shape=box]
                    n5 [label="PowScalar\\nnumber=2\\nfloat32 []\\nsaves 4 bytes" shape=box]
                    n6 [label="f = Sub\\nfloat32 []" shape=box]
                    n0 -> n1
                    n2 -> n3
                    n1 -> n4
                    n3 -> n4
                    n2 -> n5
                    n4 -> n6
                    n5 -> n6
                }

                """)
    }

    @Test("shows what operations were told")
    func attributes() {
        /// y = x, told everything there is to tell.
        final class Told: UnaryOp {
            let mask = NDArray([true, false])
            let axes: [Int]? = [0, 1]
            let nothing: Int? = nil
            let isOn = true
            let isOff = false
            let direction = DrawingOptions.Direction.topDown
            let function: (Int) -> Int = { $0 }
            override var saves: Saved { .nothing }
            override func forward(_ x: NDArray) -> NDArray { x }
        }
        let x = Tensor.leaf([[1, 2], [3, 4]])
        let nodes = Told()(x).sum(axis: 1, keepDims: true).reshape([2]).drawing().nodes
        #expect(
            nodes.map(\.attributes) == [
                "", "mask=bool [2] axes=[0, 1] isOn direction=topDown", "axes=[1] keepDims",
                "shape=[2]",
            ])
        #expect(nodes[1].savedBytes == 2)
        #expect(x.sum().drawing().nodes.last?.attributes == "")
        #expect(x.leakyRelu(slope: 0.25).drawing().nodes.last?.attributes == "slope=0.25")
    }

    @Test("tells parameters, leaves, constants and freed results apart")
    func kinds() {
        let w = Parameter(NDArray([Float(1)]))
        let x = Tensor([2.0], .float32, requiresGrad: true)
        let product = w * x * Tensor([1.0], label: "c")
        #expect(
            product.drawing().nodes.map(\.kind) == [
                .parameter, .leaf, .operation, .constant, .operation,
            ])
        product.backward()
        #expect(product.drawing().nodes.map(\.kind) == [.freed])
    }

    @Test("counts the bytes that backward reads, shared ones once")
    func saved() {
        let x = Tensor(Array(repeating: 1.0, count: 10), requiresGrad: true)
        #expect((x * x).drawing().savedBytes == 40)
        #expect((x * x.sin()).drawing().savedBytes == 80)
        #expect((x + x).drawing().savedBytes == 0)
    }

    @Test("escapes labels")
    func escapes() {
        let hostile = Tensor([1.0], requiresGrad: true, label: "a\"]; <b>#`\\\nend")
        let drawing = (hostile * 1).drawing()
        #expect(
            drawing.mermaid.contains(
                "n0([\"a#34;]#59; #60;b#62;#35;#96;#92;<br/>end<br/>float32 [1]\"])"))
        #expect(drawing.dot.contains("n0 [label=\"a\\\"]; <b>#`\\\\\\nend\\nfloat32 [1]\""))
    }

    @Test("draws a graph of 200,000 operations without recursion")
    func deep() {
        let x = Tensor(1, requiresGrad: true)
        var y = x
        for _ in 0..<200_000 { y = -y }
        let nodes = y.drawing().nodes
        #expect(nodes.count == 200_001)
        #expect(nodes.last?.inputs == [199_999])
    }
}
