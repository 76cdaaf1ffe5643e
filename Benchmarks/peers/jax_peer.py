"""JAX's side of the benchmark, compiled: the median time of each workload, a JSON line each.

usage: jax_peer.py [workload ...]
"""
import json
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np


def median(step, count, warmup):
    for _ in range(warmup):
        jax.block_until_ready(step())
    times = []
    for _ in range(count):
        start = time.perf_counter()
        jax.block_until_ready(step())
        times.append(time.perf_counter() - start)
    return sorted(times)[count // 2]


def report(workload, **figures):
    print(json.dumps({"peer": "jax", "workload": workload, **figures}), flush=True)


def functional_mlp():
    random = np.random.default_rng(0)
    weights = []
    for inputs, outputs in ((784, 512), (512, 256), (256, 10)):
        bound = inputs ** -0.5
        weights.append(random.uniform(-bound, bound, (inputs, outputs)).astype(np.float32))
        weights.append(random.uniform(-bound, bound, outputs).astype(np.float32))
    weights = [jnp.asarray(w) for w in weights]
    direction = [jnp.asarray(random.standard_normal(w.shape).astype(np.float32)) for w in weights]
    x = jnp.asarray(random.standard_normal((128, 784)).astype(np.float32))
    y = jnp.asarray(random.integers(0, 10, 128))

    def loss(w):
        h = jax.nn.relu(x @ w[0] + w[1])
        h = jax.nn.relu(h @ w[2] + w[3])
        logits = jax.nn.log_softmax(h @ w[4] + w[5])
        return -logits[jnp.arange(128), y].mean()

    return loss, weights, direction


def grad_mlp():
    loss, weights, _ = functional_mlp()
    gradient = jax.jit(jax.grad(loss))
    report("grad_mlp", ms=round(median(lambda: gradient(weights), 100, 20) * 1e3, 4))


def hvp_mlp():
    loss, weights, direction = functional_mlp()
    product = jax.jit(lambda w, v: jax.jvp(jax.grad(loss), (w,), (v,))[1])
    report("hvp_mlp", ms=round(median(lambda: product(weights, direction), 60, 10) * 1e3, 4))


def jvp_mlp():
    loss, weights, direction = functional_mlp()
    push = jax.jit(lambda w, v: jax.jvp(loss, (w,), (v,)))
    report("jvp_mlp", ms=round(median(lambda: push(weights, direction), 100, 20) * 1e3, 4))
    forward = jax.jit(loss)
    report("forward_mlp", ms=round(median(lambda: forward(weights), 100, 20) * 1e3, 4))


workloads = {"grad_mlp": grad_mlp, "hvp_mlp": hvp_mlp, "jvp_mlp": jvp_mlp}
for name in sys.argv[1:] or workloads:
    if name in workloads:
        workloads[name]()
