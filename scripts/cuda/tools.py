"""NVRTC and the tools that read what it made, where they are found, without a GPU.

They come with CUDA, or as packages: pip install nvidia-cuda-nvrtc nvidia-cuda-cuobjdump
nvidia-cuda-nvdisasm.
"""
import ctypes
import glob
import os
import re
import shutil
import site

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDERS = ("CUDAKernels/include", "CUDAKernels/kernels", "CKernels/include")
ABSENT = ("CUDA kernels aren't compiled: no NVRTC found (pip install nvidia-cuda-nvrtc, or the "
          "system's libnvrtc)")


def packages():
    return site.getsitepackages() + [site.getusersitepackages()]


def library_path():
    """Where NVRTC lies: in the folder that NVRTC names, this Python's packages, or the system."""
    folders = [os.environ["NVRTC"]] if "NVRTC" in os.environ else []
    for package in packages():
        folders += glob.glob(package + "/nvidia/cu*/lib") + [package + "/nvidia/cuda_nvrtc/lib"]
    folders += ["/usr/lib/x86_64-linux-gnu"] + glob.glob("/usr/local/cuda*/lib64")
    for folder in folders:
        for path in sorted(glob.glob(folder + "/libnvrtc.so.*"), key=len):
            return path
    return None


def tool_path(name):
    for package in packages():
        for path in glob.glob(f"{package}/nvidia/cu*/bin/{name}"):
            return path
    return shutil.which(name)


def read_sources():
    sources = {}
    for folder in FOLDERS:
        folder = os.path.join(ROOT, "Sources", folder)
        for name in sorted(os.listdir(folder)):
            if name.endswith((".h", ".cuh", ".cu")):
                with open(os.path.join(folder, name), "rb") as file:
                    sources[name.encode()] = file.read()
    return sources


class Compiler:
    """NVRTC with the kernels' sources, as the library calls it."""

    def __init__(self, path):
        # Some versions don't find this one by themselves.
        for other in glob.glob(os.path.dirname(path) + "/libnvrtc-builtins.so.*"):
            ctypes.CDLL(other, ctypes.RTLD_GLOBAL)
        self.library = library = ctypes.CDLL(path)
        self.sources = read_sources()
        self.main = self.sources.pop(b"main.cu")
        header = self.sources[b"cuda_kernels.h"].decode()
        listed = re.search(r"FT_CUDA_ROUNDED_PROGRAMS\(X\)((?:.*\\\n)*.*)", header)
        # Compiled without joining products and sums, see there.
        self.rounded = {f"-DFT_WITH_{name}" for name in re.findall(r"X\((\w+)\)", listed[1])}
        count = ctypes.c_int()
        library.nvrtcGetNumSupportedArchs(ctypes.byref(count))
        numbers = (ctypes.c_int * count.value)()
        library.nvrtcGetSupportedArchs(numbers)
        self.architectures = list(numbers)
        major, minor = ctypes.c_int(), ctypes.c_int()
        library.nvrtcVersion(ctypes.byref(major), ctypes.byref(minor))
        self.version = f"{major.value}.{minor.value}"

    def text(self, program, what):
        size = ctypes.c_size_t()
        getattr(self.library, f"nvrtcGet{what}Size")(program, ctypes.byref(size))
        text = ctypes.create_string_buffer(max(1, size.value))
        getattr(self.library, f"nvrtcGet{what}")(program, text)
        return text.raw[:size.value]

    def compile(self, architecture, options):
        """The machine code, empty where it doesn't compile, and what the compiler said."""
        names = list(self.sources)
        array = ctypes.c_char_p * len(names)
        program = ctypes.c_void_p()
        self.library.nvrtcCreateProgram(
            ctypes.byref(program), self.main, b"main.cu", len(names),
            array(*self.sources.values()), array(*names))
        options = [f"--gpu-architecture=sm_{architecture}", "-std=c++17", "-default-device",
                   "-DFT_PART"] + list(options)
        if not self.rounded.isdisjoint(options):
            options.append("-fmad=false")
        array = ctypes.c_char_p * len(options)
        result = self.library.nvrtcCompileProgram(
            program, len(options), array(*[option.encode() for option in options]))
        log = self.text(program, "ProgramLog").rstrip(b"\0").decode().strip()
        image = b"" if result else self.text(program, "CUBIN")
        self.library.nvrtcDestroyProgram(ctypes.byref(program))
        return image, log
