import Datasets
import NN
import Tensor

extension DataPlan {
    /// With targets of the shape and dtype that the loss needs, where they hold the same numbers in
    /// another form: [N, 1] for [N], classes as floats that are whole or as bools.
    func fitting(_ loss: any Loss, output: Shape) throws -> DataPlan {
        let (shape, dtype) = (train.targets.outputShape, train.targets.outputDType)
        func fits(_ shape: Shape, _ dtype: DType) -> Bool {
            (try? loss.check(prediction: output, target: shape, dtype)) != nil
        }
        guard !fits(shape, dtype) else { return self }
        let remedies = TargetRemedy.all(output, shape, dtype)
        guard let remedy = remedies.first(where: { fits($0.shape, $0.dtype) }),
            let transforms = remedy.transforms
        else { return self }
        if dtype.isFloat, !remedy.dtype.isFloat, try !hasWholeTargets() { return self }
        return try adding(targetTransforms: transforms)
    }

    private func hasWholeTargets() throws -> Bool {
        var areWhole = true
        for loader in [train, validation].compactMap({ $0 }) {
            try loader.scanTargets { _, block in
                areWhole =
                    areWhole && block.values(as: Double.self).allSatisfy { $0 == $0.rounded() }
            }
        }
        return areWhole
    }
}
