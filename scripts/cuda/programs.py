"""What the programs of cuda_kernels.h are compiled for."""

ARCHITECTURES = (75, 80, 86, 89, 90, 100, 120)
DTYPES = ("float32", "float64", "float16", "bfloat16", "int8", "uint8", "int16", "uint16", "int32",
          "uint32", "int64", "uint64", "bool")
REALS, FLOATS, ALL = (0, 1), (0, 1, 2, 3), tuple(range(13))
CHAIN = "-DFT_STEPS=STEP(0,0,0,0,0)STEP(1,1,2,-1,1)STEP(2,2,0,-2,-2)"
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
    "fused": (ALL, (CHAIN,)),
    "bias": (FLOATS, ("",)),
    "random": (FLOATS, ("",)),
    "softmax": (REALS, ("",)),
    "labels": (REALS, ("",)),
    "update": (REALS, ("-DFT_FUNCTION=3", "-DFT_FUNCTION=0")),
    "normalize": (REALS, ("",)),
    "distances": (REALS, ("",)),
    "channels": (REALS, ("",)),
    "pool": (REALS, tuple(f"-DFT_OP={part}" for part in range(6))),
    "convolution": (REALS, tuple(f"-DFT_OP={part}" for part in range(3))),
    "attention": (REALS, ("",)),
    "recurrence": (REALS, ("",)),
    "matrices": (REALS, tuple(f"-DFT_OP={what}" for what in range(14))),
}
# Compiled for all functions, reductions and parts at once.
WHOLE = ("copy", "unary", "test", "binary", "compare", "reduce", "scan", "update", "pool",
         "convolution", "fused")


def modules(dtypes=None, every=False):
    """The options of each module: of all dtypes or of the first ones, and with `every` for all
    functions and pairs of dtypes too."""
    for name, (own, variants) in PROGRAMS.items():
        if every and name in WHOLE:
            variants = ("",) + variants
        if every and name == "copy":
            variants = tuple(f"-DFT_SECOND={dtype}" for dtype in ALL)
        for dtype in own if dtypes is None or own == (None,) else own[:dtypes]:
            for variant in variants:
                options = (f"-DFT_WITH_{name}",) + tuple(variant.split())
                yield options if dtype is None else options + (f"-DFT_DTYPE={dtype}",)


def label(options):
    """A module in words: its program, dtype, and what else it is for."""
    words = []
    for option in options:
        if option.startswith("-DFT_WITH_"):
            words.insert(0, option[len("-DFT_WITH_"):])
        elif option.startswith("-DFT_DTYPE="):
            words.append(DTYPES[int(option.split("=")[1])])
        elif option.startswith("-DFT_STEPS="):
            words.append("three steps")
        else:
            words.append(option[len("-DFT_"):].lower().replace("=", " "))
    return " ".join(words)
