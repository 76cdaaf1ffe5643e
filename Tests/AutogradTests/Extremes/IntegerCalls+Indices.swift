import Autograd
import Tensor

// Indices and numbers of elements.

extension IntegerCall {
    static func indices() -> [IntegerCall] {
        let on = Operands()
        let x = on.cube
        let row = on.row
        let along = Tensor([[[0, 1, 0, 1]]], .int64)
        return [
            IntegerCall("take") { _ = x.take(on.index, axis: $0) },
            IntegerCall("take") { _ = x.take(on.number($0)) },
            IntegerCall("take") { _ = x.take(on.number($0), axis: 1) },
            IntegerCall("oneHot") { _ = on.index.oneHot($0) },
            IntegerCall("oneHot") { _ = on.number($0).oneHot(3) },
            IntegerCall("embedding") { _ = on.square.embedding(on.number($0)) },
            IntegerCall("embedding") { _ = on.square.embedding(on.index, paddingIndex: $0) },
            IntegerCall("embeddingBag") { _ = on.square.embeddingBag(on.number($0).unsqueeze(0)) },
            IntegerCall("embeddingBag") {
                _ = on.square.embeddingBag(on.index.unsqueeze(0), paddingIndex: $0)
            },
            IntegerCall("embeddingBag") {
                _ = on.square.embeddingBag(on.index, offsets: on.number($0))
            },
            IntegerCall("embeddingBag") {
                _ = on.square.embeddingBag(on.number($0), offsets: on.number(0))
            },
            IntegerCall("gather") { _ = x.gather(along, axis: $0) },
            IntegerCall("gather") { _ = row.gather(on.number($0), axis: 0) },
            IntegerCall("takeAlong") { _ = x.takeAlong(along, axis: $0) },
            IntegerCall("takeAlong") { _ = row.takeAlong(on.number($0), axis: 0) },
            IntegerCall("scatter") { _ = x.scatter(along, x, axis: $0) },
            IntegerCall("scatter") { _ = row.scatter(on.number($0), row, axis: 0) },
            IntegerCall("scatter") { _ = x.scatter(along, 5, axis: $0) },
            IntegerCall("scatterAdd") { _ = x.scatterAdd(along, x, axis: $0) },
            IntegerCall("scatterAdd") { _ = row.scatterAdd(on.number($0), row, axis: 0) },
            IntegerCall("scatterReduce") { _ = x.scatterReduce(along, x, axis: $0, by: .mean) },
            IntegerCall("scatterReduce") {
                _ = row.scatterReduce(on.number($0), row, axis: 0, by: .prod)
            },
            IntegerCall("indexAdd") { _ = x.indexAdd(on.index, x, axis: $0) },
            IntegerCall("indexAdd") { _ = row.indexAdd(on.number($0), Tensor([1.0])) },
            IntegerCall("indexCopy") { _ = x.indexCopy(on.index, x, axis: $0) },
            IntegerCall("indexCopy") { _ = row.indexCopy(on.number($0), Tensor([1.0])) },
            IntegerCall("indexFill") { _ = x.indexFill(on.index, 5, axis: $0) },
            IntegerCall("indexFill") { _ = row.indexFill(on.number($0), 5) },
            IntegerCall("indexReduce") { _ = x.indexReduce(on.index, x, axis: $0, by: .mean) },
            IntegerCall("indexReduce") {
                _ = row.indexReduce(on.number($0), Tensor([1.0]), axis: 0, by: .mean)
            },
            IntegerCall("indexPut") { _ = row.indexPut([on.number($0)], Tensor([1.0])) },
            IntegerCall("put") { _ = row.put(on.number($0), Tensor([1.0])) },
            IntegerCall("crossEntropy") {
                _ = on.square.crossEntropy(labels: on.number($0).expand(to: [3]))
            },
            IntegerCall("crossEntropy") {
                _ = on.square.crossEntropy(labels: on.number(1).expand(to: [3]), ignoring: $0)
            },
            IntegerCall("layerNorm") { _ = x.layerNorm(axes: $0) },
            IntegerCall("rmsNorm") { _ = x.rmsNorm(axes: $0) },
            IntegerCall("groupNorm") { _ = on.image.groupNorm($0) },
        ]
    }

