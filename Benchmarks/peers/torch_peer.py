"""PyTorch's side of the benchmark: the median train-step time of each workload, a JSON line each.

usage: torch_peer.py [workload ...]
"""
import json
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.utils.checkpoint

torch.manual_seed(0)
torch.set_num_threads(2)


def median(step, count, warmup):
    for _ in range(warmup):
        step()
    times = []
    for _ in range(count):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return sorted(times)[count // 2]


def report(workload, **figures):
    print(json.dumps({"peer": "torch", "workload": workload, **figures}), flush=True)


def train_step(model, x, y, optimizer):
    def step():
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(model(x), y).backward()
        optimizer.step()

    return step


def mlp_tiny():
    model = nn.Sequential(
        nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 2))
    x, y = torch.randn(32, 2), torch.randint(0, 2, (32,))
    step = train_step(model, x, y, torch.optim.SGD(model.parameters(), 0.1))
    report("mlp_tiny", ms=round(median(step, 400, 100) * 1e3, 4))


def mlp():
    model = nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))
    x, y = torch.randn(128, 784), torch.randint(0, 10, (128,))
    step = train_step(model, x, y, torch.optim.Adam(model.parameters(), 1e-3))
    report("mlp", ms=round(median(step, 200, 50) * 1e3, 4))


def scalar_chain():
    w = torch.tensor(1.01, requires_grad=True)
    c = torch.tensor(0.3)

    def step():
        y = w
        for _ in range(50):
            y = y * w
            y = y + c
            y = y.tanh()
            y = y.sin()
        w.grad = None
        y.backward()

    report("scalar_chain", us=round(median(step, 200, 50) * 1e6 / 200, 4))


def functional_mlp():
    model = nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))
    weights = {name: p.detach() for name, p in model.named_parameters()}
    direction = {name: torch.randn_like(p) for name, p in weights.items()}
    x, y = torch.randn(128, 784), torch.randint(0, 10, (128,))

    def loss(w):
        return F.cross_entropy(torch.func.functional_call(model, w, (x,)), y)

    return loss, weights, direction


def grad_mlp():
    loss, weights, _ = functional_mlp()
    gradient = torch.func.grad(loss)
    report("grad_mlp", ms=round(median(lambda: gradient(weights), 100, 20) * 1e3, 4))
    leaves = {name: w.clone().requires_grad_() for name, w in weights.items()}

    def backward():
        for leaf in leaves.values():
            leaf.grad = None
        loss(leaves).backward()

    report("backward_mlp", ms=round(median(backward, 100, 20) * 1e3, 4))


def hvp_mlp():
    loss, weights, direction = functional_mlp()
    gradient = torch.func.grad(loss)

    def step():
        torch.func.jvp(gradient, (weights,), (direction,))

    report("hvp_mlp", ms=round(median(step, 60, 10) * 1e3, 4))


def jvp_mlp():
    loss, weights, direction = functional_mlp()

    def step():
        torch.func.jvp(loss, (weights,), (direction,))

    report("jvp_mlp", ms=round(median(step, 100, 20) * 1e3, 4))
    with torch.no_grad():
        report("forward_mlp", ms=round(median(lambda: loss(weights), 100, 20) * 1e3, 4))


def checkpoint_mlp():
    layers = []
    for _ in range(32):
        layers += [nn.Linear(1024, 1024), nn.ReLU()]
    model = nn.Sequential(*layers)
    x = torch.randn(256, 1024)

    def saving():
        y = torch.utils.checkpoint.checkpoint_sequential(model, 8, x, use_reentrant=False)
        y.square().mean().backward()

    report("deep_mlp", ms=round(
        median(lambda: model(x).square().mean().backward(), 9, 1) * 1e3, 4))
    report("checkpoint_mlp", ms=round(median(saving, 9, 1) * 1e3, 4))


def million_ops():
    def resident():
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()

    before = resident()
    for count in (250_000, 500_000, 1_000_000):
        w = torch.tensor(1.01, requires_grad=True)
        c = torch.tensor(0.3)
        times = [time.perf_counter()]
        y = w
        for _ in range(count // 4):
            y = y * w
            y = y + c
            y = y.tanh()
            y = y.sin()
        times.append(time.perf_counter())
        node = (resident() - before) / count
        y.backward(retain_graph=True)
        times.append(time.perf_counter())
        y = w
        times.append(time.perf_counter())
        for index, phase in enumerate(("build", "backward", "free")):
            elapsed = (times[index + 1] - times[index]) * 1e3
            report(f"chain_{count // 1000}k_{phase}", ms=round(elapsed, 4))
        report(f"chain_{count // 1000}k_node", bytes=round(node, 1))


def attention():
    for examples, heads, positions, width in ((12, 4, 64, 32), (8, 6, 256, 64), (1, 12, 1024, 64)):
        q, k, v = (torch.randn(examples, positions, heads, width).transpose(1, 2).requires_grad_()
                   for _ in range(3))

        def attend():
            return F.scaled_dot_product_attention(q, k, v, is_causal=True)

        y = attend()
        dy = torch.randn_like(y)

        def forward():
            with torch.no_grad():
                attend()

        def gradients():
            torch.autograd.grad(y, (q, k, v), dy, retain_graph=True)

        name = f"attention {examples}x{heads}x{positions}x{width}"
        report(name, ms=round(median(forward, 200, 50) * 1e3, 4))
        report(f"{name}, gradients", ms=round(median(gradients, 200, 50) * 1e3, 4))


def ordering():
    for shape in ((1000000,), (4096, 64), (64, 4096)):
        x = torch.randn(shape)
        size = "x".join(map(str, shape))
        work = {
            "cummax": lambda: x.cummax(-1), "cummin": lambda: x.cummin(-1),
            "median": lambda: x.median(-1), "histc": lambda: torch.histc(x, 100),
            "histogram": lambda: torch.histogram(x, 100)}
        for name, step in work.items():
            report(f"{name} {size}", ms=round(median(step, 50, 10) * 1e3, 4))


workloads = {"mlp_tiny": mlp_tiny, "mlp": mlp, "scalar_chain": scalar_chain, "grad_mlp": grad_mlp,
             "hvp_mlp": hvp_mlp, "jvp_mlp": jvp_mlp,
             "checkpoint_mlp": checkpoint_mlp, "attention": attention, "ordering": ordering,
             "million_ops": million_ops}
for name in sys.argv[1:] or workloads:
    if name in workloads:
        workloads[name]()
