import CKernels
import Glibc
import Tensor

// Transforms that draw: of images […, height, width], each example by numbers of its own. They
// happen in training only, and keep shapes and dtypes.

/// Where the numbers of some examples come from: two for each, which its place in the epoch decides
/// alone.
struct Draws {
    let seed: UInt64
    let epoch: Int
    /// The place in the epoch of the first example.
    let first: Int
    /// The place of the input among all.
    let input: Int

    /// Pairs of numbers in [0, 1) for a transform of the input.
    func pairs(_ count: Int, transform: Int) -> [(Double, Double)] {
        let random = Random(seed: seed).fork("augment-\(epoch)-\(input)-\(transform)")
        // A block of the stream makes two numbers of 64 bits.
        random.position = UInt64(first)
        let numbers = random.uniform([2 * count], .float64, on: .cpu).values(as: Double.self)
        return (0..<count).map { (numbers[2 * $0], numbers[2 * $0 + 1]) }
    }
}

extension Transform {
    /// Whether it draws random numbers, and happens in training only.
    public var isRandom: Bool {
        switch self {
        case .randomCrop, .randomFlip, .randomRotation, .cutout: true
        default: false
        }
    }

    /// Checks that images of this shape can be changed so.
    func checkRandom(_ shape: Shape) throws(TransformError) {
        guard shape.rank >= 2, shape.allSatisfy({ $0 > 0 }) else {
            throw TransformError(
                "\(name): needs images […, height, width], not examples of shape \(shape); put it "
                    + "before flatten, or a reshape before it")
        }
        let isFit =
            switch self {
            case .randomCrop(let padding): (1...65536).contains(padding)
            case .randomFlip(let rate): rate >= 0 && rate <= 1
            case .randomRotation(let degrees): degrees > 0 && degrees <= 180
            case .cutout(let size): (1...65536).contains(size)
            default: true
            }
        guard isFit else { throw TransformError("\(name): its number is out of range") }
    }

    /// A batch [N, …, height, width] with each example changed by its pair of numbers.
    func augmented(_ batch: NDArray, _ pairs: [(Double, Double)]) -> NDArray {
        let isRotation = if case .randomRotation = self { true } else { false }
        if isRotation, batch.dtype != .float32 {
            let turned = augmented(batch.cast(to: .float32), pairs)
            let isWhole = batch.dtype.isInteger || batch.dtype == .bool
            return (isWhole ? turned.map(.round) : turned).cast(to: batch.dtype)
        }
        let source = batch.contiguous()
        let out = NDArray(uninitialized: source.shape, source.dtype, on: CPUBackend.shared)
        let (height, width) = (out.shape[out.rank - 2], out.shape[out.rank - 1])
        let planes = out.shape.dropFirst().dropLast(2).reduce(1, *)
        let size = source.dtype.size
        let bytes = height * width * size
        source.withUnsafeBytes { from in
            out.withUnsafeMutableBytes { to in
                guard let from = from.baseAddress, let to = to.baseAddress else { return }
                for (example, pair) in pairs.enumerated() {
                    for plane in 0..<planes {
                        let start = (example * planes + plane) * bytes
                        let image = ImagePlane(
                            from: from + start, to: to + start, height, width, size)
                        change(image, pair)
                    }
                }
            }
        }
        return out
    }

    private func change(_ image: ImagePlane, _ pair: (Double, Double)) {
        switch self {
        case .randomCrop(let padding):
            let places = Double(2 * padding + 1)
            image.shift(Int(pair.0 * places) - padding, Int(pair.1 * places) - padding)
        case .randomFlip(let rate):
            if pair.0 < rate { image.flip() } else { image.shift(0, 0) }
        case .cutout(let size):
            image.shift(0, 0)
            image.cut(
                Int(pair.0 * Double(image.height)), Int(pair.1 * Double(image.width)), size)
        case .randomRotation(let degrees):
            image.rotate((2 * pair.0 - 1) * degrees * Double.pi / 180)
        default: break
        }
    }
}

/// One channel of an image, and room for what becomes of it.
private struct ImagePlane {
    let from: UnsafeRawPointer
    let to: UnsafeMutableRawPointer
    let height, width: Int
    /// Bytes of an element.
    let size: Int

    init(
        from: UnsafeRawPointer, to: UnsafeMutableRawPointer, _ height: Int, _ width: Int,
        _ size: Int
    ) {
        self.from = from
        self.to = to
        self.height = height
        self.width = width
        self.size = size
    }

    /// Moves the image down and to the right; zeros come in.
    func shift(_ down: Int, _ right: Int) {
        let kept = max(0, width - abs(right))
        if down != 0 || right != 0 { memset(to, 0, height * width * size) }
        for row in max(0, down)..<max(0, down, min(height, height + down)) {
            let target = to + (row * width + max(0, right)) * size
            memcpy(target, from + ((row - down) * width + max(0, -right)) * size, kept * size)
        }
    }

    /// Left becomes right.
    func flip() {
        for row in 0..<height {
            for column in 0..<width {
                let source = from + (row * width + width - 1 - column) * size
                memcpy(to + (row * width + column) * size, source, size)
            }
        }
    }

    /// Zeros in a square around a pixel, as far as it lies in the image.
    func cut(_ row: Int, _ column: Int, _ side: Int) {
        let rows = max(0, row - side / 2)..<min(height, row - side / 2 + side)
        let columns = max(0, column - side / 2)..<min(width, column - side / 2 + side)
        for row in rows {
            memset(to + (row * width + columns.lowerBound) * size, 0, columns.count * size)
        }
    }

    /// Turns an image of float32 about its middle, by points of lines between neighbours; zeros
    /// come in.
    func rotate(_ angle: Double) {
        let source = from.assumingMemoryBound(to: Float.self)
        let target = to.assumingMemoryBound(to: Float.self)
        let (sine, cosine) = ImagePlane.sineAndCosine(angle)
        let (middleY, middleX) = (Double(height - 1) / 2, Double(width - 1) / 2)
        func element(_ y: Int, _ x: Int) -> Double {
            let isInside = y >= 0 && y < height && x >= 0 && x < width
            return isInside ? Double(source[y * width + x]) : 0
        }
        for row in 0..<height {
            for column in 0..<width {
                let (dy, dx) = (Double(row) - middleY, Double(column) - middleX)
                let y = middleY + dy * cosine - dx * sine
                let x = middleX + dy * sine + dx * cosine
                let (top, left) = (y.rounded(.down), x.rounded(.down))
                let (down, right) = (y - top, x - left)
                let (i, j) = (Int(top), Int(left))
                let above = element(i, j) * (1 - right) + element(i, j + 1) * right
                let below = element(i + 1, j) * (1 - right) + element(i + 1, j + 1) * right
                target[row * width + column] = Float(above * (1 - down) + below * down)
            }
        }
    }

    /// By their series, so that every processor gives the same bits; |angle| ≤ π.
    private static func sineAndCosine(_ angle: Double) -> (Double, Double) {
        var (sine, cosine) = (0.0, 0.0)
        var term = 1.0
        for power in 0..<40 {
            let sign: Double = power % 4 < 2 ? 1 : -1
            if power % 2 == 0 { cosine += sign * term } else { sine += sign * term }
            term = term * angle / Double(power + 1)
        }
        return (sine, cosine)
    }
}