    static func numbers() -> [IntegerCall] {
        let on = Operands()
        let n = on.integers
        let small = on.bytes
        return [
            IntegerCall("+") { _ = n + $0 },
            IntegerCall("+") { _ = small + $0 },
            IntegerCall("-") { _ = $0 - n },
            IntegerCall("*") { _ = n * $0 },
            IntegerCall("/") { _ = n / $0 },
            IntegerCall("/") { _ = $0 / (n + 1) },
            IntegerCall("floorDivide") { _ = (n + 1).floorDivide($0) },
            IntegerCall("floorDivide") { _ = on.number($0).floorDivide(-1) },
            IntegerCall("floorDivide") { _ = small.floorDivide($0) },
            IntegerCall("mod") { _ = n.mod($0) },
            IntegerCall("mod") { _ = on.number($0).mod(-1) },
            IntegerCall("fmod") { _ = n.fmod($0) },
            IntegerCall("fmod") { _ = on.number($0).fmod(-1) },
            IntegerCall("divide") { _ = on.number($0).divide(-1, rounding: .trunc) },
            IntegerCall("**") { _ = n ** $0 },
            IntegerCall("**") { _ = on.row ** $0 },
            IntegerCall("**") { _ = $0 ** n },
            IntegerCall("**") { _ = on.number($0) ** 2 },
            IntegerCall("abs") { _ = on.number($0).abs() },
            IntegerCall("negate") { _ = -on.number($0) },
            IntegerCall("gcd") { _ = n.gcd(on.number($0)) },
            IntegerCall("lcm") { _ = n.lcm(on.number($0)) },
            IntegerCall("gcd") { _ = on.number($0).gcd(on.number($0)) },
            IntegerCall("lcm") { _ = on.number($0).lcm(on.number($0)) },
            IntegerCall("bitwiseAnd") { _ = n.bitwiseAnd($0) },
            IntegerCall("bitwiseOr") { _ = small.bitwiseOr($0) },
            IntegerCall("bitwiseXor") { _ = n.bitwiseXor($0) },
            IntegerCall("leftShift") { _ = n.leftShift($0) },
            IntegerCall("leftShift") { _ = small.leftShift($0) },
            IntegerCall("rightShift") { _ = n.rightShift($0) },
            IntegerCall("rightShift") { _ = small.rightShift($0) },
            IntegerCall("minimum") { _ = n.minimum($0) },
            IntegerCall("maximum") { _ = small.maximum($0) },
            IntegerCall("clip") { _ = n.clip(lower: $0, upper: $0) },
            IntegerCall("clip") { _ = small.clip(lower: $0, upper: Int.max) },
            IntegerCall("maskedFill") { _ = n.maskedFill(n .> 2, $0) },
            IntegerCall("maskedFill") { _ = small.maskedFill(small .> 2, $0) },
            IntegerCall("where") { _ = Tensor.where(n .> 2, n, $0) },
            IntegerCall(".==") { _ = small .== $0 },
            IntegerCall(".<") { _ = small .< $0 },
            IntegerCall("sum") { _ = Tensor([$0, $0], .int64).sum() },
            IntegerCall("prod") { _ = Tensor([$0, $0], .int64).prod() },
            IntegerCall("cumsum") { _ = Tensor([$0, $0], .int64).cumsum() },
            IntegerCall("mean") { _ = Tensor([$0, $0], .int64).mean() },
            IntegerCall("diff") { _ = Tensor([$0, 5], .int64).diff() },
            IntegerCall("sort") { _ = Tensor([$0, 5], .int64).sort() },
            IntegerCall("unique") { _ = Tensor([$0, 5], .int64).unique() },
            IntegerCall("histc") { _ = on.number($0).histc() },
            IntegerCall("median") { _ = on.number($0).median(axis: 0) },
            IntegerCall("quantile") { _ = on.number($0).quantile(0.5) },
            IntegerCall("cast") { _ = on.number($0).cast(to: .int8) },
            IntegerCall("ldexp") { _ = on.row.ldexp(on.number($0)) },
        ]
    }
}
