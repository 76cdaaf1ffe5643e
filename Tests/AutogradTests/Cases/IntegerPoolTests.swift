import Autograd
import Tensor
import Testing

@Suite("Largest integers of windows")
struct IntegerPoolTests {
    /// What a window of `kernel` elements, `dilation` apart, finds along each axis of a plane: the
    /// largest element inside and its place, by asking for every one.
    private static func reference<Element: TensorElement & Comparable>(
        _ plane: [Element], _ sizes: [Int], kernel: Int, stride: Int, low: Int, dilation: Int,
        least: Element
    ) -> (values: [Element], places: [Int]) {
        let reach = (kernel - 1) * dilation + 1
        let counts = sizes.map { ($0 + 2 * low - reach) / stride + 1 }
        var (values, places): ([Element], [Int]) = ([], [])
        for window in 0..<counts.reduce(1, *) {
            var (best, at) = (least, -1)
            for tap in 0..<sizes.reduce(1, { product, _ in product * kernel }) {
                var (rest, step, place, scale) = (window, tap, 0, 1)
                var isInside = true
                for axis in sizes.indices.reversed() {
                    let start = rest % counts[axis] * stride - low
                    let index = start + step % kernel * dilation
                    isInside = isInside && index >= 0 && index < sizes[axis]
                    place += index * scale
                    (rest, step, scale) = (
                        rest / counts[axis], step / kernel, scale * sizes[axis]
                    )
                }
                guard isInside else { continue }
                let isFirst = at < 0 || plane[place] == best && place < at
                if isFirst || plane[place] > best { (best, at) = (plane[place], place) }
            }
            values.append(best)
            places.append(at)
        }
        return (values, places)
    }

    private func check<Element: TensorElement & FixedWidthInteger>(_: Element.Type) {
        let random = Random(seed: 7)
        // Values whose neighbours no float tells apart, and the ends of the range.
        let ends = [Element.min, .max, .max - 1, .max - 2, .min + 1, 0, 1]
        for sizes in [[29], [7, 9], [4, 5, 6], [1]] {
            let count = sizes.reduce(2, *)
            let numbers = (0..<count).map { _ in ends[Int(random.next() % 7)] }
            let x = Tensor(NDArray(numbers, Shape([2] + sizes)))
            #expect(x.dtype == Element.dtype)
            for (kernel, stride, low, dilation) in [
                (2, 1, 0, 1), (3, 2, 1, 1), (2, 3, 1, 2), (3, 1, 1, 3),
            ] where sizes.allSatisfy({ $0 + 2 * low > (kernel - 1) * dilation }) {
                let movement = PoolMovement(
                    PerAxis(kernel), stride: PerAxis(stride), padding: .both(PerAxis(low)),
                    dilation: PerAxis(dilation))
                let y = x.pooledByMax(sizes.count, movement)
                let found = indices(x, sizes.count, kernel, stride, low, dilation)
                #expect(y.dtype == Element.dtype && found.dtype == .int64)
                let planes = (0..<2).map { plane in
                    let size = count / 2
                    return Self.reference(
                        Array(numbers[plane * size..<(plane + 1) * size]), sizes, kernel: kernel,
                        stride: stride, low: low, dilation: dilation, least: .min)
                }
                #expect(y.values(as: Element.self) == planes.flatMap(\.values))
                #expect(found.values(as: Int.self) == planes.flatMap(\.places))
            }
        }
    }

    private func indices(
        _ x: Tensor, _ axes: Int, _ kernel: Int, _ stride: Int, _ low: Int, _ dilation: Int
    ) -> Tensor {
        let (kernel, stride) = (PerAxis(kernel), PerAxis(stride))
        let (padding, dilation) = (Padding.both(PerAxis(low)), PerAxis(dilation))
        return switch axes {
        case 1:
            x.maxPool1dWithIndices(kernel, stride: stride, padding: padding, dilation: dilation)
                .indices
        case 2:
            x.maxPool2dWithIndices(kernel, stride: stride, padding: padding, dilation: dilation)
                .indices
        default:
            x.maxPool3dWithIndices(kernel, stride: stride, padding: padding, dilation: dilation)
                .indices
        }
    }

    @Test("are of their dtype and exact to its ends, in one to three axes")
    func exact() {
        check(Int8.self)
        check(UInt8.self)
        check(Int16.self)
        check(UInt16.self)
        check(Int32.self)
        check(UInt32.self)
        check(Int64.self)
        check(UInt64.self)
    }

    @Test("adaptive ones too, and those of truth values")
    func adaptive() {
        let odd = 9_007_199_254_740_993
        let x = Tensor(NDArray([odd - 1, odd, 3, .min, .max, .max - 1, 0, -5], [1, 2, 4]))
        let (values, indices) = x.adaptiveMaxPool1dWithIndices(2)
        #expect(values.values(as: Int.self) == [odd, 3, .max, 0])
        #expect(indices.values(as: Int.self) == [1, 2, 0, 2])
        #expect(x.adaptiveMaxPool2dWithIndices(1).values.shape == [1, 1, 1])
        let cube = x.reshape([1, 2, 2, 2])
        #expect(cube.adaptiveMaxPool3d(1).values(as: Int.self) == [.max])
        #expect(cube.adaptiveMaxPool3dWithIndices(1).indices.values(as: Int.self) == [4])
        #expect(cube.adaptiveMaxPool2d(1).values(as: Int.self) == [odd, .max])
        let truths = Tensor([[true, false, false, false]]).maxPool1d(2)
        #expect(truths.dtype == .bool)
        #expect(truths.values(as: Bool.self) == [true, false])
    }

    @Test("nothing is pooled to nothing, in any dtype", arguments: DType.allCases)
    func empty(_ dtype: DType) {
        for shape in [[0, 3, 4], [3, 0, 4]] as [Shape] {
            let (values, indices) = Tensor.zeros(shape, dtype).maxPool1dWithIndices(2)
            #expect(values.shape == Shape([shape[0], shape[1], 2]))
            #expect(values.dtype == dtype && indices.dtype == .int64)
            #expect(indices.shape == values.shape)
        }
    }

    @Test("of a view in another order, and in a batch of `vmap`")
    func layouts() {
        let x = Tensor(NDArray((0..<24).map { $0 * 7 % 24 }, [2, 3, 4]))
        let turned = x.transpose()
        let copy = Tensor(turned.contiguous().data)
        #expect(turned.maxPool2d(2).values(as: Int.self) == copy.maxPool2d(2).values(as: Int.self))
        let batched = vmap { (row: Tensor) in row.maxPool1dWithIndices(2).indices }(x)
        let whole = x.maxPool1dWithIndices(2).indices
        #expect(batched.values(as: Int.self) == whole.values(as: Int.self))
    }
}
