"""Tries to break fttrain: kills it, fails its calls, damages its files, and looks at what is left.

torture.py PROGRAM FAULTS [COUNT [SEED]]: FAULTS is the library built from faults.c.
"""

import errno, gzip, json, os, random, resource, shutil, signal, struct, subprocess, sys, tempfile
import time

program, faults = (os.path.abspath(path) for path in sys.argv[1:3])
wanted = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
seed = int(sys.argv[4]) if len(sys.argv) > 4 else random.randrange(1 << 30)
chance = random.Random(seed)
root = os.path.realpath(tempfile.mkdtemp(prefix="torture-"))
os.chdir(root)
# How long anything may take; what takes longer hangs.
PATIENCE = 120
GOOD = {0, 1, 2, 3, 4, 70, 129, 130, 143}
tried, failures, leaving = {}, [], {}

CONFIG = {
    "name": "tiny",
    "data": {"path": "data.h5", "batchSize": 50, "transforms": [
        {"type": "scale", "factor": 0.00392156862745098}, {"type": "flatten"}],
        "validation": {"inputs": "test/images", "targets": "test/labels"}},
    "model": {"layers": [{"type": "linear", "units": 16}, {"type": "dropout", "rate": 0.1},
                         {"type": "relu"}, {"type": "linear", "units": 10}]},
    "loss": {"type": "crossEntropy"},
    "optimizer": {"type": "adam", "learningRate": 0.01},
    "schedule": {"type": "cosine"},
    "training": {"epochs": 3, "checkpointEverySteps": 3, "keepCheckpoints": 2},
    "metrics": ["accuracy"],
}


def start(*words, env=None, limits=()):
    def prepare():
        for which, value in limits:
            resource.setrlimit(which, (value, value))
    return subprocess.Popen([program, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            stdin=subprocess.DEVNULL, env={**os.environ, **(env or {})},
                            preexec_fn=prepare)


def end(child):
    try:
        out, err = child.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        return None, "", "it hangs"
    return child.returncode, out.decode(errors="replace"), err.decode(errors="replace")


def run(*words, **options):
    return end(start(*words, **options))


def trial(kind, what, problem):
    """Counts a trial; `problem` is what is wrong, or None."""
    tried.setdefault(kind, [0, 0])[0] += 1
    if problem:
        failures.append(f"{kind}: {what}: {problem}")
        print(f"NOT SURVIVED  {failures[-1]}", flush=True)
    else:
        tried[kind][1] += 1


def ill(result, allowed=GOOD):
    """What is wrong with how a process ended."""
    status, _, err = result
    if status is None or status not in allowed:
        return f"ended with {status}: {err.strip()[-300:]}"
    if status >= 0 and status not in (0, 1, 129, 130, 143) and not err.strip():
        return f"ended with {status} and without a word"
    return None


def checkpoint(path):
    """The metadata and the bytes of the tensors; None where there is no such file."""
    if not os.path.exists(path):
        return None
    content = open(path, "rb").read()
    size = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:8 + size])
    metadata = header.pop("__metadata__")
    start_ = 8 + size
    return metadata, {name: content[start_ + e["data_offsets"][0]:start_ + e["data_offsets"][1]]
                      for name, e in header.items()}


def contradiction(folder):
    """Where a file of a run says what another doesn't hold."""
    last, best = (checkpoint(f"{folder}/{name}.safetensors") for name in ("last", "best"))
    if last and "faketensor.best.step" in last[0]:
        stated = int(last[0]["faketensor.best.step"])
        if not best:
            return f"last names a best of step {stated}, and there is none"
        if int(best[0]["faketensor.step"]) < stated:
            return f"last names a best of step {stated}, best holds {best[0]['faketensor.step']}"
    epoch = int(last[0]["faketensor.epoch"]) if last else 0
    rows = open(f"{folder}/metrics.csv").read().split("\n")[1:-1] if last else []
    if last and len(rows) < epoch:
        return f"last has {epoch} epochs, metrics.csv {len(rows)}"
    return None


def finish(folder):
    """Goes on with what is left of a run; says what is then other than in a whole one."""
    words = ["resume", folder, "-q"]
    if not os.path.exists(f"{folder}/config.json"):
        shutil.rmtree(folder, ignore_errors=True)
        words = ["c.json", "-q", "--out", folder]
    result = run(*words)
    problem = ill(result, {0})
    if problem:
        return problem
    for name in ("last", "best"):
        if checkpoint(f"{folder}/{name}.safetensors")[1] != whole[name]:
            return f"{name} has other bits than that of a run that wasn't disturbed"
    return contradiction(folder)


