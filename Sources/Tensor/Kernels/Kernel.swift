package import CKernels

/// A function of elementwise.h of one operand.
package typealias UnaryFunction = CKernels.UnaryFunction
/// A function of elementwise.h of two operands.
package typealias BinaryFunction = CKernels.BinaryFunction
/// A predicate of elementwise.h.
package typealias TestFunction = CKernels.TestFunction
/// A comparison of elementwise.h.
package typealias CompareFunction = CKernels.CompareFunction

/// A reduction of reductions.h.
package typealias Reduction = CKernels.Reduction

/// A rule of optimizers.h.
package typealias OptimizerRule = CKernels.OptimizerRule

/// What a device can be asked to compute, attributes included: a call of a kernel is a value.
///
/// Operands a, b, c and the output come with the call, see `run`. A case says what they are; those
/// it doesn't name are not looked at. Outputs are contiguous unless a case says otherwise.
package enum Kernel: Sendable {
    // Making elements.

    /// out = one value everywhere.
    case fill(Scalar)
    /// out[i] = start + i · step, computed in int64.
    case range(start: Int, step: Int)
    /// out = a converted; both may be strided.
    case copy

    // Elementwise: operands may be strided and are broadcast to the output's shape. Parameters are
    // those of the function in elementwise.h.

    case unary(UnaryFunction, Double, Double)
    /// A bool of each element.
    case test(TestFunction)
    case binary(BinaryFunction, Double)
    /// A function of a and a number, which comes first if `isFirst`.
    case binaryScalar(BinaryFunction, Scalar, isFirst: Bool)
    /// A bool of each pair.
    case compare(CompareFunction)
    case compareScalar(CompareFunction, Scalar)
    /// out = a ? b : c, where a is bool.
    case select

    /// Several elementwise kernels in one pass: the list holds contiguous arrays that go with the
    /// output, each of as many elements or of one.
    case fused(FusedProgram, ArrayList)
    /// Programs that have nothing to do with each other, with their arrays; the output is one of
    /// those that they write.
    case together(ProgramGroup)

    // Reductions.

    /// The elements of a, or what `map` makes of them, over axes that have size 1 in the output.
    /// The operand b of a map is broadcast to a; it may be of another float dtype, and then the map
    /// is computed in the wider. The output may be of any float dtype where a is one.
    case reduce(Reduction, map: Map?, AxisSet)
    /// The index of the first extreme along the last axis of a, contiguous; the output is int64.
    case argExtreme(maximum: Bool)
    /// A running reduction along the last axis of a, contiguous.
    case scan(Reduction)
    /// The product of the other elements along the last axis of a, for each of them, without harm
    /// by zeros; contiguous float32 or float64.
    case productOfOthers

    /// What has to do with order along the last axis of contiguous rows.
    case ordering(Ordering)

    // Products: a [.., m, k] · b [.., k, n] with equal batch axes (stride 0 where broadcast), of
    // floats; then plus c [n] on every row if there is a bias, then ReLU. Halves are added up in
    // float32. Or of integers, which wrap, without these. A device may take float32 of 11
    // significant bits if it `mayRound`.

    case matmul(bias: Bool, relu: Bool, mayRound: Bool = false)

    /// A convolution of contiguous float32 or float64: the output of the input a and the weight b,
    /// plus c if there is a bias, then ReLU; or the gradient by the input, of that by the output a
    /// and the weight b; or that by the weight, of the input a and the gradient by the output b. A
    /// GPU may round factors of float32 to those of `factors`; a CPU rounds nothing.
    case convolution(
        ConvolutionPart, Window, bias: Bool, relu: Bool, factors: AutocastPrecision = .float32)

    /// What is computed of the channels of a batch.
    case channels(ChannelKernel)

    /// Windows over the last axes of a, contiguous float32 or float64: the largest elements or
    /// means of a, or what `part` makes of b where those of a are.
    case pool(PoolPart, Pooling)

    /// Attention of queries a to keys b with values c, each [examples, positions, heads, width]
    /// with contiguous rows, float32, float64 or the half that the rule rounds factors to, where
    /// several heads of queries may share one of keys. The list holds the mask, if there is one:
    /// bools [examples, heads, queries, keys].
    case attention(AttentionRule, ArrayList)
    /// The gradients of `attention` by a, b and c. The list holds that by its output, then the
    /// mask.
    case attentionBackward(AttentionRule, ArrayList)
    /// All steps of a recurrent layer: projections a [steps, batch, parts · width], or inputs where
    /// the rule has their projection, weights b; the list holds what the rule says. The output is
    /// flat, see `RecurrenceRule`.
    case recurrence(RecurrenceRule, ArrayList)
    /// Its gradients: a is what it gave, b its weights, c the gradient by its states. The list
    /// holds the lengths, if there are some. The output is flat.
    case recurrenceBackward(RecurrenceRule, ArrayList)
    /// The distances of the rows of a [.., m, k] to the columns of b [.., k, n] by the norm of an
    /// order above 0, contiguous float32 or float64 with equal leading axes.
    case distances(order: Double)

    // Linear algebra of the matrices in the last two axes, float32 or float64, of any strides. The
    // words name the operation where a matrix has no such factor or solution.

    case factor(MatrixFactor, StaticString)
    /// X of A X = B for the matrices A of a and B of b, whose leading axes are equal.
    case solve(MatrixSystem, StaticString)

    // Rows of logits: contiguous float32 or float64, along the last axis.

    case softmax(logarithm: Bool)
    /// The gradient of `softmax` by its input: a is its output, b the gradient by that.
    case softmaxBackward(logarithm: Bool)
    /// The last axis has size 1 in the output.
    case logSumExp
    /// (x − mean) / √(variance + ε) · w + b of each row of a, or x / √(mean x² + ε) · w + b; the
    /// list holds w and b, if there are such. The output of float32 may be a half.
    case normalize(RowNorm, ArrayList)
    /// The gradient of `normalize` by its input a, b being that by its output. With a w in the list
    /// the output is one flat array, in which those by w and by b follow. Beside float32, b may be
    /// of a half.
    case normalizeBackward(RowNorm, ArrayList)

    // Classes of rows of logits: a holds logits [rows, classes], b int64 labels [rows]; the list,
    // if there is one, the float64 weights of the classes. See ckernels.h for the formulas. Halves
    // are computed with in float32, which their losses are.

    /// What each row counts; a is the labels here.
    case labelWeights(LabelTarget, weights: ArrayList?, classes: Int)
    /// The loss of each row.
    case crossEntropy(LabelTarget, weights: ArrayList?)
    /// The gradient by the logits, c being that by the losses: [rows], or one for all. Of float32
    /// and halves it may be any, whichever the logits are.
    case crossEntropyBackward(LabelTarget, weights: ArrayList?)

    // Indexing along the first axis; the index is int64 and contiguous, negative from the end.

    /// out = the index a as positions in 0..<size; one outside is reported as an operation's.
    case positions(below: Int, StaticString)
    /// out = a, int64 zeros; another number is reported as a problem of an operation.
    case requirement(StaticString, problem: StaticString)
    /// out[i] = a[b[i]]; a is contiguous.
    case gather
    /// out[b[i]] = a[i], or += and so on, in order; a is contiguous, and the output holds the
    /// table.
    case scatter(ScatterRule)

    /// Random numbers, a function of the key and the place alone.
    case draw(Draw, RandomKey)

    // Many arrays at once, all contiguous.

    /// One step of an optimizer, in place. The list holds for each parameter itself, its gradient
    /// and its states, of one shape; all are of one dtype, float32 or float64. The output is a, the
    /// rule's numbers (float64); b is the factor of the gradients, one float64 for all or one a
    /// parameter, if it `clips`; c a bool, false if nothing is to change, if it is `gated`.
    case update(OptimizerRule, ArrayList, clips: Bool, gated: Bool)
    /// Σ x² over all elements of all arrays, one float64, or of each array, one float64 for each.
    case squaredNorm(ArrayList)
    /// Whether all elements of all arrays are finite, one bool.
    case allFinite(ArrayList)
}

