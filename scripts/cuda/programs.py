"""What the programs of cuda_kernels.h are compiled for."""
import os
import re

from . import tools

ARCHITECTURES = (75, 80, 86, 89, 90, 100, 120)
DTYPES = ("float32", "float64", "float16", "bfloat16", "int8", "uint8", "int16", "uint16", "int32",
          "uint32", "int64", "uint64", "bool")
REALS, FLOATS, ALL = (0, 1), (0, 1, 2, 3), tuple(range(13))
# Programs of elementwise instructions: three on one dtype, on a half that becomes float32, is
# multiplied by such and is one again, and the larger of two numbers by a comparison.
CHAIN = ("STEP(0,0,0,{0},-1,0,{0},0,0,0,0)STEP(1,1,2,{0},-1,-1,{0},1,{0},0,0)"
         "STEP(2,2,0,{0},2,-2,{0},0,0,0,0)")
MIXED = ("STEP(0,4,0,0,-1,0,{0},0,0,0,0)STEP(1,1,2,0,-1,-1,0,1,0,0,0)"
         "STEP(2,4,0,{0},2,-2,0,0,0,0,0)")
CHOICE = "STEP(0,6,4,12,-1,0,{0},1,{0},0,0)STEP(1,8,0,{0},2,-1,12,0,{0},1,{0})"
# The most steps and arrays that a captured step joins: products and sums with one array after the
# other, then numbers. A thread has 16 elements of one byte, and so these take fewer arrays.
LONGEST, WIDEST, WIDEST_BYTES, BYTES = 16, 12, 8, (4, 5, 12)


def largest(arrays):
    steps = ["STEP(0,1,2,{0},-1,0,{0},1,{0},0,0)"]
    for k in range(1, LONGEST):
        kind, second = (1, k + 1) if k + 1 < arrays else (2, 0)
        out = arrays if k == LONGEST - 1 else -1
        steps.append(f"STEP({k},{kind},{2 * (k % 2)},{{0}},{out},{-k},{{0}},{second},{{0}},0,0)")
    return "".join(steps)


LARGEST, LARGEST_BYTES = largest(WIDEST), largest(WIDEST_BYTES)
# Some programs of one launch: three steps, a half that becomes float32, a count, a copy.
CODES = (("0", CHAIN.format(0)), ("0", "STEP(0,4,0,0,1,0,3,0,0,0,0)"),
         ("10", "STEP(0,2,0,10,1,0,10,0,0,0,0)"), ("9", "STEP(0,4,0,9,1,0,9,0,0,0,0)"))
GROUP = "-DFT_CODES=" + "".join(f"CODE({k},{dtype},{steps})"
                                for k, (dtype, steps) in enumerate(CODES))
HALVES = (2, 3)


def multiplies_and_adds(options):
    """Whether it is a program of elementwise instructions that could be joined, and mustn't be."""
    return any(chain.format(dtype) in option for option in options for chain in (CHAIN, MIXED)
               for dtype in range(4))


# For each program its dtypes, and the options of each module. Functions are some of the many:
# compiled without a number, as `every` does, a module has them all.
PROGRAMS = {
    "make": ((None,), ("",)),
    "select": ((None,), ("-DFT_SIZE=4", "-DFT_SIZE=1")),
    "index": ((None,), ("",)),
    "totals": ((None,), ("",)),
    "copy": (ALL, ("-DFT_SECOND=0", "-DFT_SECOND=3", "-DFT_SECOND=10")),
    "unary": (ALL, ("-DFT_FUNCTION=0", "-DFT_FUNCTION=26")),
    "test": (ALL, ("-DFT_FUNCTION=0",)),
    "binary": (ALL, ("-DFT_FUNCTION=0", "-DFT_FUNCTION=20")),
    "compare": (ALL, ("-DFT_FUNCTION=2",)),
    "reduce": (ALL, ("-DFT_OP=0 -DFT_MAP=0", "-DFT_OP=0 -DFT_MAP=2 -DFT_SECOND=0 -DFT_FUNCTION=2")),
    "extremes": (ALL, ("",)),
    "scatter": (ALL, ("",)),
    "product": (ALL, ("",)),
    "scan": (ALL, ("-DFT_OP=0",)),
    "sort": (ALL, ("",)),
    "order": (ALL, ("",)),
    "fused": (ALL, tuple(f"-DFT_STEPS={steps}" for steps in (CHAIN, MIXED, CHOICE, LARGEST,
                                                             LARGEST_BYTES))),
    "together": ((None,), (GROUP,)),
    "bias": (FLOATS, ("",)),
    "random": (FLOATS, ("",)),
    "softmax": (REALS, ("",)),
    "labels": (FLOATS, ("",)),
    "update": (REALS, ("-DFT_FUNCTION=3", "-DFT_FUNCTION=0")),
    "normalize": (REALS, ("",)),
    "distances": (REALS, ("",)),
    "channels": (REALS, ("",)),
    "pool": (REALS, tuple(f"-DFT_OP={part}" for part in range(6))),
    "convolution": (REALS, tuple(f"-DFT_OP={part} -DFT_NUMBERS={numbers}" for part in range(3)
                                 for numbers in range(4))),
    "attention": (FLOATS, tuple(f"-DFT_NUMBERS={numbers}" for numbers in range(4))),
    "recurrence": (REALS, tuple(f"-DFT_OP={rows} -DFT_FUNCTION={kind}"
                                for rows, kind in ((1, 2), (2, 2), (4, 2), (4, 3), (4, 0)))),
    "steps": (REALS, ("",)),
    "matrices": (REALS, tuple(f"-DFT_OP={what}" for what in range(14))),
}
# Compiled for all functions, reductions and parts at once.
WHOLE = ("copy", "unary", "test", "binary", "compare", "reduce", "scan", "update", "pool",
         "convolution", "fused", "together")


