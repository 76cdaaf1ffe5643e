// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A Swift library target in `Sources/<folder>`; the module is named after the folder unless that
/// name would collide in a user's package.
func library(_ name: String, folder: String? = nil, _ dependencies: [Target.Dependency]) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(folder ?? name)",
        swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "FakeTensor",
    products: [
        .library(name: "FakeTensor", targets: ["FakeTensor"]),
        .library(name: "FakeTensorCommand", targets: ["FakeTensorCommand"]),
        .executable(name: "fttrain", targets: ["fttrain"]),
    ],
    targets: [
        // System libraries and C.
        .systemLibrary(
            name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(
            name: "CHDF5", pkgConfig: "hdf5-serial", providers: [.apt(["libhdf5-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CHDF5Shim", dependencies: ["CHDF5"]),
        .target(
            name: "CKernels",
            exclude: ["loops"],
            linkerSettings: [.linkedLibrary("m")]),
        .target(name: "CCUDA"),
        .target(name: "CUDAKernels", dependencies: ["CKernels"], exclude: ["kernels"]),

        // The library, bottom up.
        library("FTSupport", folder: "Support", []),
        library("FTJSON", folder: "JSON", []),
        library("CUDA", ["CCUDA", "CUDAKernels", "FTSupport"]),
        library("Tensor", ["CKernels", "COpenBLAS", "CUDA", "CUDAKernels", "FTSupport"]),
        library("Autograd", ["Tensor", "CKernels", "FTJSON", "FTSupport"]),
        library("NN", ["Tensor", "Autograd", "FTSupport"]),
        library("Optim", ["Tensor", "Autograd", "NN", "CKernels"]),
        library("FTConfig", folder: "Config", ["FTJSON", "FTSupport"]),
        library(
            "Datasets", folder: "Data",
            ["Tensor", "CKernels", "CHDF5", "CHDF5Shim", "CZlib", "FTJSON", "FTSupport"]),
        library("Checkpoint", ["Tensor", "NN", "FTJSON", "FTSupport"]),
        library(
            "Training",
            [
                "Tensor", "Autograd", "NN", "Optim", "Datasets", "Checkpoint", "FTConfig", "FTJSON",
                "FTSupport", "CUDA",
            ]),
        library(
            "FakeTensor",
            ["Tensor", "Autograd", "NN", "Optim", "Datasets", "Checkpoint", "Training"]),

        // Programs.
        .target(
            name: "FakeTensorCommand",
            dependencies: [
                "Training", "FTConfig", "FTJSON", "FTSupport", "Checkpoint", "Datasets", "Tensor",
                "CUDA",
            ],
            path: "Sources/fttrain", exclude: ["program"], swiftSettings: strict),
        .executableTarget(
            name: "fttrain", dependencies: ["FakeTensorCommand"], path: "Sources/fttrain/program",
            swiftSettings: strict),
        .executableTarget(
            name: "ftbench", dependencies: ["FakeTensor", "COpenBLAS"], path: "Benchmarks/ftbench",
            swiftSettings: strict),
        .executableTarget(
            name: "optable", dependencies: ["OpTable"], path: "Benchmarks/optable",
            swiftSettings: strict),
        // What whoever has a GPU runs: the CUDA backend against the CPU.
        .executableTarget(
            name: "gpucheck",
            dependencies: [
                "FakeTensor", "Autograd", "CUDA", "CUDAEmulator", "EmulatedDevice", "FTSupport",
                "OpTable", "Tensor",
            ],
            path: "Benchmarks/gpucheck", swiftSettings: strict),
        .executableTarget(
            name: "conformance", dependencies: ["FakeTensor"], path: "Tests/Conformance/Sources",
            swiftSettings: strict),

        // A device that only tests have.
        .target(
            name: "StrictDevice", dependencies: ["Tensor", "FTSupport"],
            path: "Tests/Support/StrictDevice",
            swiftSettings: strict),

        // A GPU that only tests have: the CUDA backend on a driver whose kernels, compiled from their
        // own sources, run on the processor.
        .target(
            name: "CUDAEmulator", path: "Tests/Support/CUDAEmulator",
            // By path: as dependencies they would come as modules, which C++ can't include.
            cxxSettings: [
                .headerSearchPath("../../../Sources/CUDAKernels/include"),
                .headerSearchPath("../../../Sources/CKernels/include"),
            ]),
        .target(
            name: "EmulatedDevice",
            dependencies: ["CUDA", "CUDAEmulator", "CUDAKernels", "Tensor"],
            path: "Tests/Support/EmulatedDevice",
            swiftSettings: strict),

        // The list of all ops, with how to call each; the gate's tests and `make op-table` walk it.
        .target(
            name: "OpTable", dependencies: ["Autograd", "Tensor", "FTSupport"],
            path: "Tests/Support/OpTable",
            swiftSettings: strict),

        // Calls that may end their process, made in copies of it.
        .target(name: "Forking", path: "Tests/Support/Forking", swiftSettings: strict),

        tests("SupportTests", ["FTSupport"]),
        tests("TensorTests", ["Tensor", "CKernels", "FTSupport", "StrictDevice"]),
        tests(
            "AutogradTests",
            [
                "Tensor", "Autograd", "FTSupport", "StrictDevice", "EmulatedDevice", "OpTable",
                "Forking",
            ]),
        tests("NNTests", ["Tensor", "Autograd", "NN", "StrictDevice", "Forking"]),
        tests("OptimTests", ["Tensor", "Autograd", "NN", "Optim", "StrictDevice"]),
        tests(
            "DataTests",
            [
                "Tensor", "CKernels", "Datasets", "CHDF5", "CHDF5Shim", "CZlib", "FTJSON",
                "FTSupport",
            ]),
        tests("ConfigTests", ["FTConfig", "FTJSON"]),
        tests(
            "CheckpointTests", ["Tensor", "Autograd", "NN", "Checkpoint", "FTJSON", "FTSupport"]),
        tests("TrainingTests", ["FakeTensor", "FTConfig", "FTJSON", "FTSupport", "StrictDevice"]),
        tests(
            "CommandTests",
            [
                "CKernels", "fttrain", "FakeTensorCommand", "FTJSON", "FTSupport", "Checkpoint",
                "Datasets", "Tensor",
            ]),
        tests(
            "CUDATests",
            [
                "FakeTensor", "Tensor", "CUDA", "CUDAEmulator", "EmulatedDevice", "FTConfig",
                "FTJSON", "FTSupport",
            ]),
        tests("ExampleTests", ["FakeTensor"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu17,
    cxxLanguageStandard: .cxx20
)
