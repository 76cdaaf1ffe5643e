import Testing

/// The good config with one place changed, and what must be said about it.
struct BadConfig: Sendable, CustomTestStringConvertible {
    let old: String
    let new: String
    let expected: [String]

    init(_ old: String, _ new: String, _ expected: String...) {
        self.old = old
        self.new = new
        self.expected = expected
    }

    var testDescription: String { "\(old) → \(new)" }

    static let corpus = [
        BadConfig(
            #""seed": 42"#, #""sead": 42"#,
            #"c.json:2:18: sead: unknown key. Did you mean 'seed'?"#
        ),
        BadConfig(
            #""seed": 42"#, #""epochs": 42"#,
            #"c.json:2:18: epochs: unknown key. Did you mean 'training.epochs'?"#
        ),
        BadConfig(
            #""seed": 42"#, #""xyz": 42"#,
            #"c.json:2:18: xyz: unknown key. Known: name, seed, device, data, model, "#
                + #"loss, optimizer, schedule, training, metrics"#
        ),
        BadConfig(
            #""seed": 42"#, #""seed": -1"#,
            #"c.json:2:26: seed: expected an integer ≥ 0, found -1"#
        ),
        BadConfig(
            #""seed": 42"#, #""seed": "42""#,
            #"c.json:2:26: seed: expected an integer ≥ 0, found the string "42". Remove "#
                + #"the quotes"#
        ),
        BadConfig(
            #""seed": 42"#, #""seed": 1.5"#,
            #"c.json:2:26: seed: expected an integer ≥ 0, found 1.5"#
        ),
        BadConfig(
            #""seed": 42"#, #""seed": null"#,
            #"c.json:2:26: seed: expected an integer ≥ 0, found null. "#
                + "Leave it out for the default, 42"
        ),
        BadConfig(
            #""seed": 42"#, #""seed": true"#,
            #"c.json:2:26: seed: expected an integer ≥ 0, found true"#
        ),
        BadConfig(
            #""seed": 42"#, #""seed": 123456789012345678901234567890"#,
            #"c.json:2:26: seed: expected an integer ≥ 0, found "#
                + #"123456789012345678901234567890, which is more than 9223372036854775807"#
        ),
        BadConfig(
            #""seed": 42"#, #""seed": 42, "seed": 43"#,
            #"c.json:2:30: seed: given twice, first in line 2. Remove one"#
        ),
        BadConfig(
            #""name": "mlp""#, #""name": 7"#,
            #"c.json:2:11: name: expected a string, found 7. Put it in double quotes"#
        ),
        BadConfig(
            #""name": "mlp""#, #""name": ["mlp"]"#,
            #"c.json:2:11: name: expected a string, found an array"#
        ),
        BadConfig(
            #""device": "auto""#, #""device": "gpu""#,
            #"c.json:2:40: device: expected "auto", "cpu" or "cuda", found the string "#
                + #""gpu". Did you mean "cpu"?"#
        ),
        BadConfig(
            #""device": "auto""#, #""device": "CUDA""#,
            #"c.json:2:40: device: expected "auto", "cpu" or "cuda", found the string "#
                + #""CUDA". Did you mean "cuda"?"#
        ),
        BadConfig(
            #""path": "data/digits.h5","#, "",
            #"c.json:3:11: data.path: missing. Give a string: an HDF5 file"#
        ),
        BadConfig(
            #""path": "data/digits.h5""#, #""pth": "data/digits.h5""#,
            #"c.json:3:11: data.path: missing. Give a string: an HDF5 file"#,
            #"c.json:4:5: data.pth: unknown key. Did you mean 'path'?"#
        ),
        BadConfig(
            #", "targets": "train/labels"}"#, #"}"#,
            #"c.json:5:14: data.train.targets: missing. Give a string: path of the targets"#
        ),
        BadConfig(
            #""train": {"inputs": "train/images", "targets": "train/labels"}"#,
            #""train": "train/images""#,
            #"c.json:5:14: data.train: expected an object, found the string "train/images""#
        ),
        BadConfig(
            #""factor": 0.00392156862745098"#, #""factor": "0.5""#,
            #"c.json:7:48: data.transforms[0].factor: expected a number, found the string "#
                + #""0.5". Remove the quotes"#
        ),
        BadConfig(
            #""factor": 0.00392156862745098"#, #""factor": 1e999"#,
            #"c.json:7:48: data.transforms[0].factor: expected a number, found 1e999, "#
                + #"which is too large for a double"#
        ),
        BadConfig(
            #"{"type": "flatten"}"#, #"{"type": "flaten"}"#,
            #"c.json:7:79: data.transforms[1].type: unknown transform "flaten". Did you "#
                + #"mean "flatten"? Known: scale, flatten"#
        ),
        BadConfig(
            #"{"type": "flatten"}"#, #"{"kind": "flatten"}"#,
            #"c.json:7:70: data.transforms[1].type: missing. Name the transform: scale, "#
                + #"flatten"#
        ),
        BadConfig(
            #"{"type": "flatten"}"#, #""flatten""#,
            #"c.json:7:70: data.transforms[1]: expected a transform, found the string "#
                + #""flatten". Write {"type": "flatten"}"#
        ),
        BadConfig(
            #"{"type": "flatten"}"#, #""nothing""#,
            #"c.json:7:70: data.transforms[1]: expected a transform, found the string "#
                + #""nothing""#
        ),
        BadConfig(
            #"{"type": "flatten"}"#, #"{"type": "flatten", "axis": 1}"#,
            #"c.json:7:90: data.transforms[1].axis: unknown key of transform 'flatten', "#
                + #"which has none besides 'type'"#
        ),
        BadConfig(
            #"{"type": "flatten"}"#, #"{"type": 3}"#,
            #"c.json:7:79: data.transforms[1].type: expected the name of a transform, "#
                + #"found 3"#
        ),
        BadConfig(
            #""batchSize": 128"#, #""batch_size": 128"#,
            #"c.json:8:5: data.batch_size: unknown key. Did you mean 'batchSize'?"#
        ),
        BadConfig(
            #""batchSize": 128"#, #""batchSize": 0"#,
            #"c.json:8:18: data.batchSize: expected an integer from 1 to 1000000, found 0"#
        ),
        BadConfig(
            #""shuffle": true"#, #""shuffle": "yes""#,
            #"c.json:8:34: data.shuffle: expected true or false, found the string "yes""#
        ),
        BadConfig(
            #""units": 512}, "#, #""units": "ten"}, "#,
            #"c.json:11:33: model.layers[0].units: expected an integer ≥ 1, found the "#
                + #"string "ten""#
        ),
        BadConfig(
            #""units": 512}, "#, #""unit": 512}, "#,
            #"c.json:11:5: model.layers[0].units: missing. Give an integer ≥ 1: output "#
                + #"features"#,
            #"c.json:11:24: model.layers[0].unit: unknown key of layer 'linear'. Did you "#
                + #"mean 'units'?"#
        ),
        BadConfig(
            #", "units": 512}, "#, #"}, "#,
            #"c.json:11:5: model.layers[0].units: missing. Give an integer ≥ 1: output "#
                + #"features"#
        ),
        BadConfig(
            #"{"type": "relu"}"#, #"{"type": "reul"}"#,
            #"c.json:11:48: model.layers[1].type: unknown layer "reul". Did you mean "#
                + #""relu"? Known: linear, relu, dropout, reshape, residual"#
        ),
        BadConfig(
            #"{"type": "relu"}"#, #"null"#,
            #"c.json:11:39: model.layers[1]: expected a layer, found null"#
        ),
        BadConfig(
            #"{"type": "relu"}"#, #"{"type": "dropout", "probability": 1}"#,
            #"c.json:11:74: model.layers[1].probability: expected a number ≥ 0 and < 1, "#
                + #"found 1"#
        ),
        BadConfig(
            #"{"type": "relu"}"#, #"{"type": "reshape", "shape": []}"#,
            #"c.json:11:68: model.layers[1].shape: expected an array of 1 to 6 elements, "#
                + #"found 0 elements"#
        ),
        BadConfig(
            #"{"type": "relu"}"#, #"{"type": "reshape", "shape": [1, "a", 2.5]}"#,
            #"c.json:11:72: model.layers[1].shape[1]: expected an integer ≥ -1, found the "#
                + #"string "a""#,
            #"c.json:11:77: model.layers[1].shape[2]: expected an integer ≥ -1, found 2.5"#
        ),
        BadConfig(
            #"{"type": "relu"}"#, #"{"type": "reshape", "shape": 12}"#,
            #"c.json:11:68: model.layers[1].shape: expected an array of 1 to 6 elements, "#
                + #"found 12"#
        ),
        BadConfig(
            #""bias": false"#, #""bias": 0"#,
            #"c.json:12:78: model.layers[2].layers[0].bias: expected true or false, found "#
                + #"0"#
        ),
        BadConfig(
            #"[{"type": "linear", "units": 512, "bias": false}]"#, #"{}"#,
            #"c.json:12:36: model.layers[2].layers: expected an array of at least 1 "#
                + #"element, found an object"#
        ),
        BadConfig(
            #"{"type": "crossEntropy"}"#, #"{"type": "crossEntropy", "labelSmoothing": 1}"#,
            #"c.json:15:54: loss.labelSmoothing: expected a number ≥ 0 and < 1, found 1"#
        ),
        BadConfig(
            #"{"type": "crossEntropy"}"#, #"{"type": "crossEntropy", "classWeights": [1, -1]}"#,
            #"c.json:15:56: loss.classWeights[1]: expected a number ≥ 0, found -1"#
        ),
        BadConfig(
            #"{"type": "crossEntropy"}"#, #"{}"#,
            #"c.json:15:11: loss.type: missing. Name the loss: crossEntropy, mse"#
        ),
        BadConfig(
            #""learningRate": 0.001"#, #""lr": 0.001"#,
            #"c.json:16:33: optimizer.lr: unknown key of optimizer 'adam'. Did you mean "#
                + #"'learningRate'?"#
        ),
        BadConfig(
            #""learningRate": 0.001"#, #""learningRate": 0"#,
            #"c.json:16:49: optimizer.learningRate: expected a number > 0, found 0"#
        ),
        BadConfig(
            #""type": "adam", "#, #""type": "sgd", "momentum": 1.5, "nesterov": true, "#,
            #"c.json:16:44: optimizer.momentum: expected a number ≥ 0 and < 1, found 1.5"#,
            #"c.json:16:49: optimizer.nesterov: unknown key of optimizer 'sgd'. Known: "#
                + #"learningRate, momentum"#
        ),
        BadConfig(
            #"{"epochs": 10}"#, #"{"epochs": 10, "clipNorm": -1}"#,
            #"c.json:18:42: training.clipNorm: expected a number > 0, found -1"#
        ),
        BadConfig(
            #"{"epochs": 10}"#, #"[10]"#,
            #"c.json:18:15: training: expected an object, found an array"#
        ),
        BadConfig(
            #"["accuracy", "#, #"["acuracy", "#,
            #"c.json:19:15: metrics[0].type: unknown metric "acuracy". Did you mean "#
                + #""accuracy"? Known: accuracy, topK"#
        ),
        BadConfig(
            #"["accuracy", "#, #"[1, "#,
            #"c.json:19:15: metrics[0]: expected a metric, found 1"#
        ),
        BadConfig(
            #""training": {"#, #""weird key\u001b[31m": 1, "training": {"#,
            #"c.json:18:3: ["weird key\u{1b}[31m"]: unknown key. Known: name, seed, "#
                + #"device, data, model, loss, optimizer, schedule, training, metrics"#
        ),
        BadConfig(
            #""k": 3}]"#, #""k": 3}]}, {"#,
            #"c.json:19:53: ',' after the end of the JSON value; remove it"#
        ),
        BadConfig(
            #""k": 3}]"#, #""k": 3},]"#,
            #"c.json:19:51: trailing comma before ']'; remove it"#
        ),
        BadConfig(
            #""name": "mlp""#, #"// the name"#,
            #"c.json:2:3: JSON has no comments; remove it"#
        ),
    ]
}
