import FoundationEssentials
import Testing

/// Folders of small images, grey, of two classes.
enum Birds {
    /// Dark ants and bright wrens, grey, as numbers of text.
    static func picture(_ width: Int, _ height: Int, isBright: Bool, _ seed: Int) -> String {
        let pixels = (0..<width * height).map { place in
            "\((isBright ? 150 : 30) + (place * 37 + seed * 11) % 60)"
        }
        return "P2 \(width) \(height) 255\n" + pixels.joined(separator: " ") + "\n"
    }

    static func write(
        _ workspace: Workspace, _ path: String, _ text: String
    ) throws {
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        try FileManager.default.createDirectory(
            atPath: workspace.file(folder.isEmpty ? "." : folder),
            withIntermediateDirectories: true)
        try workspace.write(path, text)
    }

    static func birds(
        _ workspace: Workspace, _ root: String, count: Int = 10,
        names: [String] = ["ant", "wren"], width: Int = 9, height: Int = 8
    ) throws {
        for (place, name) in names.enumerated() {
            for index in 0..<count {
                try write(
                    workspace, "\(root)/\(name)/\(index).pgm",
                    picture(width, height, isBright: place > 0, index))
            }
        }
    }

    static let config = """
        {
          "name": "birds",
          "data": {"path": "birds.h5", "split": 0.2, "transforms": ["normalize"], "batchSize": 4},
          "model": {"layers": [
            {"type": "conv2d", "features": 3, "kernel": 3}, {"type": "relu"},
            {"type": "globalAveragePool"}, {"type": "linear", "units": 2}
          ]},
          "loss": {"type": "crossEntropy"},
          "optimizer": {"type": "adam", "learningRate": 0.05},
          "training": {"epochs": 4, "report": false}
        }
        """

    /// A run on two classes of images.
    static func trained(
        _ options: [String] = [], width: Int = 9, height: Int = 8
    ) throws -> Workspace {
        let workspace = try Workspace()
        try birds(workspace, "birds", width: width, height: height)
        let made = try workspace.run(["data", "images", "birds.h5", "birds"] + options)
        #expect(made.status == 0, "\(made.errors)")
        try workspace.write("birds.json", config)
        let trained = try workspace.run("birds.json", "--out", "run", "-q")
        #expect(trained.status == 0, "\(trained.errors)")
        return workspace
    }
}
