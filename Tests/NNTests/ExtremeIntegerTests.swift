import Autograd
import Glibc
import NN
import Tensor
import Testing

private struct Call: Sendable {
    let name: String
    let run: @Sendable (Int) -> Void

    init(_ name: String, _ run: @escaping @Sendable (Int) -> Void) {
        self.name = name
        self.run = run
    }
}

private var x: Tensor { Tensor(Random(seed: 1).normal([2, 3])) }
private var row: Tensor { Tensor([1, 2, 3]) }
private var index: Tensor { Tensor([0, 1], .int64) }
private var square: Tensor { Tensor([[2, 1], [1, 3]]) }
private var image: Tensor { .ones([1, 2, 5, 5]) }
private var kernel: Tensor { .ones([2, 2, 3, 3]) }
private var random: Random { Random(seed: 1) }

private let brackets: [Call] = [
    Call("position") { _ = x[$0] }, Call("from") { _ = x[$0...] },
    Call("through") { _ = x[...$0] }, Call("up to") { _ = x[..<$0] },
    Call("closed") { _ = x[Swift.min($0, 0)...Swift.max($0, 0)] },
    Call("half open") { _ = x[Swift.min($0, 0)..<Swift.max($0, 0)] },
    Call("step") { _ = x[.every($0)] }, Call("start") { _ = x[.every(2, from: $0)] },
    Call("end") { _ = x[.every(-1, to: $0)] }, Call("index") { _ = x[Tensor([$0], .int64)] },
    Call("write") { x[$0] = row },
]

private let sizes: [Call] = [
    Call("zeros") { _ = Tensor.zeros([$0]) }, Call("zeros twice") { _ = Tensor.zeros([$0, $0]) },
    Call("empty") { _ = Tensor.zeros([0, $0]) }, Call("eye") { _ = Tensor.eye($0) },
    Call("full") { _ = Tensor.full([3], $0, .int8) },
    Call("arange") { _ = Tensor.arange($0) }, Call("arange start") { _ = Tensor.arange($0, 0) },
    Call("arange step") { _ = Tensor.arange(0, 5, step: $0) },
    Call("linspace") { _ = Tensor.linspace(0, 1, count: $0) },
    Call("expand") { _ = Tensor([1]).expand(to: [$0]) },
    Call("reshape") { _ = x.reshape([$0]) }, Call("reshape rest") { _ = x.reshape([$0, $0, -1]) },
    Call("unflatten") { _ = x.unflatten(axis: 1, into: [$0, $0]) },
    Call("oneHot") { _ = index.oneHot($0) }, Call("vander") { _ = row.vander($0) },
    Call("trilMask") { _ = Tensor.trilMask($0, 2) },
    Call("trilMask offset") { _ = Tensor.trilMask(2, 2, offset: $0) },
    Call("triuMask") { _ = Tensor.triuMask(2, $0) },
    Call("trilIndices") { _ = Tensor.trilIndices($0, 2) },
    Call("trilIndices columns") { _ = Tensor.trilIndices(2, $0) },
    Call("trilIndices offset") { _ = Tensor.trilIndices(2, 2, offset: $0) },
    Call("triuIndices") { _ = Tensor.triuIndices($0, 2) },
    Call("triuIndices columns") { _ = Tensor.triuIndices(2, $0) },
    Call("triuIndices offset") { _ = Tensor.triuIndices(2, 2, offset: $0) },
    Call("combinations") { _ = row.combinations($0) },
    Call("combinations again") { _ = row.combinations($0, withReplacement: true) },
    Call("combinations of many") { _ = Tensor.arange(200).combinations(Swift.min($0, 100)) },
    Call("repeated") { _ = x.repeated($0, axis: 0) },
    Call("repeated list") { _ = x.repeated([$0, $0], axis: 0) },
    Call("repeated tensor") { _ = x.repeated(Tensor([$0], .int64), axis: 1) },
    Call("repeated empty") { _ = Tensor.zeros([0, 2]).repeated($0, axis: 0) },
    Call("tile") { _ = x.tile([$0]) }, Call("tile more") { _ = x.tile([$0, $0, $0]) },
    Call("pad before") { _ = x.pad([($0, 0)]) }, Call("pad around") { _ = x.pad([($0, $0)]) },
    Call("pad mixed") { _ = x.pad([($0, 0), (0, $0)], mode: .circular) },
    Call("pad reflect") { _ = x.pad([($0, 1)], mode: .reflect) },
    Call("pad replicate") { _ = x.pad([(1, $0)], mode: .replicate) },
    Call("histc") { _ = row.histc(bins: $0) }, Call("histogram") { _ = row.histogram(bins: $0) },
    Call("bincount") { _ = index.bincount(minLength: $0) },
    Call("bincount of") { _ = Tensor([$0], .int64).bincount() },
    Call("kron") { _ = Tensor.zeros([0, $0]).kron(Tensor.zeros([0, $0])) },
    Call("flatten") { _ = Tensor.zeros([0, $0, $0]).flatten(from: 1) },
    Call("meshgrid") { n in
        let long = Tensor([1]).expand(to: [n])
        _ = Tensor.cartesianProduct([long, long])
    },
    Call("outer") { n in
        let long = Tensor([1]).expand(to: [n])
        _ = long.unsqueeze(1) * long
    },
    Call("concat") { n in
        let long = Tensor([1]).expand(to: [n])
        _ = Tensor.concat([long, long])
    },
    Call("blockDiagonal") { n in
        let long = Tensor([1]).expand(to: [n])
        _ = Tensor.blockDiagonal([long, long])
    },
    Call("cdist") { n in
        let long = Tensor.ones([1, 1]).expand(to: [n, 1])
        _ = long.cdist(long)
    },
    Call("matmul") { n in
        let long = Tensor.ones([1, 1]).expand(to: [n, 1])
        _ = long.matmul(long.transpose())
    },
    Call("uniform") { _ = Tensor(Random(seed: 1).uniform([$0])) },
    Call("permutation") { _ = random.permutation($0) },
    Call("integers") { _ = Tensor.integers([2], low: Swift.min($0, 0), high: 5, using: random) },
    Call("integers high") { _ = Tensor.integers([2], high: $0, using: random) },
    Call("multinomial") { _ = row.multinomial($0, using: random) },
    Call("multinomial again") { _ = row.multinomial($0, withReplacement: true, using: random) },
    Call("choice") { _ = row.choice($0, using: random) },
    Call("choice once") { _ = row.choice($0, withReplacement: false, using: random) },
]

