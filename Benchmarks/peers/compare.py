"""Runs ftbench, PyTorch and, where it is installed, JAX in turn, a process for each workload; prints
the median of each workload, the ratios, and the most memory of each process.

usage: compare.py PATH_TO_FTBENCH [rounds [workload ...]]
"""
import importlib.util
import json
import os
import subprocess
import sys

here = os.path.dirname(os.path.abspath(__file__))
ftbench = sys.argv[1]
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
workloads = sys.argv[3:] or (
    "mlp_tiny mlp_small mlp cnn resnet20 scalar_chain grad_mlp hvp_mlp jvp_mlp checkpoint_mlp "
    "attention gpt gpt_medium lstm ppo sac_critic higgs million_ops").split()
environment = dict(os.environ, OMP_NUM_THREADS="2")


def lines(command):
    out = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in out.stdout.splitlines() if line.startswith("{")]


def script(name):
    return [sys.executable, os.path.join(here, name)]


peers = {"faketensor": [ftbench], "torch": script("torch_peer.py")}
if importlib.util.find_spec("jax"):
    peers["jax"] = script("jax_peer.py")

figures = {}
for workload in workloads:
    for _ in range(rounds):
        for peer, command in peers.items():
            for line in lines(command + [workload]):
                unit = next(unit for unit in ("ms", "us", "bytes") if unit in line)
                key = (line["workload"], unit)
                figures.setdefault(key, {}).setdefault(peer, []).append(line[unit])


def median(values):
    return sorted(values)[len(values) // 2]


def cell(values, unit):
    if not values:
        return f"{'-':>12}"
    return f"{median(values) / 1e6:>9.1f} MB" if unit == "bytes" else f"{median(values):>12.4f}"


def beside(workload, unit):
    """PyTorch's figures of a workload; a captured step's are those of the step."""
    found = figures.get((workload.removesuffix("_captured"), unit), {})
    return found.get("torch", [])


print(f"{'workload':<22}{'faketensor':>12}{'torch':>12}{'jax':>12}  unit   torch / faketensor (each)")
for (workload, unit), found in figures.items():
    if "faketensor" not in found:
        continue
    ours, theirs = found["faketensor"], beside(workload, unit)
    row = f"{workload:<22}" + "".join(cell(x, unit) for x in (ours, theirs, found.get("jax")))
    row += f"  {unit:<5}"
    if theirs:
        pairs = " ".join(f"{t / f:.2f}" for f, t in zip(ours, theirs))
        row += f"  {median(theirs) / median(ours):.2f} ({pairs})"
    floor = figures.get((workload.removesuffix("_captured") + "_floor", unit))
    if floor and not workload.endswith("_floor"):
        row += f"  {median(ours) / median(floor['faketensor']):.2f} of the floor"
    print(row)
