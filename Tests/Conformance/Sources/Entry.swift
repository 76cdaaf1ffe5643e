import FakeTensor

/// An operator of PyTorch's database as a call of the library.
struct Entry: Sendable {
    typealias Body = @Sendable (Arguments) throws -> [Tensor]

    /// Names in the database, of which all variants (`softmax.with_dtype`) follow unless they have
    /// entries of their own.
    let names: [String]
    /// PyTorch's names of the parameters after `input`, in order.
    let parameters: [String]
    /// Only the shapes and types of the results can be compared.
    let isRandom: Bool
    /// Results are sums of products, which may differ by what rounding makes of so many terms.
    private(set) var isSum = false
    let body: Body

    private init(
        _ names: [String], _ parameters: String, isRandom: Bool = false, body: @escaping Body
    ) {
        self.names = names
        self.parameters = parameters.split(separator: " ").map(String.init)
        self.isRandom = isRandom
        self.body = body
    }

    /// This entry as one whose results are sums of products.
    var summing: Entry {
        var entry = self
        entry.isSum = true
        return entry
    }

    /// The entry of an operator or, if it has none, of that whose variant it is.
    static func named(_ name: String) -> Entry? {
        table.first { $0.names.contains(name) }
            ?? name.lastIndex(of: ".").flatMap { dot in named(String(name[..<dot])) }
    }

    /// All there are. An operator that isn't here is not compared.
    static let table: [Entry] =
        elementwise + arithmetic + activations + scalar + furtherActivations + reductions
        + ordering + movement + joining + indexing + products + convolutions + pooling + upsampling
        + attention + matrices + losses + furtherLosses
        + creation + changing + compositions
}

// What entries are made by.
extension Entry {
    /// An operator with one result.
    static func op(
        _ names: String..., with parameters: String = "",
        of body: @escaping @Sendable (Arguments) throws -> Tensor
    ) -> Entry {
        Entry(names, parameters) { [try body($0)] }
    }

    /// An operator with several.
    static func ops(
        _ names: String..., with parameters: String = "", of body: @escaping Body
    ) -> Entry {
        Entry(names, parameters, body: body)
    }

    /// One whose numbers are drawn.
    static func random(
        _ names: String..., with parameters: String = "",
        of body: @escaping @Sendable (Arguments) throws -> Tensor
    ) -> Entry {
        Entry(names, parameters, isRandom: true) { [try body($0)] }
    }

    /// A function of one tensor.
    static func unary(_ names: String..., of f: @escaping @Sendable (Tensor) -> Tensor) -> Entry {
        Entry(names, "") { [f(try $0.x)] }
    }

    /// A function of two tensors; of a tensor and a number, of a number and a tensor where given.
    static func binary(
        _ names: String..., with parameters: String = "other",
        of f: @escaping @Sendable (Tensor, Tensor) -> Tensor,
        number g: (@Sendable (Tensor, Scalar) -> Tensor)? = nil,
        reversed h: (@Sendable (Scalar, Tensor) -> Tensor)? = nil
    ) -> Entry {
        Entry(names, parameters) { a in
            let second = parameters.split(separator: " ").first.map(String.init) ?? "other"
            return [try called(a, second, of: f, number: g, reversed: h)]
        }
    }

    /// The form of a function of two that fits what is given.
    static func called(
        _ a: Arguments, _ second: String = "other", of f: (Tensor, Tensor) -> Tensor,
        number g: ((Tensor, Scalar) -> Tensor)? = nil,
        reversed h: ((Scalar, Tensor) -> Tensor)? = nil
    ) throws -> Tensor {
        if a.isTensor("input"), a.isTensor(second) { return f(try a.x, try a.tensor(second)) }
        if a.isTensor("input"), let g, let number = try a.scalar(second) {
            return g(try a.x, number)
        }
        if a.isTensor(second), let h, let number = try a.scalar("input") {
            return h(number, try a.tensor(second))
        }
        throw Inexpressible("a number in place of a tensor")
    }

    /// A function of a tensor, axes (nil are all) and whether they stay, with size 1.
    static func reduction(
        _ names: String..., with more: String = "dtype",
        of f: @escaping @Sendable (Tensor, [Int]?, Bool) -> Tensor
    ) -> Entry {
        Entry(names, "dim keepdim " + more) { a in
            let dtype = try a.dtype()
            let x = try a.x
            let y = f(dtype.map { x.cast(to: $0) } ?? x, try a.axes(), try a.bool("keepdim"))
            return [dtype.map { y.cast(to: $0) } ?? y]
        }
    }
}

extension Arguments {
    /// The first argument, cast to the dtype that is asked for.
    var typed: Tensor {
        get throws {
            let x = try x
            return try dtype().map { x.cast(to: $0) } ?? x
        }
    }

    /// An axis counted from the front.
    func axis(_ name: String = "dim", or value: Int? = nil) throws -> Int {
        let axis = try require(try int(name) ?? value, name)
        return axis < 0 ? axis + max(try x.rank, 1) : axis
    }
}
