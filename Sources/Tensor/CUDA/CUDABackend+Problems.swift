internal import CUDA

// What the GPU can't do ends the program with a sentence, or is noted where somebody attempts it.
extension CUDABackend {
    /// Does what may fail; nothing once something failed in an attempt.
    ///
    /// - Returns: whether it was done.
    @discardableResult
    func perform(
        _ operation: @autoclosure () -> String, hint: String? = nil,
        _ body: () throws(CUDAProblem) -> Void
    ) -> Bool {
        let attempt = DeviceAttempt.current
        if attempt?.problem != nil { return false }
        do throws(CUDAProblem) {
            try body()
            return true
        } catch {
            guard let attempt else {
                fail(operation(), error.description, hint: hint ?? advice(error))
            }
            let advice = advice(error).map { " (\($0))" } ?? ""
            attempt.problem = DeviceProblem(
                device, "\(operation()): \(error)\(advice)", isLost: error.isLoss)
            return false
        }
    }

    /// Where to look for the cause of what shows later than it happens.
    private func advice(_ problem: CUDAProblem) -> String? {
        guard problem.isLoss else { return nil }
        let loss = "this process can't use the GPU any more"
        return context.waitsForEach
            ? loss : "\(loss); FAKETENSOR_CUDA_WAIT=each tells at which operation it happens"
    }

    /// Where arrays lie that the device had no memory for: no address of it.
    static var nowhere: UnsafeMutableRawPointer? { UnsafeMutableRawPointer(bitPattern: 1 << 62) }

    static func isNowhere(_ pointer: UnsafeMutableRawPointer) -> Bool {
        UInt(bitPattern: pointer) >> 62 == 1
    }

    /// Traps where an operand never came to be, which an attempt that is over had left somewhere.
    func requireMemory(
        _ kernel: Kernel, _ a: NDArray, _ b: NDArray, _ c: NDArray, _ out: NDArray
    ) {
        var isMissing =
            CUDABackend.isNowhere(a.pointer) || CUDABackend.isNowhere(b.pointer)
            || CUDABackend.isNowhere(c.pointer) || CUDABackend.isNowhere(out.pointer)
        for array in kernel.list?.arrays ?? [] where CUDABackend.isNowhere(array.pointer) {
            isMissing = true
        }
        // In the attempt itself nothing is computed any more.
        if isMissing, DeviceAttempt.current?.problem == nil {
            fail(kernel.name, "\(device) had no memory for an operand, which never came to be")
        }
    }
}
