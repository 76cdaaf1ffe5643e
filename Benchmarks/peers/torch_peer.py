"""PyTorch's side of the benchmark: the median train-step time of each workload, a JSON line each.

usage: torch_peer.py [workload ...]
"""
import json
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

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


workloads = {"mlp_tiny": mlp_tiny, "mlp": mlp, "scalar_chain": scalar_chain}
for name in sys.argv[1:] or workloads:
    workloads[name]()
