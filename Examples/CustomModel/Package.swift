// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "CustomModel",
    dependencies: [
        // In a package of your own: the folder of a clone.
        .package(name: "FakeTensor", path: "../..")
    ],
    targets: [
        // A layer, an op and a loss of our own.
        .target(
            name: "Waves", dependencies: [.product(name: "FakeTensor", package: "FakeTensor")]),
        .executableTarget(
            name: "CustomModel",
            dependencies: ["Waves", .product(name: "FakeTensor", package: "FakeTensor")]),
        // `fttrain` that knows them.
        .executableTarget(
            name: "CustomTrainer",
            dependencies: [
                "Waves", .product(name: "FakeTensor", package: "FakeTensor"),
                .product(name: "FakeTensorCommand", package: "FakeTensor"),
            ]),
    ],
    swiftLanguageModes: [.v6]
)
