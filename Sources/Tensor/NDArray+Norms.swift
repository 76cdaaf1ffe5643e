internal import CKernels

// What an optimizer asks of all elements of many arrays.
extension NDArray {
    /// Σ x² in double precision.
    package var sumOfSquares: Double { NDArray.squaredNorm([self]).scalar }

    /// Whether no element is NaN or infinite; integers always are finite.
    package var isAllFinite: Bool { !dtype.isFloat || NDArray.allFinite([self]).scalar != 0 }

    /// Σ x² over all elements of arrays on one device, in float64: one number, there.
    package static func squaredNorm(_ arrays: [NDArray]) -> NDArray {
        let backend = arrays.first?.backend ?? Device.currentBackend
        let out = NDArray(uninitialized: [], .float64, on: backend)
        Kernel.squaredNorm(ArrayList(arrays.map { $0.contiguous() })).run(into: out)
        return out
    }

    /// Σ x² of each of several arrays on one device, in float64: [arrays], there.
    package static func squaredNorms(_ arrays: [NDArray]) -> NDArray {
        let backend = arrays.first?.backend ?? Device.currentBackend
        let out = NDArray(uninitialized: [arrays.count], .float64, on: backend)
        Kernel.squaredNorm(ArrayList(arrays.map { $0.contiguous() })).run(into: out)
        return out
    }

    /// Whether all elements of arrays of floats on one device are finite: one bool, there.
    package static func allFinite(_ arrays: [NDArray]) -> NDArray {
        let backend = arrays.first?.backend ?? Device.currentBackend
        let out = NDArray(uninitialized: [], .bool, on: backend)
        Kernel.allFinite(ArrayList(arrays.map { $0.contiguous() })).run(into: out)
        return out
    }
}
