package import Tensor

/// Ops that only other ops call, for the list of all ops, whose rows check them by themselves too.
package enum InnerOps {
    package typealias Binary = @Sendable (Tensor, Tensor) -> Tensor

    // Slopes of activations, times the second operand.
    package static let reluGrad: Binary = { ActivationGrad(of: ReLU())($0, $1) }
    package static let leakyReluGrad: Binary = { ActivationGrad(of: LeakyReLU(0.25))($0, $1) }
    package static let eluGrad: Binary = { ActivationGrad(of: ELU(1.5))($0, $1) }
    package static let tanhGrad: Binary = { ActivationGrad(of: Tanh())($0, $1) }
    package static let sigmoidGrad: Binary = { ActivationGrad(of: Sigmoid())($0, $1) }
    package static let softplusGrad: Binary = { ActivationGrad(of: Softplus())($0, $1) }
    package static let siluGrad: Binary = { ActivationGrad(of: SiLU())($0, $1) }
    package static let geluGrad: Binary = { ActivationGrad(of: GELU())($0, $1) }
    package static let geluTanhGrad: Binary = { ActivationGrad(of: GELUTanh())($0, $1) }
    package static let mishGrad: Binary = { ActivationGrad(of: Mish())($0, $1) }
    package static let celuGrad: Binary = { ActivationGrad(of: CELU(1.5))($0, $1) }
    package static let relu6Grad: Binary = { ActivationGrad(of: ReLU6())($0, $1) }
    package static let hardsigmoidGrad: Binary = { ActivationGrad(of: Hardsigmoid())($0, $1) }
    package static let hardswishGrad: Binary = { ActivationGrad(of: Hardswish())($0, $1) }
    package static let hardshrinkGrad: Binary = {
        ActivationGrad(of: Shrink(0.5, soft: false))($0, $1)
    }

    package static let softmaxGrad: Binary = { SoftmaxGrad()($0, $1) }
    package static let logSoftmaxGrad: Binary = { LogSoftmaxGrad()($0, $1) }
    package static let logGammaSlope: Binary = { LogGammaSlope()($0, $1) }

    package static func crossEntropyGrad(_ rule: LabelRule, _ operands: [Tensor]) -> Tensor {
        CrossEntropyGrad(rule)(operands)
    }

    // Also where there is nothing to do, unlike the methods of `Tensor`.
    package static func cast(_ x: Tensor, to dtype: DType) -> Tensor { Cast(to: dtype)(x) }
    package static func move(_ x: Tensor, to backend: any Backend) -> Tensor {
        Move(to: backend)(x)
    }

    package static func cofactors(_ x: Tensor) -> Tensor { Cofactors()(x) }

    // Along the last axis.
    package static func takeAlong(_ x: Tensor, _ index: Tensor) -> Tensor { TakeAlong.of(x, index) }
    package static func addAlong(_ x: Tensor, _ index: Tensor, size: Int) -> Tensor {
        AddAlong.of(x, index, size: size)
    }
    package static func recurrence(
        factors: Tensor, terms: Tensor, reversed: Bool = false
    ) -> Tensor {
        Recurrence.of(factors: factors, terms: terms, reversed: reversed)
    }
}
