"""PyTorch's side of the benchmark: the median train-step time of each workload, a JSON line each.

usage: torch_peer.py [workload ...]
"""
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.utils.checkpoint

from measure import median, report, timed_step
from torch_models import GPT, LastOfLSTM, network, residual_network

torch.manual_seed(0)
torch.set_num_threads(2)


def train_step(model, x, y, optimizer):
    def step():
        optimizer.zero_grad(set_to_none=True)
        logits = model(x)
        F.cross_entropy(logits.reshape(-1, logits.shape[-1]), y.reshape(-1)).backward()
        optimizer.step()

    return step


def mlp_tiny():
    model = nn.Sequential(
        nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 2))
    x, y = torch.randn(32, 2), torch.randint(0, 2, (32,))
    timed_step("mlp_tiny", 400, 100, train_step(
        model, x, y, torch.optim.SGD(model.parameters(), 0.1)))


def mlp():
    model = nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))
    x, y = torch.randn(128, 784), torch.randint(0, 10, (128,))
    timed_step("mlp", 200, 50, train_step(
        model, x, y, torch.optim.Adam(model.parameters(), 1e-3)))


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


def mlp_small():
    model = network([4, 64, 64, 2], nn.ReLU)
    x, y = torch.randn(64, 4), torch.randint(0, 2, (64,))
    timed_step("mlp_small", 400, 100, train_step(
        model, x, y, torch.optim.Adam(model.parameters(), 1e-3)))


def cnn():
    model = nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(9216, 128), nn.ReLU(), nn.Linear(128, 10))
    x, y = torch.randn(64, 1, 28, 28), torch.randint(0, 10, (64,))
    timed_step("cnn", 30, 8, train_step(
        model, x, y, torch.optim.Adam(model.parameters(), 1e-3)))


def resnet20():
    model = residual_network()
    x, y = torch.randn(64, 3, 32, 32), torch.randint(0, 10, (64,))
    optimizer = torch.optim.SGD(model.parameters(), 0.1, momentum=0.9, weight_decay=1e-4)
    timed_step("resnet20", 20, 5, train_step(model, x, y, optimizer))


def gpt_steps(name, batch, context, width, heads, layers, count, warmup):
    model = GPT(65, context, width, heads, layers)
    x, y = (torch.randint(0, 65, (batch, context)) for _ in range(2))
    timed_step(name, count, warmup, train_step(
        model, x, y, torch.optim.AdamW(model.parameters(), 1e-3)))


def gpt():
    gpt_steps("gpt", 12, 64, 128, 4, 4, 60, 10)


def gpt_medium():
    gpt_steps("gpt_medium", 8, 256, 384, 6, 6, 6, 2)


def lstm():
    model = LastOfLSTM()
    x, y = torch.randn(64, 50, 32), torch.randint(0, 10, (64,))
    timed_step("lstm", 40, 10, train_step(
        model, x, y, torch.optim.Adam(model.parameters(), 1e-3)))


def ppo():
    actor, critic = network([4, 64, 64, 2], nn.Tanh), network([4, 64, 64, 1], nn.Tanh)
    optimizers = [torch.optim.Adam(model.parameters(), 3e-4) for model in (actor, critic)]
    states, actions = torch.randn(64, 4), torch.randint(0, 2, (64, 1))
    advantages, returns = torch.randn(64), torch.randn(64)
    old = actor(states).log_softmax(1).detach()

    def step():
        for optimizer in optimizers:
            optimizer.zero_grad()
        logits = actor(states).log_softmax(1)
        ratio = (logits - old).gather(1, actions)[:, 0].exp()
        gain = torch.min(ratio * advantages, ratio.clamp(0.8, 1.2) * advantages).mean()
        error = (critic(states)[:, 0] - returns).square().mean()
        entropy = (logits.exp() * logits).sum(1).mean()
        (0.5 * error - gain + 0.01 * entropy).backward()
        for optimizer in optimizers:
            optimizer.step()

    timed_step("ppo", 300, 30, step)


def sac_critic():
    critics = [network([23, 256, 256, 1], nn.ReLU) for _ in range(2)]
    optimizers = [torch.optim.Adam(model.parameters(), 3e-4) for model in critics]
    x, y = torch.randn(256, 23), torch.randn(256, 1)

    def step():
        for optimizer in optimizers:
            optimizer.zero_grad()
        sum(F.mse_loss(critic(x), y) for critic in critics).backward()
        for optimizer in optimizers:
            optimizer.step()

    timed_step("sac_critic", 200, 30, step)


def higgs():
    model = network([28, 300, 300, 300, 300, 300, 1], nn.Tanh)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    x, y = torch.randn(100, 28), torch.randint(0, 2, (100, 1)).float()

    def step():
        optimizer.zero_grad()
        F.binary_cross_entropy_with_logits(model(x), y).backward()
        optimizer.step()

    timed_step("higgs", 200, 30, step)


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


workloads = {step.__name__: step for step in (
    mlp_tiny, mlp_small, mlp, cnn, resnet20, scalar_chain, grad_mlp, hvp_mlp, jvp_mlp,
    checkpoint_mlp, attention, ordering, gpt, gpt_medium, lstm, ppo, sac_critic, higgs,
    million_ops)}
for name in sys.argv[1:] or workloads:
    if name in workloads:
        workloads[name]()
