"""Compiles modules on all processors, and keeps what they became in .build/cuda-modules."""
import concurrent.futures
import hashlib
import os

from . import tools

CACHE = os.path.join(tools.ROOT, ".build", "cuda-modules")
# Of a worker process.
compiler = None


def begin(path):
    global compiler
    compiler = tools.Compiler(path)


def digest(compiler):
    texts = hashlib.sha256(compiler.main)
    for name, text in compiler.sources.items():
        texts.update(name + b"\0" + text)
    return texts.hexdigest() + compiler.version


def compiled(job):
    """The path of a module's machine code; None, and the compiler's complaint, where it has one."""
    key, architecture, options = job
    name = hashlib.sha256(f"{key} {architecture} {' '.join(options)}".encode()).hexdigest()
    path = os.path.join(CACHE, name + ".cubin")
    if os.path.exists(path):
        return path, ""
    image, log = compiler.compile(architecture, options)
    if not image or log:
        return None, log or "nothing was made"
    with open(f"{path}.{os.getpid()}", "wb") as file:
        file.write(image)
    os.replace(f"{path}.{os.getpid()}", path)
    return path, ""


def build(path, jobs, then=None):
    """Compiles jobs, (architecture, options), and gives for each its path or None, the complaint,
    and what `then(path)` makes of it, in their order."""
    os.makedirs(CACHE, exist_ok=True)
    key = digest(tools.Compiler(path))
    prune(key)
    jobs = [(key,) + tuple(job) for job in jobs]
    with concurrent.futures.ProcessPoolExecutor(
            len(os.sched_getaffinity(0)), initializer=begin, initargs=(path,)) as pool:
        work = [(job, then) for job in jobs]
        yield from pool.map(one, work, chunksize=2)


def one(work):
    job, then = work
    path, log = compiled(job)
    return path, log, then(path) if then and path else None


def prune(key):
    """Modules of other sources go."""
    mark = os.path.join(CACHE, "sources")
    known = open(mark).read() if os.path.exists(mark) else ""
    if known == key:
        return
    for name in os.listdir(CACHE):
        os.remove(os.path.join(CACHE, name))
    with open(mark, "w") as file:
        file.write(key)
