// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "CustomModel",
    dependencies: [
        // In a package of your own: the folder of a clone.
        .package(name: "FakeTensor", path: "../..")
    ],
    targets: [
        .executableTarget(
            name: "CustomModel", dependencies: [.product(name: "FakeTensor", package: "FakeTensor")]
        )
    ],
    swiftLanguageModes: [.v6]
)
