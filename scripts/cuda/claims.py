"""What the comment above a kernel claims, and whether what the compiler made keeps it.

    // 6 blocks a multiprocessor; loads and stores of 16 bytes.
    // 4 blocks a multiprocessor; shared memory is read by 16 bytes.
    // 4 blocks a multiprocessor, 2 of the largest programs.
    // Rounded factors: tensor cores.
    // Local memory: why.

Without "Local memory" a kernel has none, and so nothing is spilled. The number of blocks is that of
float32 on compute capability 9.0; all else holds for every dtype. Forms that round no factors have
no tensor cores.
"""
import os
import re

from . import programs, tools

# The bytes of an element, by the number of the dtype.
SIZES = (4, 8, 2, 2, 1, 1, 2, 2, 4, 4, 8, 8, 1)


class Claim:
    def __init__(self, comment=""):
        blocks = re.search(r"(\d+) blocks a multiprocessor(?:, (\d+) of the largest programs)?",
                           comment)
        wide = re.search(r"(loads|stores|loads and stores) of 16 bytes(?: of (\d+) arrays)?",
                         comment)
        self.blocks = int(blocks[1]) if blocks else None
        self.blocks_of_largest = int(blocks[2]) if blocks and blocks[2] else self.blocks
        self.loads = bool(wide) and "loads" in wide[1]
        self.stores = bool(wide) and "stores" in wide[1]
        self.arrays = int(wide[2] or 1) if wide else 1
        self.local = "Local memory:" in comment
        self.shared = "shared memory is read by 16 bytes" in comment
        self.tensor_cores = "Rounded factors: tensor cores" in comment

    @property
    def streams(self):
        return self.loads or self.stores


def read():
    """The claims of all kernels by name."""
    claims = {}
    folder = os.path.join(tools.ROOT, "Sources", "CUDAKernels", "kernels")
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name)) as file:
            text = file.read()
        for match in re.finditer(r"((?:^//.*\n)*)^FT_(?:LARGE_|PAIRED_|BOUND_)?KERNEL\((\w+),", text, re.MULTILINE):
            # Some have a form for one module and one for all.
            claims.setdefault(match[2], Claim(match[1].replace("\n// ", " ")))
    return claims


def option(options, name):
    for each in options:
        if each.startswith(f"-DFT_{name}="):
            return int(each.split("=")[1])
    return None


def size_of(options):
    """The bytes of an element of a module."""
    dtype = option(options, "DTYPE")
    return option(options, "SIZE") or (SIZES[dtype] if dtype is not None else 4)


def is_mixed(options):
    """Whether one of its operands has smaller elements, of which a group is less than 16 bytes."""
    dtype, second = option(options, "DTYPE"), option(options, "SECOND")
    return second is not None and dtype is not None and SIZES[dtype] != SIZES[second]


def per_element(kernel, claim, options):
    """How many instructions the main loop takes for an element; None if it has no such loop."""
    if not claim.streams:
        return None
    found = kernel.cycle(claim.arrays if claim.loads else 0, int(claim.stores), True)
    if found is None:
        return None
    steps, loads, stores = found
    groups = stores if claim.stores else loads / claim.arrays
    return steps / (groups * 16 / size_of(options))


def broken(kernel, claim, options):
    """What a kernel doesn't keep, in words."""
    if kernel.local and not claim.local:
        yield f"{kernel.local} instructions reach local memory"
    if bool(kernel.tensor_cores) != (claim.tensor_cores and programs.is_rounded(options)):
        yield f"{kernel.tensor_cores} instructions of tensor cores"
    joined = kernel.count(r"^[FD]FMA\b")
    if joined and programs.multiplies_and_adds(options):
        yield f"{joined} operations join a product and a sum"
    narrow = kernel.count(r"^LDS\b(?!\.128)")
    # Elements of other types are smaller, and so are rounded ones.
    if claim.shared and narrow and size_of(options) >= 4 and not programs.is_rounded(options):
        yield f"{narrow} reads of shared memory of less than 16 bytes"
    if option(options, "DTYPE") in (None, 0) and option(options, "SIZE") in (None, 4):
        wanted = claim.blocks_of_largest if programs.is_largest(options) else claim.blocks
        if wanted and kernel.blocks < wanted:
            yield (f"{kernel.blocks} blocks a multiprocessor in place of {wanted} "
                   f"({kernel.registers} registers, {kernel.shared} bytes shared)")
    if claim.streams and not is_mixed(options):
        if per_element(kernel, claim, options) is None:
            what = " and ".join(
                name for name, is_claimed in (("loads", claim.loads), ("stores", claim.stores))
                if is_claimed)
            yield f"no loop of {what} of 16 bytes"
