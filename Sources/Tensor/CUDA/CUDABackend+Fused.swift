internal import CUDA
internal import CUDAKernels
import Synchronization

extension CUDABackend {
    /// The whole program in one pass, compiled to code of its own.
    func fused(_ part: FusedPart) throws(CUDAProblem) {
        let form = FusedForm(part)
        var arguments = form.arguments
        tables.begin(on: context)
        arguments.instructions = UnsafePointer(
            bitPattern: try tables.place(form.steps, on: context))
        arguments.arrays = UnsafePointer(bitPattern: try tables.place(form.arrays, on: context))
        let option = number(ofOption: form.steps) { "-DFT_STEPS=" + FusedForm.text(form.steps) }
        try context.launch(FT_KERNEL_fused, arguments, option: option)
    }

    /// Programs that have nothing to do with each other, in as few launches as their codes fit
    /// into.
    func together(_ parts: [FusedPart]) throws(CUDAProblem) {
        var group = FusedForms()
        for part in parts {
            let form = FusedForm(part)
            let text = FusedForm.text(form.steps)
            if !group.hasRoom(for: text) {
                try launch(group)
                group = FusedForms()
            }
            group.add(form, text)
        }
        try launch(group)
    }

    private func launch(_ group: FusedForms) throws(CUDAProblem) {
        tables.begin(on: context)
        let steps = try tables.place(group.steps, on: context)
        let arrays = try tables.place(group.arrays, on: context)
        let stepSize = UInt(MemoryLayout<ft_cuda_instruction>.stride)
        let arraySize = UInt(MemoryLayout<ft_cuda_fused_array>.stride)
        let programs = group.programs.map { program in
            var row = program.row
            row.instructions = UnsafePointer(
                bitPattern: steps + UInt(program.firstStep) * stepSize)
            row.arrays = UnsafePointer(bitPattern: arrays + UInt(program.firstArray) * arraySize)
            return row
        }
        let arguments = ft_cuda_together(
            programs: UnsafePointer(bitPattern: try tables.place(programs, on: context)),
            count: Int64(programs.count), pieces: group.pieces)
        let option = context.number(ofOption: group.option)
        try context.launch(FT_KERNEL_together, arguments, option: option)
    }

    /// The number of what has a program compiled to code of its own, looked up by its instructions.
    private func number(
        ofOption steps: [ft_cuda_instruction], _ option: () -> String
    ) -> Int {
        let key = steps.withUnsafeBytes { Array($0) }
        return programs.withLock { programs in
            if let known = programs[key] { return known }
            let number = context.number(ofOption: option())
            programs[key] = number
            return number
        }
    }
}
