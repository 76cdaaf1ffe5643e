internal import CKernels

extension CPUBackend {
    @inline(never)
    func step(
        _ rule: OptimizerRule, _ parameter: NDArray, gradient: NDArray, state: [NDArray]
    ) {
        let dtype = parameter.dtype.rawValue
        let size = parameter.dtype.size
        parallel(parameter.count, grain: 1 << 14) { begin, end in
            let n = end - begin
            let start = Int(begin) * size
            let p = parameter.pointer + start
            let g = gradient.pointer + start
            func slot(_ index: Int) -> UnsafeMutableRawPointer? {
                index < state.count ? state[index].pointer + start : nil
            }
            switch rule {
            case .sgd(let rate, let momentum, let nesterov, let decay, let clip):
                kernels.sgd(dtype, n, p, g, slot(0), rate, momentum, nesterov, decay, clip)
            case .adam(
                let rate, let b1, let b2, let eps, let c1, let c2, let decay, let decoupled,
                let clip):
                kernels.adam(
                    dtype, n, p, g, slot(0), slot(1), rate, b1, b2, eps, c1, c2, decay,
                    decoupled, clip)
            case .rmsprop(let rate, let alpha, let eps, let momentum, let decay, let clip):
                kernels.rmsprop(
                    dtype, n, p, g, slot(0), slot(1), rate, alpha, eps, momentum, decay, clip)
            case .adagrad(let rate, let eps, let decay, let clip):
                kernels.adagrad(dtype, n, p, g, slot(0), rate, eps, decay, clip)
            case .lion(let rate, let b1, let b2, let decay, let clip):
                kernels.lion(dtype, n, p, g, slot(0), rate, b1, b2, decay, clip)
            }
        }
        withExtendedLifetime((parameter, gradient)) {}
    }
}