/// What is made of random numbers.
package enum Draw: Sendable {
    /// Floats in low..<high.
    case uniform(low: Double, high: Double)
    /// Floats of a normal distribution.
    case normal(mean: Double, deviation: Double)
    /// Words of 32 bits.
    case words
    /// Elements of a, contiguous, kept with probability 1 − rate and scaled up, else 0.
    case dropout(rate: Double)

    var name: String {
        switch self {
        case .uniform: "uniform"
        case .normal: "normal"
        case .words: "words"
        case .dropout: "dropout"
        }
    }

    var operandCount: Int { if case .dropout = self { 1 } else { 0 } }
}

extension Kernel {
    /// A function of elementwise.h that is applied to each element on the way into a reduction.
    package enum Map: Sendable {
        case unary(UnaryFunction, Double = 0, Double = 0)
        /// A function of an element of a and one of b.
        case binary(BinaryFunction, Double = 0)
    }
}

/// What an item does to a row of a table.
package enum ScatterRule: Sendable {
    case put, add, multiply, maximum, minimum

    /// The name in messages and profiles.
    package var name: String {
        switch self {
        case .put: "scatter"
        case .add: "scatterAdd"
        case .multiply: "scatterMultiply"
        case .maximum: "scatterMaximum"
        case .minimum: "scatterMinimum"
        }
    }
}

