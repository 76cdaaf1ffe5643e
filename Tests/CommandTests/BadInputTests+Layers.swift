extension BadInputTests {
    /// Layers before a last one that gives three classes.
    private static func layers(_ layers: String, _ sentence: String) -> BadInput {
        let last = #"{"type":"flatten"},{"type":"linear","units":3}"#
        return BadInput.override("model.layers=[\(layers),\(last)]", 2, sentence)
    }

    private static let sevenAxes = #"{"type":"reshape","shape":[1,1,1,1,1,1,6]},"#

    /// Layers and losses that would end the program at the first step.
    static let layers = [
        layers(#"{"type":"pad","widths":[[-6,0]]}"#, "layer 0 (pad): it gives [0], of which"),
        layers(
            #"{"type":"reshape","shape":[1,6]},{"type":"pad","widths":[[-1,0],[0,0]]}"#,
            "layer 1 (pad): it gives [0, 6], of which"),
        layers(
            sevenAxes + #"{"type":"embedding","count":9,"width":2}"#,
            "layer 1 (embedding): it gives [1, 1, 1, 1, 1, 1, 6, 2], 8 axes"),
        layers(sevenAxes + #"{"type":"maxOut","units":2}"#, "should have 6 axes at most"),
        layers(
            #"{"type":"reshape","shape":[1,1,1,1,6]},{"type":"upsample","factor":[2]}"#,
            "should have channels and one to three more axes"),
        layers(
            #"{"type":"linear","units":1},{"type":"reshape","shape":[]},{"type":"dropout2d"}"#,
            "should have channels"),
        layers(
            #"{"type":"reshape","shape":[2,3]},"#
                + #"{"type":"conv1d","features":1,"kernel":2,"dilation":3}"#,
            "reaches over [4] by its dilation"),
        layers(
            #"{"type":"linear","units":60000},{"type":"reshape","shape":[60000,1,1,1]},"#
                + #"{"type":"conv3d","features":1,"kernel":1,"padding":15,"stride":4096}"#,
            "; lower stride"),
        BadInput(
            "a blank beyond the classes",
            [
                "check", "tiny.json", #"data.targetTransforms=[{"type":"reshape","shape":[1]}]"#,
                #"model.layers=[{"type":"reshape","shape":[3,2]},{"type":"linear","units":4}]"#,
                #"loss={"type":"ctc","blank":4}"#, "metrics=[]",
            ], 2, "ctc: the blank 4 is no class: the model gives 4, 0 to 3"),
        BadInput(
            "classes along the first axis",
            [
                "check", "tiny.json", #"data.targetTransforms=[{"type":"reshape","shape":[1]}]"#,
                #"model.layers=[{"type":"linear","units":3},{"type":"reshape","shape":[3,1]}]"#,
                "metrics=[]",
            ], 2, #"end it with {"type": "permute", "axes": [1, 0]}"#),
    ]
}
