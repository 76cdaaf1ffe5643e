"""Reads what the compiler made of a module: registers, memory, and the instructions of its loops."""
import collections
import re
import subprocess

from . import tools

# Of a multiprocessor: 32-bit registers, shared memory in bytes, of which a block takes a KiB beside
# its own, and threads. Compute capability 9.0.
REGISTERS, SHARED, BLOCK_SHARED, THREADS, BLOCK = 65536, 228 << 10, 1024, 2048, 256
WIDE = re.compile(r"(LD|ST)G?\.E\b[.A-Z0-9]*\.128")
# Of memory that isn't known to be global (an address out of a table) too.
GLOBAL = re.compile(r"(LD|ST)G?\.E\b")
Instruction = collections.namedtuple("Instruction", "text predicated")


class Kernel:
    def __init__(self, name, registers, stack, shared):
        self.name, self.registers, self.stack, self.shared = name, registers, stack, shared
        self.code = []

    def count(self, pattern):
        return sum(1 for i in self.code if re.search(pattern, i.text))

    @property
    def local(self):
        """Instructions that spill, or reach an array that has no registers."""
        return self.count(r"^(LDL|STL)\b")

    @property
    def wide_loads(self):
        return self.count(r"^LDG?\.E\b[.A-Z0-9]*\.128")

    @property
    def wide_stores(self):
        return self.count(r"^STG?\.E\b[.A-Z0-9]*\.128")

    @property
    def tensor_cores(self):
        return self.count(r"^(HMMA|HGMMA|IMMA|DMMA)\b")

    @property
    def blocks(self):
        """How many blocks a multiprocessor holds at once."""
        own = -(-self.registers // 8) * 8 * BLOCK
        return min(THREADS // BLOCK, REGISTERS // own, SHARED // max(self.shared, BLOCK_SHARED))

    def successors(self, index):
        text = self.code[index].text
        match = re.match(r"BRA\b.*?(0x[0-9a-f]+)$", text)
        onward = [index + 1] if index + 1 < len(self.code) else []
        if match:
            target = [int(match[1], 16) // 16]
            # A condition may stand in the instruction, too: BRA !P0, …
            always = not self.code[index].predicated and re.match(r"BRA 0x", text)
            return target if always else target + onward
        if re.match(r"(EXIT|RET|BRX)\b", text):
            return onward if self.code[index].predicated else []
        return onward

    def cycle(self, loads, stores, wide):
        """The shortest way around a loop that passes so many loads and stores, of 16 bytes each if
        `wide`: its length and how many loads and stores it passes."""
        pattern = WIDE if wide else GLOBAL
        kinds = {}
        for index, instruction in enumerate(self.code):
            match = pattern.match(instruction.text)
            if match:
                kinds[index] = match[1]
        anchor = "ST" if stores else "LD"
        best = None
        for start in [index for index, kind in kinds.items() if kind == anchor]:
            found = self.way_around(start, kinds, loads, stores)
            if found and (best is None or found[0] < best[0]):
                best = found
        return best

    def way_around(self, start, kinds, loads, stores):
        most = 16
        first = (start, int(kinds[start] == "LD"), int(kinds[start] == "ST"))
        seen, front, steps = {first}, [first], 0
        while front and steps < 4000:
            steps += 1
            following = []
            for index, l, s in front:
                for to in self.successors(index):
                    if to == start and l >= loads and s >= stores:
                        return steps, l, s
                    if to == start:
                        continue
                    state = (to, min(most, l + (kinds.get(to) == "LD")),
                             min(most, s + (kinds.get(to) == "ST")))
                    if state not in seen:
                        seen.add(state)
                        following.append(state)
            front = following
        return None


def read(path):
    """The kernels of a module's machine code."""
    said = subprocess.run([tools.tool_path("cuobjdump"), "-sass", "-res-usage", path],
                          capture_output=True, text=True, check=True).stdout
    kernels, current, name = {}, None, ""
    for line in said.splitlines():
        if match := re.match(r"\s*Function (\w+):$", line):
            name = match[1]
        elif match := re.match(r"\s*REG:(\d+) STACK:(\d+) SHARED:(\d+)", line):
            if name.startswith("ft_"):
                kernels[name] = Kernel(name[3:], *(int(match[k]) for k in (1, 2, 3)))
        elif match := re.match(r"\s*Function : (\w+)$", line):
            current = kernels.get(match[1])
        elif current and (match := re.match(r"\s*/\*[0-9a-f]{4,}\*/\s+(.*?)\s*;\s*/\*", line)):
            text = match[1]
            predicate = re.match(r"@!?U?P\w+ +", text)
            text = text[predicate.end():] if predicate else text
            current.code.append(Instruction(re.sub(r"\s+", " ", text), bool(predicate)))
    return list(kernels.values())
