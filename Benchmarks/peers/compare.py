"""Runs ftbench, PyTorch and, where it is installed, JAX in turn; prints the median of each workload
and the ratios.

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
workloads = sys.argv[3:]
environment = dict(os.environ, OMP_NUM_THREADS="2")


def lines(command):
    out = subprocess.run(command + workloads, env=environment, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in out.stdout.splitlines() if line.startswith("{")]


def script(name):
    return [sys.executable, os.path.join(here, name)]


peers = {"faketensor": [ftbench], "torch": script("torch_peer.py")}
if importlib.util.find_spec("jax"):
    peers["jax"] = script("jax_peer.py")

figures = {}
for _ in range(rounds):
    for peer, command in peers.items():
        for line in lines(command):
            unit = next(unit for unit in ("ms", "us", "bytes") if unit in line)
            key = (line["workload"], unit)
            figures.setdefault(key, {}).setdefault(peer, []).append(line[unit])


def median(values):
    return sorted(values)[len(values) // 2]


def cell(values):
    return f"{median(values):>12.4f}" if values else f"{'-':>12}"


print(f"{'workload':<22}{'faketensor':>12}{'torch':>12}{'jax':>12}  unit   torch / faketensor (each)")
for (workload, unit), found in figures.items():
    if "faketensor" not in found:
        continue
    row = f"{workload:<22}" + "".join(cell(found.get(p)) for p in ("faketensor", "torch", "jax"))
    row += f"  {unit:<5}"
    if "torch" in found:
        pairs = " ".join(f"{t / f:.2f}" for f, t in zip(found["faketensor"], found["torch"]))
        row += f"  {median(found['torch']) / median(found['faketensor']):.2f} ({pairs})"
    print(row)
