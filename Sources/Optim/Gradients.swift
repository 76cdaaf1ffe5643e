internal import Autograd
internal import CKernels
public import Tensor

// Gradients as a whole: their norm and limits.
extension Array where Element: Tensor {
    /// √Σ g² over all gradients, in double precision; NaN or infinite if one of them is.
    public var gradientNorm: Double {
        let gradients = compactMap { $0.grad?.data }
        var squares = [Double](repeating: 0, count: gradients.count)
        // One wait for each device, not for each gradient.
        for (_, places) in Dictionary(
            grouping: gradients.indices, by: { ObjectIdentifier(gradients[$0].backend) })
        {
            let norms = NDArray.squaredNorms(places.map { gradients[$0] })
            for (place, square) in zip(places, norms.values(as: Double.self)) {
                squares[place] = square
            }
        }
        return squares.reduce(0, +).squareRoot()
    }

    /// The same as a float64 scalar on the gradients' device, which nothing waits for until it is
    /// read; nil where there are no gradients.
    package var gradientNormTensor: Tensor? {
        let gradients = compactMap { $0.grad?.data }
        return gradients.isEmpty ? nil : Tensor(NDArray.squaredNorm(gradients).map(.sqrt))
    }

    /// Scales all gradients together so that their norm is at most `limit`; returns the norm they
    /// had, a float64 scalar.
    ///
    ///     let norm = model.parameters.clipGradients(toNorm: 1)
    ///     optimizer.step()
    ///     print(norm.item)
    ///
    /// Nothing waits for the norm until it is read, so this may stand in a captured step. The
    /// gradients lie on one device; one that is not finite makes all of them NaN. An optimizer's
    /// `clipping` does the same without a pass over them.
    @discardableResult
    public func clipGradients(toNorm limit: Double) -> Tensor {
        let squared = NDArray.squaredNorm(compactMap { $0.grad?.data })
        let factor = squared.clipFactor(toNorm: limit)
        for tensor in self {
            tensor.grad = tensor.grad.map {
                $0.detach() * Tensor(factor.cast(to: $0.dtype))
            }
        }
        return Tensor(squared.map(.sqrt))
    }

    /// Cuts each element of the gradients to −limit...limit.
    public func clipGradients(toValue limit: Double) {
        for tensor in self {
            tensor.grad = tensor.grad.map { $0.detach().clip(lower: -limit, upper: limit) }
        }
    }

    /// Multiplies all gradients: by 1/n after n backward passes, for their mean.
    public func scaleGradients(by factor: Double) {
        for tensor in self { tensor.grad = tensor.grad.map { $0.detach() * factor } }
    }
}

extension NDArray {
    /// What multiplies gradients whose squared norm this is, so that their norm is at most `limit`.
    func clipFactor(toNorm limit: Double) -> NDArray {
        map(.sqrt).zip(.div, Scalar(limit), isFirst: true).zip(.minimum, Scalar(1))
    }
}
