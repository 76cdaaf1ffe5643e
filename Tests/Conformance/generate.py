"""Writes what PyTorch makes of the samples of its operator database.

    generate.py CASES ENTRIES

CASES is the folder to fill, ENTRIES what `conformance entries` prints: the dtypes of the library,
then a line an operator. For each there will be NAME.jsonl, a line a case, and NAME.safetensors. What
is there already stays unless this program, PyTorch or the dtypes changed.
"""
import hashlib
import multiprocessing
import os
import random
import sys
import warnings

import numpy
import torch
from torch.testing._internal.common_methods_invocations import op_db

from cases import Writer, full_name
from points import points

REFERENCES = 150  # of OpInfo's reference inputs, for each operator and dtype


def sources(op, dtype):
    """Functions of (device, dtype, requires_grad) that give samples, and how many to take."""
    yield op.sample_inputs, None
    if dtype in (torch.float32, torch.float64, torch.int64) and op.reference_inputs_func:
        yield op.reference_inputs, REFERENCES
    if dtype.is_floating_point or dtype == torch.int64:
        yield lambda device, dtype, requires_grad: points(op, dtype, requires_grad), None


def write(job):
    name, folder, words = job
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore")
    op = next(op for op in op_db if full_name(op) == name)
    dtypes = {getattr(torch, word): word for word in words}
    writer = Writer(op, dtypes)
    for dtype in dtypes:
        if dtype not in op.dtypes:
            continue
        grad = dtype == torch.float64 and op.supports_autograd
        for source, limit in sources(op, dtype):
            torch.manual_seed(1), numpy.random.seed(1), random.seed(1)
            try:
                for place, sample in enumerate(source("cpu", dtype, requires_grad=grad)):
                    if place == limit:
                        break
                    writer.add(sample, dtype)
            except Exception as problem:
                writer.note(problem)
    try:
        for error in op.error_inputs("cpu") if op.error_inputs_func else []:
            writer.reject(error)
    except Exception as problem:
        writer.note(problem)
    writer.save(os.path.join(folder, name))
    print(f"{name}: {len(writer.lines)} cases", flush=True)


def main(folder, entries):
    with open(entries) as file:
        words, *names = file.read().splitlines()
    os.makedirs(folder, exist_ok=True)
    stamp = hashlib.sha256((torch.__version__ + words).encode())
    here = os.path.dirname(__file__)
    for source in ("generate.py", "cases.py", "points.py"):
        with open(os.path.join(here, source), "rb") as file:
            stamp.update(file.read())
    path = os.path.join(folder, "stamp")
    if not os.path.exists(path) or open(path).read() != stamp.hexdigest():
        for name in os.listdir(folder):
            if name.endswith((".jsonl", ".safetensors")):
                os.remove(os.path.join(folder, name))
        with open(path, "w") as file:
            file.write(stamp.hexdigest())
    with open(os.path.join(folder, "database.txt"), "w") as file:
        file.writelines(full_name(op) + "\n" for op in op_db)
    jobs = [(full_name(op), folder, words.split()) for op in op_db
            if has_entry(full_name(op), set(names))
            and not os.path.exists(os.path.join(folder, full_name(op) + ".jsonl"))]
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        for _ in pool.imap_unordered(write, jobs):
            pass


def has_entry(name, names):
    """Whether there is an entry for the operator or for what it is a variant of."""
    while name not in names and "." in name:
        name = name.rpartition(".")[0]
    return name in names


if __name__ == "__main__":
    main(*sys.argv[1:])
