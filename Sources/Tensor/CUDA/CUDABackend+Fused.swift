internal import CKernels
internal import CUDA
internal import CUDAKernels
import Synchronization

extension CUDABackend {
    /// The whole program in one pass, compiled to code of its own.
    func fused(
        _ program: FusedProgram, _ arrays: [NDArray], into out: NDArray
    ) throws(CUDAProblem) {
        let steps = program.instructions.map {
            ft_cuda_instruction(
                $0, program.dtype(of: $0.first, arrays), program.dtype(of: $0.second, arrays))
        }
        if steps.count > Int(FT_CUDA_FUSED_MOST) {
            return try stepByStep(program, arrays, into: out)
        }
        let rows = arrays.map { array in
            ft_cuda_fused_array(
                at: array.pointer, stride: array.count == 1 && out.count != 1 ? 0 : 1)
        }
        let arguments = ft_cuda_fused(
            instructions: UnsafePointer(bitPattern: try tables.place(steps, on: context)),
            arrays: UnsafePointer(bitPattern: try tables.place(rows, on: context)),
            out: out.pointer, count: Int64(out.count), length: Int64(steps.count),
            dtype: out.dtype.rawValue, unused: 0)
        try context.launch(FT_KERNEL_fused, arguments, option: option(of: steps))
    }

    /// The number of what has a program compiled to code of its own, looked up by its instructions.
    private func option(of steps: [ft_cuda_instruction]) -> Int {
        let key = steps.withUnsafeBytes { Array($0) }
        return programs.withLock { programs in
            if let known = programs[key] { return known }
            let number = context.number(ofOption: CUDABackend.option(steps))
            programs[key] = number
            return number
        }
    }

    /// What has a program compiled to code of its own; empty where it is too long for that.
    private static func option(_ steps: [ft_cuda_instruction]) -> String {
        let room = 4096
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: room) { letters in
            guard let base = letters.baseAddress else { return "" }
            let length = ft_cuda_fused_option(steps, Int32(steps.count), base, Int32(room))
            return length < 0 ? "" : String(cString: base)
        }
    }

    /// One instruction after the other, each over all elements.
    private func stepByStep(
        _ program: FusedProgram, _ arrays: [NDArray], into out: NDArray
    ) throws(CUDAProblem) {
        var results: [NDArray] = []
        for (index, step) in program.instructions.enumerated() {
            let isLast = index == program.instructions.count - 1
            let target = isLast ? out : NDArray(uninitialized: out.shape, step.dtype, on: self)
            func array(_ source: FusedProgram.Source) -> NDArray {
                switch source {
                case .result(let index): results[index]
                case .array(let index): arrays[index].laid(like: out)
                }
            }
            let (a, b) = (array(step.first), array(step.second))
            switch step.kernel {
            case .copy: try copy(a, into: target)
            case .unary(let function, let p0, let p1):
                try unary(function, p0, p1, a, into: target)
            case .binary(let function, let p0): try binary(function, p0, a, b, into: target)
            case .binaryScalar(let function, let number, let isFirst):
                try binaryScalar(function, number, isFirst: isFirst, a, into: target)
            default: fail("fused", "\(step.kernel.name) is not elementwise")
            }
            results.append(target)
        }
    }
}

extension ft_cuda_instruction {
    /// An instruction whose operands have these dtypes.
    fileprivate init(
        _ step: FusedProgram.Instruction, _ firstDType: DType, _ secondDType: DType
    ) {
        self.init()
        dtype = step.dtype.rawValue
        (first_dtype, second_dtype) = (firstDType.rawValue, secondDType.rawValue)
        first = ft_cuda_instruction.operand(step.first)
        second = ft_cuda_instruction.operand(step.second)
        switch step.kernel {
        case .unary(let function, let p0, let p1):
            kind = 0
            self.function = Int32(function.rawValue)
            (self.p0, self.p1) = (p0, p1)
        case .binary(let function, let p0):
            kind = 1
            self.function = Int32(function.rawValue)
            self.p0 = p0
        case .binaryScalar(let function, let number, let isFirst):
            kind = isFirst ? 3 : 2
            self.function = Int32(function.rawValue)
            self.number = number.bits(as: step.dtype)
        case .copy: kind = 4
        default: fail("fused", "\(step.kernel.name) is not elementwise")
        }
    }

    private static func operand(_ source: FusedProgram.Source) -> Int32 {
        switch source {
        case .array(let index): Int32(index)
        case .result(let index): -1 - Int32(index)
        }
    }
}

extension NDArray {
    /// The elements in the shape of another array: as many, or one that is repeated.
    fileprivate func laid(like other: NDArray) -> NDArray {
        let strides =
            count == other.count
            ? other.shape.contiguousStrides : Shape(repeating: 0, count: other.rank)
        return view(other.shape, strides)
    }
}
