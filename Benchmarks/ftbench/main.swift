import Autograd
import Tensor

func median(_ n: Int, warm: Int, _ step: () -> Void) -> Double {
    for _ in 0..<warm { step() }
    let clock = ContinuousClock()
    let times = (0..<n).map { _ in clock.measure(step) / .microseconds(1) }
    return times.sorted()[n / 2]
}

func scalarChain() {
    let w = Tensor(1.01, requiresGrad: true)
    let c = Tensor(0.3)
    let us = median(400, warm: 50) {
        var y = w
        for _ in 0..<50 {
            y = y * w
            y = y + c
            y = y.tanh()
            y = y.sin()
        }
        w.grad = nil
        y.backward()
    }
    print("scalar_chain", us / 200, "us/op")
}

func mlp() {
    let r = Random(seed: 1)
    let sizes = [784, 512, 256, 10]
    var ps: [Parameter] = []
    for i in 0..<3 {
        ps.append(Parameter(r.uniform([sizes[i + 1], sizes[i]], low: -0.03, high: 0.03)))
        ps.append(Parameter(r.uniform([sizes[i + 1]], low: -0.03, high: 0.03)))
    }
    let x = Tensor.normal([128, 784], using: r)
    let t = Tensor.integers([128], high: 10, using: r).unsqueeze(1)
    let state = ps.map { [NDArray.full($0.shape, 0), NDArray.full($0.shape, 0)] }
    var k = 0.0
    let us = median(300, warm: 50) {
        let h1 = x.linear(ps[0], ps[1]).relu()
        let h2 = h1.linear(ps[2], ps[3]).relu()
        let o = h2.linear(ps[4], ps[5])
        let loss = -o.logSoftmax().gather(t, axis: 1).mean()
        loss.backward()
        k += 1
        for (p, s) in zip(ps, state) {
            p.data.step(
                .adam(
                    rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, correction1: 0.5,
                    correction2: 0.5, decay: 0, decoupledDecay: 0, clip: 1), gradient: p.grad!.data,
                state: s)
            p.grad = nil
        }
    }
    print("mlp", us / 1000, "ms", CPUBackend.shared.memory)
}
print(CPUBackend.shared.summary)
scalarChain()
if CommandLine.arguments.count < 2 { mlp() } else { for _ in 0..<20 { scalarChain() } }