def fresh(name="r"):
    shutil.rmtree(name, ignore_errors=True)
    return name


def random_kills(count):
    """Kills at random moments, a run resumed again and again until it is done."""
    folder = fresh()
    for index in range(count):
        words = (["resume", folder, "-q"] if os.path.exists(f"{folder}/config.json")
                 else ["c.json", "-q", "--out", folder])
        child = start(*words)
        time.sleep(chance.uniform(0, 1.2 * seconds))
        child.kill()
        done = end(child)[0] == 0
        trial("kill at a random moment", index, contradiction(folder))
        if done or index == count - 1:
            trial("run after random kills", index, finish(folder))
            fresh()


def faults_at(kinds, stride):
    """A run whose file call n is the last, fails or is done by half."""
    for kind in kinds:
        name = "kill at a file call" if kind == "kill" else "fault of a file call"
        for at in range(1 + chance.randrange(stride), calls + 1, stride):
            folder = fresh()
            env = {"LD_PRELOAD": faults, "FAULT_ROOT": root, "FAULT_AT": str(at),
                   "FAULT_KIND": str(kind)}
            result = run("c.json", "-q", "--out", folder, env=env)
            what = f"call {at}, {errno.errorcode.get(kind, kind)}"
            problem = None if kind == "kill" and result[0] == -9 else ill(result)
            problem = problem or contradiction(folder)
            trial(name, what, problem or finish(folder))


def stops(count):
    """SIGINT, SIGTERM and SIGHUP at random moments, some of them twice."""
    for index in range(count):
        folder, child = fresh(), start("c.json", "-q", "--out", "r")
        number = chance.choice([signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
        time.sleep(0.3 * seconds + chance.uniform(0, seconds))
        child.send_signal(number)
        if index % 2:
            time.sleep(chance.uniform(0, 0.02))
            child.send_signal(number)
        result = end(child)
        # Before the program listens, and begins anything, a signal is the shell's affair.
        early = set() if os.path.exists(folder) else {-number}
        problem = ill(result, {0, 128 + number} | early) or contradiction(folder)
        trial("stop by a signal", f"{number.name} {index}", problem or finish(folder))


def flips(count):
    """One bit of one file of a finished run is another."""
    names = [name for name in os.listdir("whole") if not name.startswith(".")]
    for index in range(count):
        folder = fresh()
        shutil.copytree("whole", folder)
        name = chance.choice(names)
        path = f"{folder}/{name}"
        content = bytearray(open(path, "rb").read())
        place = chance.randrange(len(content))
        content[place] ^= 1 << chance.randrange(8)
        open(path, "wb").write(content)
        what = f"{name} byte {place}"
        problem = None
        for words in (["inspect", folder, "--stats"], ["eval", folder], ["resume", folder, "-q"]):
            result = run(*words)
            problem = problem or ill(result)
            # Measuring damaged weights must not give another result.
            if words[0] == "eval" and result[0] == 0 and name.endswith(".safetensors"):
                measured = [line for line in result[1].split("\n") if line.startswith("result")]
                if name == "best.safetensors" or measured != expected:
                    problem = problem or f"eval measured damaged weights: {measured}"
        # Weights of a best epoch that are nowhere else are lost, and that is said.
        if not problem and name.endswith(".safetensors") and "are lost" not in result[2]:
            problem = finish(folder)
        trial("bit flipped in a run folder", what, problem)


def mutated(content):
    content = bytearray(content)
    for _ in range(chance.choice([1, 2, 5, 50])):
        if not content:
            break
        place = chance.randrange(len(content))
        way = chance.randrange(5)
        if way == 0:
            content[place] = chance.randrange(256)
        elif way == 1:
            content[place:place + 8] = chance.choice(
                [b"\xff" * 8, b"\0" * 8, b"\xff" * 7 + b"\x7f", bytes(chance.randbytes(8))])
        elif way == 2:
            del content[place:]
        elif way == 3:
            content[place:place] = chance.randbytes(chance.randrange(1, 64))
        else:
            # Headers are short and decide most.
            content[chance.randrange(min(128, len(content)))] = chance.randrange(256)
    return bytes(content)


def hostile(count):
    """Files of every format, damaged in ways that a disk doesn't know."""
    idx = b"\0\0\x08\x02" + struct.pack(">II", 4, 6) + bytes(range(24))
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 6), }"
    header += " " * (53 - len(header) % 64 if len(header) % 64 < 53 else 117 - len(header) % 64)
    npy = b"\x93NUMPY\x01\0" + struct.pack("<H", len(header) + 1) + header.encode() + b"\n" + bytes(96)
    data = open("data.h5", "rb").read()
    weights = open("whole/last.safetensors", "rb").read()
    kinds = [
        ("a.idx", idx, ["data", "idx", "o.h5", "x=a.idx", "--force"]),
        ("a.idx.gz", gzip.compress(idx), ["data", "idx", "o.h5", "x=a.idx.gz", "--force"]),
        ("a.npy", npy, ["data", "npy", "o.h5", "x=a.npy", "--force"]),
        ("a.csv", b"a,b,c\n1,2,x\n3,4,y\n\"5\",6,z\n", ["data", "csv", "o.h5", "x=a.csv", "--force"]),
        ("a.h5", data, ["inspect", "a.h5", "--stats"]),
        ("a.h5", data, ["check", "c.json", "data.path=a.h5"]),
        ("a.safetensors", weights, ["inspect", "a.safetensors", "--stats"]),
        ("a.safetensors", weights, ["eval", "a.safetensors"]),
        ("a.json", json.dumps(CONFIG).encode(), ["check", "a.json"]),
    ]
    for index in range(count):
        name, content, words = kinds[index % len(kinds)]
        open(name, "wb").write(mutated(content))
        memory = 4 << 30
        result = run(*words, limits=[(resource.RLIMIT_AS, memory)])
        problem = ill(result)
        if any(ord(c) < 32 and c not in "\n\t" for c in result[1] + result[2]):
            problem = problem or "control characters reach the terminal"
        trial("hostile file", f"{' '.join(words)} {index}", problem)
        if problem:
            shutil.copy(name, f"/tmp/torture-{seed}-{index}-{name}")
        os.unlink(name)


