extension NDArray: CustomStringConvertible {
    /// The elements in nested brackets; the middle of long axes is left out.
    public var description: String {
        let element = elementText
        var text = ""
        var index = Shape(repeating: 0, count: rank)
        if rank == 0 { return element(0) }
        if count == 0 {
            return String(repeating: "[", count: rank) + String(repeating: "]", count: rank)
        }
        let steps = shape.contiguousStrides
        let edge = 3
        // Walks the index space like an odometer, skipping from the head to the tail of each axis.
        var axis = 0
        text = String(repeating: "[", count: rank)
        outer: while true {
            var position = 0
            for axis in 0..<rank { position += index[axis] * steps[axis] }
            text += element(position)
            axis = rank - 1
            while true {
                index[axis] += 1
                if index[axis] < shape[axis] {
                    let isLast = axis == rank - 1
                    let newline = ",\n" + String(repeating: " ", count: axis + 1)
                    let separator = isLast ? ", " : newline
                    if shape[axis] > 2 * edge + 2, index[axis] == edge {
                        index[axis] = shape[axis] - edge
                        text += separator + "…"
                    }
                    text += separator + String(repeating: "[", count: rank - 1 - axis)
                    break
                }
                text += "]"
                index[axis] = 0
                axis -= 1
                if axis < 0 { break outer }
            }
        }
        return text
    }

    /// The text of the element at a position in row-major order.
    private var elementText: (Int) -> String {
        if dtype == .uint64 {
            let numbers = values(as: UInt64.self)
            return { "\(numbers[$0])" }
        }
        if dtype.isInteger {
            let numbers = values(as: Int64.self)
            return { "\(numbers[$0])" }
        }
        let (numbers, dtype) = (values(as: Double.self), dtype)
        return { NDArray.text(numbers[$0], dtype) }
    }

    private static func text(_ value: Double, _ dtype: DType) -> String {
        // The sign of NaN means nothing and differs between processors.
        if value.isNaN { return "nan" }
        return switch dtype {
        case .bool: value != 0 ? "true" : "false"
        case .float64: "\(value)"
        case .float32: "\(Float(value))"
        case .float16: "\(Float16(value))"
        default: "\(Float(value))"
        }
    }
}

extension Tensor: CustomStringConvertible {
    /// The elements, and dtype and shape where they are not obvious.
    public var description: String {
        let name = label.map { "\($0): " } ?? ""
        return "\(name)\(data) \(dtype) \(shape)"
    }
}
