import FakeTensor
import Glibc

// Prints the median time of each workload, a JSON line each; what runs on goes to stderr.
// usage: ftbench [workload ...]

let workloads: [(name: String, run: () -> Void)] = [
    ("mlp_tiny", benchmarkTinyMLP),
    ("mlp_small", benchmarkSmallMLP),
    ("mlp", benchmarkMLP),
    ("cnn", benchmarkCNN),
    ("resnet20", benchmarkResNet20),
    ("scalar_chain", benchmarkScalarChain),
    ("elementwise", benchmarkElementwise),
    ("grad_mlp", benchmarkGrad),
    ("hvp_mlp", benchmarkHVP),
    ("jvp_mlp", benchmarkJVP),
    ("checkpoint_mlp", benchmarkCheckpointing),
    ("products", benchmarkProducts),
    ("convolutions", benchmarkConvolutions),
    ("attention", benchmarkAttention),
    ("ordering", benchmarkOrdering),
    ("gpt", benchmarkGPT),
    ("gpt_medium", benchmarkMediumGPT),
    ("lstm", benchmarkLSTM),
    ("ppo", benchmarkPPO),
    ("sac_critic", benchmarkSACCritic),
    ("higgs", benchmarkHIGGS),
    ("million_ops", benchmarkMillionOps),
]

note(CPUBackend.shared.summary)
let wanted = Array(CommandLine.arguments.dropFirst())
let known = Set(workloads.map(\.name))
if let unknown = wanted.first(where: { !known.contains($0) }) {
    note("ftbench: no workload '\(unknown)'; there are \(known.sorted().joined(separator: ", "))")
    exit(2)
}
for workload in workloads where wanted.isEmpty || wanted.contains(workload.name) {
    workload.run()
}
