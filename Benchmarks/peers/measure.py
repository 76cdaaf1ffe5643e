"""How torch_peer.py measures and what it prints."""
import json
import resource
import sys
import time


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


def timed_step(name, count, warmup, step):
    report(name, ms=round(median(step, count, warmup) * 1e3, 4))
    if len(sys.argv) == 2:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        report(f"{name}_peak", bytes=peak)