private let places: [Call] = [
    Call("narrow start") { _ = x.narrow(axis: 0, start: $0, count: 1) },
    Call("narrow count") { _ = x.narrow(axis: 0, start: 1, count: $0) },
    Call("narrow both") { _ = x.narrow(axis: 0, start: $0, count: $0) },
    Call("narrow axis") { _ = x.narrow(axis: $0, start: 0, count: 1) },
    Call("split size") { _ = x.split(size: $0) },
    Call("split sizes") { _ = x.split(sizes: [$0, $0]) },
    Call("chunk") { _ = x.chunk($0) }, Call("chunk empty") { _ = Tensor.zeros([0]).chunk($0) },
    Call("tensorSplit") { _ = x.tensorSplit($0) },
    Call("tensorSplit at") { _ = x.tensorSplit(at: [$0]) },
    Call("roll") { _ = x.roll($0) }, Call("roll axis") { _ = x.roll($0, axis: 0) },
    Call("roll both") { _ = x.roll([$0, $0], axes: [0, 1]) }, Call("rot90") { _ = x.rot90($0) },
    Call("rot90 axes") { _ = x.rot90(1, axes: ($0, 0)) },
    Call("flip") { _ = x.flip($0) }, Call("permute") { _ = x.permute([$0, 0]) },
    Call("transpose") { _ = x.transpose($0, 0) }, Call("squeeze") { _ = x.squeeze($0) },
    Call("unsqueeze") { _ = x.unsqueeze($0) }, Call("moveAxis") { _ = x.moveAxis($0, to: 0) },
    Call("moveAxis to") { _ = x.moveAxis(0, to: $0) },
    Call("flatten from") { _ = x.flatten(from: $0) },
    Call("flatten through") { _ = x.flatten(through: $0) },
    Call("stack") { _ = Tensor.stack([x, x], axis: $0) },
    Call("concat axis") { _ = Tensor.concat([x, x], axis: $0) },
    Call("sum") { _ = x.sum(axis: $0) }, Call("sums") { _ = x.sum(axes: [$0, 0]) },
    Call("argmax") { _ = x.argmax(axis: $0) }, Call("sort") { _ = x.sort(axis: $0) },
    Call("topK") { _ = x.topK($0) }, Call("topK axis") { _ = x.topK(1, axis: $0) },
    Call("kthValue") { _ = x.kthValue($0) }, Call("median") { _ = x.median(axis: $0) },
    Call("quantile") { _ = x.quantile(0.5, axis: $0) }, Call("cumsum") { _ = x.cumsum(axis: $0) },
    Call("softmax") { _ = x.softmax(axis: $0) }, Call("glu") { _ = x.glu(axis: $0) },
    Call("layerNorm") { _ = x.layerNorm(axes: $0) }, Call("take") { _ = x.take(index, axis: $0) },
    Call("gather") { _ = x.gather(Tensor([[0], [1]], .int64), axis: $0) },
    Call("gather of") { _ = x.gather(Tensor([[$0], [0]], .int64), axis: 1) },
    Call("scatter") { _ = x.scatter(Tensor([[$0], [0]], .int64), 1, axis: 1) },
    Call("indexAdd") { _ = x.indexAdd(Tensor([$0, 0], .int64), x) },
    Call("embedding") { _ = x.embedding(index, paddingIndex: $0) },
    Call("embedding of") { _ = x.embedding(Tensor([$0], .int64)) },
    Call("embeddingBag") { _ = x.embeddingBag(index, offsets: Tensor([$0], .int64)) },
    Call("cross") { _ = Tensor.ones([3]).cross(row, axis: $0) },
    Call("unique") { _ = x.unique(axis: $0) },
    Call("renorm") { _ = x.renorm(axis: $0, maximum: 1) },
    Call("tensordot") { _ = x.tensordot(x, axes: $0) },
    Call("cosine") { _ = x.cosineSimilarity(x, axis: $0) },
    Call("labels") { _ = x.crossEntropy(labels: Tensor([$0, 0], .int64)) },
    Call("ignoring") { _ = x.crossEntropy(labels: index, ignoring: $0) },
    Call("diff") { _ = x.diff(times: $0) }, Call("diff axis") { _ = x.diff(axis: $0) },
]

