extension Kernel {
    func checkProduct(
        _ a: NDArray, _ b: NDArray, _ bias: NDArray?, fuses: Bool, _ out: NDArray
    ) {
        let rank = out.rank
        require(
            rank >= 2 && a.rank == rank && b.rank == rank && out.isContiguous
                && (out.dtype.isFloat || out.dtype.isInteger && !fuses),
            "matrices of floats, or integers alone", [a, b, out])
        agree(a, b)
        agree(a, out)
        for axis in 0..<rank - 2 {
            let size = out.shape[axis]
            require(
                a.shape[axis] == size && b.shape[axis] == size, "equal batch axes", [a, b, out])
        }
        require(
            a.shape[rank - 2] == out.shape[rank - 2] && b.shape[rank - 1] == out.shape[rank - 1]
                && a.shape[rank - 1] == b.shape[rank - 2], "sizes that fit", [a, b, out])
        if let bias {
            agree(a, bias)
            require(
                bias.isContiguous && bias.rank == 1 && bias.count == out.shape[rank - 1],
                "a contiguous bias of a number a column", [bias, out])
        }
    }

    func checkFactor(_ factor: MatrixFactor, _ a: NDArray, _ out: NDArray) {
        require(
            a.rank >= 2 && a.dtype.isWide && out.isContiguous, "matrices of float32 or float64", [a]
        )
        let isSquare = a.shape[a.rank - 1] == a.shape[a.rank - 2]
        require(isSquare || !factor.isOfSquares, "square matrices", [a])
        agree(a, out)
        require(out.shape == factor.shape(of: a.shape), "an output that fits", [a, out])
    }

    func checkSolve(_ system: MatrixSystem, _ a: NDArray, _ b: NDArray, _ out: NDArray) {
        let rank = a.rank
        require(
            rank >= 2 && a.dtype.isWide && b.rank == rank && out.rank == rank && out.isContiguous,
            "matrices of float32 or float64", [a, b, out])
        agree(a, b)
        agree(a, out)
        let (m, n) = (a.shape[rank - 2], a.shape[rank - 1])
        if case .leastSquares = system {} else { require(m == n, "square matrices", [a]) }
        require(
            b.shape == a.shape.replacing(rank - 1, with: b.shape[rank - 1])
                && out.shape == b.shape.replacing(rank - 2, with: n),
            "a right side and an output that fit", [a, b, out])
    }
}
