import Datasets
import FTConfig
import Tensor

extension DataPlan {
    /// What a loader does to the data, and what their file says of them.
    ///
    /// - Parameter tokens: what those of a text stand for.
    static func preprocessing(
        _ config: RunConfig, _ names: [String], _ loader: Loader, _ tokens: TextTokens?
    ) throws -> Preprocessing {
        func input(
            _ name: String, _ shape: Shape, _ dtype: DType, _ pipeline: TransformPipeline
        ) -> Preprocessing.Input {
            Preprocessing.Input(
                name: name, shape: Array(shape), dtype: dtype,
                transforms: pipeline.transforms.filter { !$0.isRandom })
        }
        let dataset = loader.dataset
        let inputs = names.indices.map { index in
            input(
                names[index], dataset.inputShapes[index], dataset.inputDTypes[index],
                loader.allInputs[index])
        }
        let file = try HDF5File(config.dataPath)
        let train = config.data.child("train")
        let targets = train.string("targets")
        let images = tokens == nil && inputs.count == 1 ? train.named("inputs").first : nil
        let table = file.attribute(TableEncoding.key).flatMap { TableEncoding($0) }
        let isOfTable = table.map { inputs[0].shape == [$0.features.count] } ?? false
        return Preprocessing(
            inputs: inputs,
            target: input("", dataset.targetShape, dataset.targetDType, loader.targets),
            classes: Preprocessing.classes(file, on: targets),
            table: inputs.count == 1 && isOfTable ? table : nil, tokens: tokens,
            scalesImages: images.map {
                file.attribute(ImageFolder.scaledKey, on: $0.value.asString) != nil
            } ?? false)
    }
}
