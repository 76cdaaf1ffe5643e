internal import CKernels

extension Kernel {
    /// Instructions that read what is there, and arrays that lie beside the output: contiguous, of
    /// as many elements or of one. An array may be the output itself, for a block is read before it
    /// is written: of elements as large as the output's. Nothing is read that is written earlier.
    func checkFused(_ part: FusedPart) {
        let (program, arrays) = (part.program, part.reads)
        let longest = FusedProgram.longest
        require((1...longest).contains(program.instructions.count), "instructions", part.writes)
        require(program.written.count == part.writes.count, "an array a result", part.writes)
        let out = part.out
        let numbers = program.numbers(arrays)
        for array in part.writes + arrays {
            require(
                array.dtype == .bool || FusedProgram.mixes(array.dtype, numbers),
                "dtypes that mix", [array, out])
        }
        for array in arrays {
            require(
                array.isContiguous && (array.count == out.count || array.count == 1),
                "contiguous arrays of one size", [array, out])
            let isSame =
                array.offset == out.offset && array.count == out.count
                && array.dtype.size == out.dtype.size
            if array.storage === out.storage, !isSame { failAliased() }
            if part.kept.contains(where: { $0.storage === array.storage }) {
                failAliased()
            }
        }
        for (place, array) in zip(program.written, part.writes) {
            require(
                array.isContiguous && array.count == out.count, "contiguous outputs of one size",
                [array, out])
            require(
                program.instructions.indices.contains(place)
                    && program.instructions[place].dtype == array.dtype,
                "outputs of the results' dtypes", [array])
        }
        for (index, instruction) in program.instructions.enumerated() {
            checkSources(of: instruction, at: index, part)
            check(instruction, instruction.operands.map { program.dtype(of: $0, arrays) }, part)
            require(
                instruction.dtype == .bool || FusedProgram.mixes(instruction.dtype, numbers),
                "dtypes that mix", [out])
        }
    }

    private func checkSources(
        of instruction: FusedProgram.Instruction, at index: Int, _ part: FusedPart
    ) {
        for source in instruction.operands {
            switch source {
            case .array(let place):
                require(part.reads.indices.contains(place), "arrays that are listed", part.reads)
            case .result(let earlier):
                require(
                    (0..<index).contains(earlier), "results of earlier instructions", part.writes)
            }
        }
    }

    /// Operands of the dtypes that an instruction's kernel takes.
    private func check(
        _ instruction: FusedProgram.Instruction, _ operands: [DType], _ part: FusedPart
    ) {
        let kernel = instruction.kernel
        require(operands.count == kernel.traits.operands, "an instruction's operands", part.reads)
        let isRight: Bool
        switch kernel {
        case .fill, .copy: isRight = true
        case .unary, .binaryScalar:
            isRight = operands[0] == instruction.dtype && instruction.dtype != .bool
        case .binary(let function, _):
            isRight =
                operands.allSatisfy { $0 == instruction.dtype }
                && (instruction.dtype != .bool || function == .minimum || function == .maximum)
        case .test, .compareScalar: isRight = instruction.dtype == .bool
        case .compare: isRight = instruction.dtype == .bool && operands[0] == operands[1]
        case .select:
            isRight =
                operands[0] == .bool && operands[1] == instruction.dtype
                && operands[2] == instruction.dtype
        default: fail(name, "\(kernel.name) is not elementwise")
        }
        require(isRight, "operands of the dtypes that an instruction takes", part.reads)
    }

    /// Programs none of which reads or writes what another one writes.
    func checkTogether(_ group: ProgramGroup, _ out: NDArray) {
        var writers: [ObjectIdentifier: Int] = [:]
        let parts = group.parts
        require(!parts.isEmpty, "a program", [out])
        for (index, part) in parts.enumerated() {
            checkFused(part)
            for array in part.writes {
                let known = writers.updateValue(index, forKey: ObjectIdentifier(array.storage))
                if known != nil { failAliased() }
            }
        }
        for (index, part) in parts.enumerated() {
            for array in part.reads {
                let writer = writers[ObjectIdentifier(array.storage)]
                if writer ?? index != index { failAliased() }
            }
        }
    }
}