private let numbers: [Call] = [
    Call("diagonal") { _ = x.diagonal(offset: $0) }, Call("diag") { _ = row.diag($0) },
    Call("diag of") { _ = x.diag($0) }, Call("diagonal axis") { _ = x.diagonal(axis1: $0) },
    Call("diagEmbed") { _ = row.diagEmbed(offset: $0) },
    Call("diagEmbed axis") { _ = row.diagEmbed(axis1: $0) },
    Call("trace") { _ = x.trace(offset: $0) }, Call("tril") { _ = x.tril($0) },
    Call("triu") { _ = x.triu($0) }, Call("matrixPower") { _ = square.matrixPower($0) },
    Call("polygamma") { _ = row.polygamma($0) },
    Call("multigammaln") { _ = (row + 90).multigammaln($0) },
    Call("round") { _ = row.round(decimals: $0) },
    Call("leftShift") { _ = index.leftShift($0) }, Call("rightShift") { _ = index.rightShift($0) },
    Call("bitwiseAnd") { _ = index.bitwiseAnd($0) },
    Call("add") { _ = Tensor([1], .int8) + $0 }, Call("times") { _ = index * $0 },
    Call("divide") { _ = index / $0 }, Call("power") { _ = index ** $0 },
    Call("power of float") { _ = row ** $0 },
    Call("unfold size") { _ = x.unfold(axis: 1, size: $0) },
    Call("unfold step") { _ = x.unfold(axis: 1, size: 2, step: $0) },
    Call("unfold dilation") { _ = x.unfold(axis: 1, size: 2, dilation: $0) },
    Call("unfold one") { _ = x.unfold(axis: 1, size: 1, step: $0, dilation: $0) },
    Call("patches") { _ = image.unfold(kernel: ($0, 1)) },
    Call("patch padding") { _ = image.unfold(kernel: (1, 1), padding: ($0, 0)) },
    Call("patch stride") { _ = image.unfold(kernel: (1, 1), stride: ($0, 1)) },
    Call("fold") { _ = Tensor.ones([1, 4, 4]).fold(to: ($0, 2), kernel: (2, 2)) },
    Call("fold kernel") { _ = Tensor.ones([1, 4, 4]).fold(to: (2, 2), kernel: ($0, $0)) },
    Call("fold padding") {
        _ = Tensor.ones([1, 4, 4]).fold(to: (2, 2), kernel: (2, 2), padding: ($0, $0))
    },
    Call("fold stride") {
        _ = Tensor.ones([1, 4, 1]).fold(to: (2, 2), kernel: (2, 2), stride: ($0, $0))
    },
    Call("conv stride") { _ = image.conv2d(kernel, stride: PerAxis($0)) },
    Call("conv padding") { _ = image.conv2d(kernel, padding: .both(PerAxis($0))) },
    Call("conv dilation") { _ = image.conv2d(kernel, dilation: PerAxis($0)) },
    Call("conv groups") { _ = image.conv2d(kernel, groups: $0) },
    Call("transpose stride") { _ = image.convTranspose2d(kernel, stride: PerAxis($0)) },
    Call("transpose padding") { _ = image.convTranspose2d(kernel, padding: PerAxis($0)) },
    Call("transpose dilation") { _ = image.convTranspose2d(kernel, dilation: PerAxis($0)) },
    Call("transpose groups") { _ = image.convTranspose2d(kernel, groups: $0) },
    Call("transpose output") {
        _ = image.convTranspose2d(kernel, stride: 2, outputPadding: PerAxis($0))
    },
    Call("derivative") { _ = derivative({ $0 * $0 }, order: $0)(row) },
]

