extension Kernel {
    /// Instructions that read what is there, and arrays that lie beside the output: contiguous, of
    /// its shape or of one element. An array may be the output itself, for a block is read before
    /// it is written: of elements as large as the output's.
    func checkFused(_ program: FusedProgram, _ arrays: [NDArray], _ out: NDArray) {
        require(out.isContiguous, "a contiguous output", [out])
        for array in arrays {
            require(FusedProgram.mixes(array.dtype, out.dtype), "dtypes that mix", [array, out])
            require(
                array.isContiguous && (array.shape == out.shape || array.count == 1),
                "contiguous arrays of one shape", [array, out])
            let isSame =
                array.offset == out.offset && array.count == out.count
                && array.dtype.size == out.dtype.size
            if array.storage === out.storage, !isSame { failAliased() }
        }
        require(!program.instructions.isEmpty, "an instruction", [out])
        for (index, instruction) in program.instructions.enumerated() {
            for source in [instruction.first, instruction.second] {
                switch source {
                case .array(let place):
                    require(arrays.indices.contains(place), "arrays that are listed", arrays)
                case .result(let earlier):
                    require((0..<index).contains(earlier), "results of earlier instructions", [out])
                }
                if case .copy = instruction.kernel { continue }
                let dtype = program.dtype(of: source, arrays)
                require(dtype == instruction.dtype, "operands of the result's dtype", [out])
            }
            require(FusedProgram.mixes(instruction.dtype, out.dtype), "dtypes that mix", [out])
        }
        require(program.instructions.last?.dtype == out.dtype, "the output's dtype last", [out])
    }
}
