internal import CKernels

// The checks of what makes one number of many.
extension Kernel {
    func checkReduce(
        _ reduction: Reduction, _ map: Map?, _ axes: AxisSet, _ x: NDArray, _ y: NDArray,
        _ out: NDArray
    ) {
        var kept = x.shape
        for axis in 0..<x.rank where axes.contains(axis) { kept[axis] = 1 }
        require(out.shape == kept && out.isContiguous, "reduced axes of size 1", [x, out])
        require(x.count > 0, "elements to reduce", [x])
        let type = reduction.resultType(of: x.dtype)
        if !(type.isFloat && out.dtype.isFloat) { hasType(out, type) }
        has(ft_reduction_has(Int32(reduction.rawValue), x.dtype.rawValue), x)
        switch map {
        case nil: break
        case .unary(let function, _, _):
            has(x.dtype.isFloat || ft_unary_has(Int32(function.rawValue), x.dtype.rawValue), x)
        case .binary(let function, _):
            fits(y, x)
            if !(x.dtype.isFloat && y.dtype.isFloat) { agree(x, y) }
            // Nobody would hear of a division by 0.
            let isKnown = ft_binary_has(Int32(function.rawValue), x.dtype.rawValue)
            has((x.dtype.isFloat || isKnown) && !function.failsAtZero(x.dtype), x)
        }
    }

    func checkTotal(
        _ arrays: [NDArray], _ out: NDArray, _ type: DType, orEach: Bool
    ) {
        hasType(out, type)
        require(
            out.isContiguous && (out.count == 1 || orEach && out.count == arrays.count),
            "one number as output", [out])
        for array in arrays {
            require(array.isContiguous && array.dtype.isFloat, "contiguous floats", [array])
        }
    }
}
