// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Conformance",
    dependencies: [.package(name: "FakeTensor", path: "../..")],
    targets: [
        .executableTarget(
            name: "conformance", dependencies: [.product(name: "FakeTensor", package: "FakeTensor")]
        )
    ],
    swiftLanguageModes: [.v6]
)