/// How class labels become a target distribution.
package struct LabelTarget: Sendable, Hashable {
    /// The share that is spread evenly over all classes.
    package var smoothing: Double
    /// The label of rows that count nothing.
    package var ignored: Int?
    /// Whose labels they are, for messages.
    package var loss: String

    package init(smoothing: Double = 0, ignored: Int? = nil, of loss: String = "CrossEntropy") {
        self.smoothing = smoothing
        self.ignored = ignored
        self.loss = loss
    }
}

/// Axes of an array, a bit each.
package struct AxisSet: Sendable, Hashable {
    private var bits: UInt8 = 0

    package init() {}

    /// The first `rank` axes.
    package init(all rank: Int) { bits = UInt8(truncatingIfNeeded: (1 << rank) - 1) }

    package func contains(_ axis: Int) -> Bool { bits >> axis & 1 != 0 }
    package mutating func insert(_ axis: Int) { bits |= 1 << axis }
    package var isEmpty: Bool { bits == 0 }
}

extension Reduction: @retroactive CustomStringConvertible {
    package var description: String { name }

    package var name: String {
        switch self {
        case .maximum: "max"
        case .minimum: "min"
        case .product: "prod"
        default: Reduction.camelCased(String(cString: ft_reduction_name(Int32(rawValue))))
        }
    }

    private static func camelCased(_ name: String) -> String {
        // Names are asked for with every call, and most are a word.
        guard name.utf8.contains(UInt8(ascii: "_")) else { return name }
        let words = name.split(separator: "_")
        let later = words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }
        return words.prefix(1).joined() + later.joined()
    }

    /// The dtype of what is made of elements of another.
    package func resultType(of dtype: DType) -> DType {
        DType(rawValue: ft_reduction_result(Int32(rawValue), dtype.rawValue)) ?? dtype
    }

    /// What is made of no elements; traps for a reduction that has to choose one.
    func ofNothing(_ shape: Shape) -> Double {
        let result = ft_reduction_of_nothing(Int32(rawValue))
        if result.isInfinite {
            fail(name, "an array of shape \(shape) has no elements to choose from")
        }
        return result
    }
}

extension OptimizerRule {
    /// How many states of a parameter the rule has.
    package var slots: Int { Int(ft_rule_slots(Int32(rawValue))) }

    /// Whether the array at a place of its list is one that it changes: all but gradients are.
    func changes(at index: Int) -> Bool { index % (2 + slots) != 1 }

    /// How many numbers a rule takes; what it doesn't use is 0.
    package static var numberCount: Int { Int(FT_RULE_NUMBERS) }
}
