"""Runs ftbench and PyTorch in turn and prints the median of each workload and the ratio.

usage: compare.py PATH_TO_FTBENCH [rounds]
"""
import json
import os
import subprocess
import sys

here = os.path.dirname(os.path.abspath(__file__))
ftbench = sys.argv[1]
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
environment = dict(os.environ, OMP_NUM_THREADS="2")


def lines(command):
    out = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in out.stdout.splitlines() if line.startswith("{")]


figures = {}
for _ in range(rounds):
    for peer, command in (
        ("faketensor", [ftbench]),
        ("torch", [sys.executable, os.path.join(here, "torch_peer.py")]),
    ):
        for line in lines(command):
            unit = "us" if "us" in line else "ms"
            key = (line["workload"], unit)
            figures.setdefault(key, {}).setdefault(peer, []).append(line[unit])


def median(values):
    return sorted(values)[len(values) // 2]


print(f"{'workload':<14}{'faketensor':>12}{'torch':>12}  unit  torch / faketensor (each round)")
for (workload, unit), peers in figures.items():
    if "torch" not in peers:
        continue
    ours, theirs = median(peers["faketensor"]), median(peers["torch"])
    pairs = " ".join(f"{t / f:.2f}" for f, t in zip(peers["faketensor"], peers["torch"]))
    print(f"{workload:<14}{ours:>12.4f}{theirs:>12.4f}  {unit:<4}  {theirs / ours:.2f} ({pairs})")
