internal import CKernels
internal import CUDAKernels

/// Programs on their way into one launch.
struct FusedForms {
    /// Letters of the option that has them compiled: what a compiler has to hear at once.
    private static let room = 8192

    private(set) var steps: [ft_cuda_instruction] = []
    private(set) var arrays: [ft_cuda_fused_array] = []
    private(set) var programs: [(row: ft_cuda_fused, firstStep: Int, firstArray: Int)] = []
    private(set) var pieces: Int64 = 0
    private(set) var option = "-DFT_CODES="
    private var codes: [String: Int32] = [:]

    func hasRoom(for text: String) -> Bool {
        programs.isEmpty || option.utf8.count + text.utf8.count < FusedForms.room
    }

    mutating func add(_ form: FusedForm, _ text: String) {
        var row = form.arguments
        let code = "\(row.dtype),\(text)"
        if let known = codes[code] {
            row.code = known
        } else {
            row.code = Int32(codes.count)
            codes[code] = row.code
            option += "CODE(\(row.code),\(code))"
        }
        row.first_piece = pieces
        let piece = Int64(FT_CUDA_PIECE)
        pieces += (row.count + piece - 1) / piece
        programs.append((row, steps.count, arrays.count))
        steps += form.steps
        arrays += form.arrays
    }
}

/// A program as a kernel reads it.
struct FusedForm {
    private(set) var steps: [ft_cuda_instruction]
    let arrays: [ft_cuda_fused_array]
    /// Without the places of the tables.
    let arguments: ft_cuda_fused

    init(_ part: FusedPart) {
        let program = part.program
        let count = part.out.count
        arrays = (part.reads + part.writes).map { array in
            ft_cuda_fused_array(
                at: array.pointer, stride: array.count == 1 && count != 1 ? 0 : 1)
        }
        steps = program.instructions.map { step in
            ft_cuda_instruction(step, step.operands.map { program.dtype(of: $0, part.reads) })
        }
        for (place, index) in program.written.enumerated() {
            steps[index].out = Int32(part.reads.count + place)
        }
        var numbers = program.numbers(part.reads)
        if steps.count == 1, let plain = FusedForm.plain(program, part) {
            numbers = plain
            steps[0].dtype = plain.rawValue
            steps[0].dtypes.0 = plain.rawValue
        }
        var arguments = ft_cuda_fused()
        arguments.count = Int64(count)
        arguments.length = Int32(steps.count)
        arguments.dtype = numbers.rawValue
        arguments.group = Int32(16 / numbers.size)
        self.arguments = arguments
    }

    /// For a copy that converts nothing a dtype of the same size that keeps all bits, those of NaN
    /// included.
    private static func plain(_ program: FusedProgram, _ part: FusedPart) -> DType? {
        guard case .copy = program.instructions[0].kernel, part.reads[0].dtype == part.out.dtype
        else { return nil }
        switch part.out.dtype.size {
        case 1: return .uint8
        case 2: return .uint16
        case 4: return .uint32
        default: return .uint64
        }
    }

    /// What has a program compiled to code of its own.
    static func text(_ steps: [ft_cuda_instruction]) -> String {
        let room = 64 * Int(FT_CUDA_FUSED_MOST)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: room) { letters in
            guard let base = letters.baseAddress else { return "" }
            let length = ft_cuda_fused_steps(steps, Int32(steps.count), base, Int32(room))
            if length < 0 { fail("fused", "a program of \(steps.count) steps is too long") }
            return String(cString: base)
        }
    }
}

extension ft_cuda_instruction {
    /// An instruction whose operands have these dtypes; it writes nothing.
    fileprivate init(_ step: FusedProgram.Instruction, _ types: [DType]) {
        self.init()
        dtype = step.dtype.rawValue
        out = -1
        let places = step.operands.map(ft_cuda_instruction.place)
        operands = (
            places.first ?? 0, places.dropFirst().first ?? 0, places.dropFirst(2).first ?? 0
        )
        let numbers = types.map(\.rawValue)
        dtypes = (
            numbers.first ?? 0, numbers.dropFirst().first ?? 0, numbers.dropFirst(2).first ?? 0
        )
        switch step.kernel {
        case .unary(let function, let p0, let p1):
            set(FT_CUDA_STEP_UNARY, function.rawValue)
            (self.p0, self.p1) = (p0, p1)
        case .binary(let function, let p0):
            set(FT_CUDA_STEP_BINARY, function.rawValue)
            self.p0 = p0
        case .binaryScalar(let function, let number, let isFirst):
            set(
                isFirst ? FT_CUDA_STEP_NUMBER_FIRST : FT_CUDA_STEP_NUMBER_SECOND, function.rawValue)
            self.number = number.bits(as: step.dtype)
        case .copy: set(FT_CUDA_STEP_CONVERT)
        case .test(let function): set(FT_CUDA_STEP_TEST, function.rawValue)
        case .compare(let function): set(FT_CUDA_STEP_COMPARE, function.rawValue)
        case .compareScalar(let function, let number):
            set(FT_CUDA_STEP_COMPARE_NUMBER, function.rawValue)
            self.number = number.bits(as: types[0])
        case .select: set(FT_CUDA_STEP_SELECT)
        case .fill(let number):
            set(FT_CUDA_STEP_FILL)
            self.number = number.bits(as: step.dtype)
        default: fail("fused", "\(step.kernel.name) is not elementwise")
        }
    }

    private mutating func set<Kind: BinaryInteger>(_ kind: Kind, _ function: UInt32 = 0) {
        self.kind = Int32(kind)
        self.function = Int32(function)
    }

    private static func place(_ source: FusedProgram.Source) -> Int32 {
        switch source {
        case .array(let index): Int32(index)
        case .result(let index): -1 - Int32(index)
        }
    }
}
