"""PyTorch's side on a GPU: the median time of a train step of each workload of gpucheck, eager and
by torch.compile, and of passes over 256 MB; a JSON line each. Float32 is multiplied as it is, but
in the workloads that are called tf32: by itself cuDNN takes TF32.

usage: torch_gpu.py [--cpu]
"""
import statistics
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

from measure import report
from torch_models import GPT, LastOfLSTM, network, residual_network

device = "cpu" if "--cpu" in sys.argv else "cuda"
small = device == "cpu"


def wait():
    if device == "cuda":
        torch.cuda.synchronize()


def median(call, rounds=5):
    for _ in range(3):
        call()
    wait()
    start = time.perf_counter()
    call()
    wait()
    count = 1 if small else max(1, min(1000, int(0.1 / max(1e-6, time.perf_counter() - start))))
    times = []
    for _ in range(rounds):
        wait()
        start = time.perf_counter()
        for _ in range(count):
            call()
        wait()
        times.append((time.perf_counter() - start) / count)
    return statistics.median(times)


def normal(*shape):
    return torch.randn(*shape, device=device)


def integers(high, *shape):
    return torch.randint(0, high, shape, device=device)


def classifier(model, x, y, optimizer, dtype=None):
    def loss(x, y):
        with torch.autocast(device, dtype=dtype or torch.bfloat16, enabled=dtype is not None):
            logits = model(x)
            return F.cross_entropy(logits.reshape(-1, logits.shape[-1]).float(), y.reshape(-1))

    return [optimizer], loss, x, y


def adam(model):
    return torch.optim.Adam(model.parameters(), 1e-3)


def mlp_tiny():
    model = network([2, 16, 16, 2], nn.Tanh).to(device)
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    return classifier(model, normal(32, 2), integers(2, 32), optimizer)


def mlp():
    model = network([784, 512, 256, 10], nn.ReLU).to(device)
    return classifier(model, normal(128, 784), integers(10, 128), adam(model))


def lstm():
    model = LastOfLSTM().to(device)
    return classifier(model, normal(64, 50, 32), integers(10, 64), adam(model))


def gpt():
    model = GPT(65, 64, 128, 4, 4).to(device)
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
    return classifier(model, integers(65, 12, 64), integers(65, 12, 64), optimizer)


def gpt2():
    model = GPT(50257, 1024, 768, 12, 12).to(device)
    model.head.weight = model.tokens.weight
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
    return classifier(model, integers(50257, 8, 1024), integers(50257, 8, 1024), optimizer,
                      torch.bfloat16)


def cnn():
    batch = 4 if small else 512
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(9216, 128), nn.ReLU(), nn.Linear(128, 10)).to(device)
    return classifier(model, normal(batch, 1, 28, 28), integers(10, batch), adam(model))


def resnet20():
    batch = 4 if small else 512
    model = residual_network().to(device)
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9, weight_decay=1e-4)
    return classifier(model, normal(batch, 3, 32, 32), integers(10, batch), optimizer)


def ppo():
    actor = network([4, 64, 64, 2], nn.Tanh).to(device)
    critic = network([4, 64, 64, 1], nn.Tanh).to(device)
    optimizers = [torch.optim.Adam(model.parameters(), 3e-4) for model in (actor, critic)]
    states, actions = normal(64, 4), integers(2, 64, 1)
    advantages, returns = normal(64), normal(64)
    old = actor(states).log_softmax(1).detach()

    def loss(states, actions):
        logits = actor(states).log_softmax(1)
        ratio = (logits - old).gather(1, actions)[:, 0].exp()
        gain = torch.min(ratio * advantages, ratio.clamp(0.8, 1.2) * advantages).mean()
        error = (critic(states)[:, 0] - returns).square().mean()
        entropy = (logits.exp() * logits).sum(1).mean()
        return 0.5 * error - gain + 0.01 * entropy

    return optimizers, loss, states, actions


def allow_tf32(allows):
    torch.backends.cudnn.allow_tf32 = allows
    torch.backends.cuda.matmul.allow_tf32 = allows


def steps(name, make):
    optimizers, loss, x, y = make()

    def step(loss):
        for optimizer in optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss(x, y).backward()
        for optimizer in optimizers:
            optimizer.step()

    report(name, ms=round(median(lambda: step(loss)) * 1e3, 4))
    if small:
        return
    try:
        compiled = torch.compile(loss, mode="reduce-overhead")
        report(f"{name}_compiled", ms=round(median(lambda: step(compiled)) * 1e3, 4))
    except Exception as problem:  # noqa: BLE001: whatever ends it is told
        report(f"{name}_compiled", failed=str(problem).splitlines()[0][:200])


def passes():
    count = 1 << 12 if small else 1 << 26
    x, y = normal(count), normal(count)
    rows = x.reshape(-1, 1024)
    for name, moved, call in (
            ("copy", 2, x.clone), ("add", 3, lambda: x + y), ("gelu", 2, lambda: F.gelu(x)),
            ("sum", 1, x.sum), ("sum_rows", 1, lambda: rows.sum(1)),
            ("sum_columns", 1, lambda: rows.sum(0)), ("softmax", 2, lambda: rows.softmax(1))):
        report(f"pass_{name}", **{"GB/s": round(moved * count * 4 / median(call) / 1e9, 4)})
    size = 32 if small else 4096
    for name in ("float32", "bfloat16", "float16"):
        a = normal(size, size).to(getattr(torch, name))
        seconds = median(lambda: a @ a)
        report(f"product_{name}", **{"TFLOP/s": round(2e-12 * size ** 3 / seconds, 4)})


if __name__ == "__main__":
    torch.manual_seed(0)
    allow_tf32(False)
    passes()
    for make in (mlp_tiny, mlp, ppo, lstm, gpt, cnn, resnet20, gpt2):
        if small and make is gpt2:
            continue
        steps(make.__name__, make)
    allow_tf32(True)
    for make in (cnn, resnet20):
        steps(make.__name__ + "_tf32", make)
