"""A table of what gpucheck and torch_gpu.py measured side by side.

usage: gpu_table.py SPEED TORCH
"""
import json
import sys

figures = {}
for path in sys.argv[1:3]:
    with open(path) as file:
        for line in file:
            if not line.startswith("{"):
                continue
            found = json.loads(line)
            peer, workload = found.pop("peer"), found.pop("workload")
            for unit, value in found.items():
                figures.setdefault(workload, {})[peer] = (value, unit)


def cell(figure):
    return f"{figure[0]} {figure[1]}" if figure else "-"


def ratio(own, other):
    """How many times as fast this library is."""
    if not own or not other or own[1] != other[1] or not own[0] or not other[0]:
        return "-"
    return f"{other[0] / own[0] if own[1] == 'ms' else own[0] / other[0]:.2f}"


print("| workload | faketensor | captured | PyTorch | compiled | as fast as PyTorch | as compiled |")
print("|---|---|---|---|---|---|---|")
for workload, found in figures.items():
    if workload.endswith(("_captured", "_compiled")):
        continue
    own, eager = found.get("faketensor"), found.get("torch")
    captured = figures.get(workload + "_captured", {}).get("faketensor")
    compiled = figures.get(workload + "_compiled", {}).get("torch")
    best = captured or own
    print(f"| {workload} | {cell(own)} | {cell(captured)} | {cell(eager)} | {cell(compiled)} "
          f"| {ratio(best, eager)} | {ratio(best, compiled)} |")