# What factors may be rounded to, by numbers of cuda_layers.h.
NUMBERS = ("", "by float16", "by bfloat16", "by tf32")


def numbers_of(options):
    return next((int(option[-1]) for option in options if option.startswith("-DFT_NUMBERS=")), 0)


def is_rounded(options):
    return numbers_of(options) != 0


def is_launched(program, dtype, options):
    """Only float32 is rounded; attention of halves has factors of their own kind."""
    numbers = numbers_of(options)
    if program == "attention" and dtype in HALVES:
        return numbers == 1 + HALVES.index(dtype)
    return numbers == 0 or dtype in (None, 0)


def is_largest(options):
    return any(option.count("STEP(") == LONGEST for option in options)


def is_for(variant, dtype, dtypes):
    """Whether a variant is compiled for a dtype, of these or beside them."""
    if variant.endswith(LARGEST_BYTES):
        return dtype == BYTES[0]
    if variant.endswith(LARGEST):
        return dtype in FLOATS and dtype in dtypes
    return dtype in dtypes and (dtype in HALVES or not variant.endswith(MIXED))


def modules(dtypes=None, every=False):
    """The options of each module: of all dtypes or of the first ones, and with `every` for all
    functions and pairs of dtypes too."""
    for name, (own, variants) in PROGRAMS.items():
        if every and name in WHOLE:
            variants = ("",) + variants
        if every and name == "copy":
            variants = tuple(f"-DFT_SECOND={dtype}" for dtype in ALL)
        chosen = own if dtypes is None or own == (None,) else own[:dtypes]
        for dtype in own:
            for variant in variants:
                if not is_for(variant, dtype, chosen):
                    continue
                options = (f"-DFT_WITH_{name}",) + tuple(variant.format(dtype).split())
                if not is_launched(name, dtype, options):
                    continue
                # For 12.0 the compiler takes minutes and gigabytes for one of these.
                if dtypes == 2 and (name == "together" or is_largest(options)):
                    continue
                yield options if dtype is None else options + (f"-DFT_DTYPE={dtype}",)


# The lists that functions of programs have their numbers from.
LISTS = {"unary": ("elementwise.h", "FT_UNARY"), "test": ("elementwise.h", "FT_TEST"),
         "binary": ("elementwise.h", "FT_BINARY"), "reduce": ("elementwise.h", "FT_BINARY"),
         "compare": ("elementwise.h", "FT_COMPARE"), "update": ("optimizers.h", "FT_RULE")}


def function(program, number):
    """The name of a function by its number, in the order of its list."""
    if program == "recurrence":
        return ("tanh", "relu", "lstm", "gru")[number]
    file, word = LISTS[program]
    with open(os.path.join(tools.ROOT, "Sources", "CKernels", "include", file)) as text:
        names = re.findall(rf"^ +{word}\((\w+),", text.read(), re.MULTILINE)
    return names[number]


def label(options):
    """A module in words: its program, what it is for, and its dtype."""
    program = options[0][len("-DFT_WITH_"):]
    given = dict(option[len("-DFT_"):].split("=", 1) for option in options[1:])
    dtype = DTYPES[int(given.pop("DTYPE"))] if "DTYPE" in given else ""
    words = [program]
    if "STEPS" in given:
        steps = given.pop("STEPS")
        mixed, chooses = ",4,0," in steps, ",8,0," in steps
        words.append("16 steps" if is_largest(options) else "of float32 and halves" if mixed else
                     "a choice" if chooses else "three steps")
    if "CODES" in given:
        words.append(f"{given.pop('CODES').count('CODE')} programs")
    if "FUNCTION" in given:
        words.append(function(program, int(given.pop("FUNCTION"))))
    if program == "reduce" and given.pop("MAP", "0") != "0":
        words.insert(1, "of")
    if dtype:
        words.append(dtype)
    if "SECOND" in given:
        second = DTYPES[int(given.pop("SECOND"))]
        words.append(f"to {second}" if program == "copy" else f"and {second}")
    if program == "recurrence":
        rows = given.pop("OP")
        words.append("1 row" if rows == "1" else f"{rows} rows")
    words += [NUMBERS[int(given.pop("NUMBERS", "0"))]]
    words += [f"{key.lower()} {value}" for key, value in given.items()]
    return " ".join(word for word in words if word)