def limits(count):
    """Too little memory, room or files."""
    for index in range(count):
        folder = fresh()
        which, value = chance.choice([
            (resource.RLIMIT_AS, chance.randrange(160, 600) << 20),
            (resource.RLIMIT_FSIZE, chance.randrange(0, 400_000)),
            (resource.RLIMIT_NOFILE, chance.randrange(8, 20))])
        result = run("c.json", "-q", "--out", folder, limits=[(which, value)])
        # Below some 100 MiB the system can't even load the program.
        problem = None if result[0] == 127 else ill(result)
        trial("limit of the system", f"{which} {value}", problem or finish(folder))


def must(*words, env=None):
    result = run(*words, env=env)
    if result[0] != 0:
        sys.exit(f"torture: fttrain {' '.join(words)} fails undisturbed: {result}")
    return result


begun = time.time()
must("data", "digits", "data.h5", "--train", "400", "--test", "100")
json.dump(CONFIG, open("c.json", "w"))
moment = time.time()
must("c.json", "-q", "--out", "whole")
seconds = time.time() - moment
whole = {name: checkpoint(f"whole/{name}.safetensors")[1] for name in ("last", "best")}
expected = [line for line in must("eval", "whole")[1].split("\n") if line.startswith("result")]
open("count", "wb").write(bytes(8))
must("c.json", "-q", "--out", fresh(), env={
    "LD_PRELOAD": faults, "FAULT_ROOT": root, "FAULT_COUNT": f"{root}/count"})
calls = struct.unpack("<q", open("count", "rb").read())[0]
print(f"seed {seed}: a run takes {seconds:.2f} s and {calls} calls on files", flush=True)
if calls < 100:
    sys.exit("torture: the calls on files aren't counted; is the program linked statically?")

share = wanted / 1000
random_kills(int(150 * share))
faults_at(["kill"], max(1, round(calls / (250 * share))))
kinds = [errno.EIO, errno.ENOSPC, errno.EINTR, "short"]
faults_at(kinds, max(1, round(calls * len(kinds) / (200 * share))))
stops(int(60 * share))
flips(int(140 * share))
hostile(int(160 * share))
limits(max(3, wanted - sum(n for n, _ in tried.values())))

print(f"\n{'what':34}{'tried':>8}{'survived':>10}")
for kind, (count, survived) in tried.items():
    print(f"{kind:34}{count:8}{survived:10}")
total = [sum(pair[k] for pair in tried.values()) for k in (0, 1)]
print(f"{'total':34}{total[0]:8}{total[1]:10}   in {time.time() - begun:.0f} s")
shutil.rmtree(root, ignore_errors=True)
sys.exit(1 if failures else 0)