private let layers: [Call] = [
    Call("Linear") { _ = Linear($0, 2, using: random) },
    Call("Linear out") { _ = Linear(2, $0, using: random) },
    Call("Linear both") { _ = Linear($0, $0, using: random) },
    Call("Embedding") { _ = Embedding($0, 2, using: random) },
    Call("Embedding size") { _ = Embedding(2, $0, using: random) },
    Call("Embedding padding") { _ = Embedding(2, 2, paddingIndex: $0, using: random) },
    Call("Conv2d") { _ = Conv2d($0, 2, kernel: 3, using: random) },
    Call("Conv2d kernel") { _ = Conv2d(2, 2, kernel: PerAxis($0), using: random) },
    Call("Conv2d groups") { _ = Conv2d(2, 2, kernel: 3, groups: $0, using: random) },
    Call("Conv2d shape") {
        _ = try? Conv2d(2, 2, kernel: 3, dilation: PerAxis($0), using: random)
            .outputShape(for: [2, 5, 5])
    },
    Call("Conv2d padded shape") {
        _ = try? Conv2d(2, 2, kernel: 3, padding: .both(PerAxis($0)), using: random)
            .outputShape(for: [2, 5, 5])
    },
    Call("LayerNorm") { _ = LayerNorm([$0]) }, Call("RMSNorm") { _ = RMSNorm([$0]) },
    Call("SelfAttention") { _ = SelfAttention($0, heads: 2, using: random) },
    Call("SelfAttention heads") { _ = SelfAttention(8, heads: $0, using: random) },
    Call("Flatten shape") { _ = try? Flatten().outputShape(for: [0, $0, $0]) },
    Call("Reshape") { _ = try? Reshape([$0, $0, -1]).outputShape(for: [6]) },
]

@Suite("Integers at the ends")
struct ExtremeIntegerTests {
    /// Calls that hang or stop without a sentence, on the standard error; the sentences too if the
    /// environment asks for them.
    private static func walk(_ calls: [Call]) {
        let speaks = getenv("FAKETENSOR_SENTENCES") != nil
        var complaints: [String] = []
        for call in calls {
            for number in [Int.max, .min, .max - 1, 1 << 40] {
                let place = "\(call.name)(\(number))"
                switch outcome(seconds: 20, of: { call.run(number) }) {
                case .returned: if speaks { complaints.append("\(place): returned") }
                case .stopped(let sentence):
                    if speaks { complaints.append("\(place): \(sentence)") }
                case .died(let signal): complaints.append("\(place): died by signal \(signal)")
                }
            }
        }
        let text = Array(complaints.map { $0 + "\n" }.joined().utf8)
        write(STDERR_FILENO, text, text.count)
        exit(complaints.isEmpty ? 0 : 1)
    }

    @Test("in brackets, sizes and positions give a result or a sentence")
    func shapes() async {
        let result = await #expect(
            processExitsWith: .success, observing: [\.standardErrorContent]
        ) { ExtremeIntegerTests.walk(brackets + sizes + places) }
        report(result)
    }

    @Test("in numbers and layers give a result or a sentence")
    func others() async {
        let result = await #expect(
            processExitsWith: .success, observing: [\.standardErrorContent]
        ) { ExtremeIntegerTests.walk(numbers + layers) }
        report(result)
    }

    private func report(_ result: ExitTest.Result?) {
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.isEmpty, "\(text)")
    }
}
