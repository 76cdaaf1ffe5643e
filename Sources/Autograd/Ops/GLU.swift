public import Tensor

extension Tensor {
    /// a · σ(b), a and b being the halves along an axis.  Dauphin et al., "Language modeling with
    /// gated convolutional networks", 2017.
    public final func glu(axis: Int = -1) -> Tensor {
        let axis = shape.axis(axis, "glu")
        let half = shape[axis] / 2
        if half * 2 != shape[axis] {
            fail("glu", "axis \(axis) of \(shape) has no two halves")
        }
        return Tensor.roundedOnce([floating]) {
            let gate = $0[0].narrow(axis: axis, start: half, count: half)
            return $0[0].narrow(axis: axis, start: 0, count: half) * gate.sigmoid()
        }
    }
}
