"""The cases of one operator: what is called, and what PyTorch makes of it."""
import json

import numpy
import torch
from safetensors.torch import save_file
from torch.utils._pytree import tree_flatten, tree_map

ROOM = 70_000  # elements of the largest tensor of a case
RANK = 8  # the library's most axes


def full_name(op):
    return op.name + (f".{op.variant_test_name}" if op.variant_test_name else "")


def is_tensor(value):
    return isinstance(value, torch.Tensor)


def tensors_of(results):
    """The tensors and numbers among results."""
    found = []
    for value in tree_flatten(results)[0]:
        if is_tensor(value):
            found.append(value)
        elif isinstance(value, (bool, int, float)):
            found.append(torch.as_tensor(value))
    return found


class Writer:
    """The cases of one operator."""

    def __init__(self, op, dtypes):
        self.op, self.dtypes = op, dtypes
        self.lines, self.arrays = [], {}

    def keep(self, tensors):
        """Keys of the tensors, or None if the library can't hold them all."""
        if not all(self.fits(t) for t in tensors):
            return None
        keys = [str(len(self.arrays) + place) for place in range(len(tensors))]
        for key, tensor in zip(keys, tensors):
            self.arrays[key] = tensor.detach().clone(memory_format=torch.contiguous_format)
        return keys

    def fits(self, tensor):
        return (tensor.dtype in self.dtypes and tensor.layout == torch.strided
                and tensor.dim() <= RANK)

    def value(self, value, inputs):
        if is_tensor(value):
            if not self.fits(value):
                return {"other": f"{str(value.dtype)[6:]} of {value.dim()} axes"}
            inputs.append({"key": self.keep([value])[0], "grad": value.requires_grad})
            return {"tensor": len(inputs) - 1}
        if value is None:
            return None
        if isinstance(value, (bool, numpy.bool_)):
            return bool(value)
        if isinstance(value, (int, numpy.integer)):
            fits = -(2**63) <= int(value) < 2**63
            return int(value) if fits else {"other": "an integer beyond int64"}
        if isinstance(value, (float, numpy.floating)):
            return {"float": repr(float(value))}
        if isinstance(value, str):
            return value
        if isinstance(value, (torch.dtype, torch.device)):
            return str(value).removeprefix("torch.")
        if isinstance(value, slice):
            return {"slice": [value.start, value.stop, value.step]}
        if value is Ellipsis:
            return {"ellipsis": True}
        if isinstance(value, (list, tuple)):
            values = [self.value(v, inputs) for v in value]
            return {"tuple": values} if isinstance(value, tuple) else values
        return {"other": type(value).__name__}

    def call(self, sample, dtype):
        """The part of a case that says what is called."""
        inputs = []
        args = [self.value(v, inputs) for v in (sample.input, *sample.args)]
        kwargs = {k: self.value(v, inputs) for k, v in sample.kwargs.items()}
        return {"dtype": dtype, "text": self.text(sample), "args": args, "kwargs": kwargs,
                "inputs": inputs}

    def text(self, sample):
        def word(v):
            if is_tensor(v):
                return f"{str(v.dtype)[6:]}{list(v.shape)}"
            if isinstance(v, (list, tuple)):
                return "(" + ", ".join(map(word, v)) + ")"
            return str(v)
        named = [f"{k}={word(v)}" for k, v in sample.kwargs.items()]
        words = ", ".join([word(sample.input), *map(word, sample.args), *named])
        return " ".join(words.split())

    def add(self, sample, dtype):
        operands = [v for v in tree_flatten((sample.input, sample.args, sample.kwargs))[0]
                    if is_tensor(v)]
        if any(t.numel() > ROOM for t in operands):
            return
        asked = Call(self.op, sample, operands)
        try:
            results = asked()
        except Exception as problem:
            return self.note(problem)
        if any(t.numel() > ROOM for t in results):
            return
        case = self.call(sample, self.dtypes[dtype])
        if not is_identity(sample.output_process_fn_grad):
            case["kwargs"]["output_process"] = sample.output_process_fn_grad.__name__
        case["want"] = self.keep(results)
        if case["want"] is None:
            case["skip"] = "gives " + ", ".join(
                f"{str(t.dtype)[6:]} of {t.dim()} axes" for t in results)
        elif dtype != torch.float64 and dtype.is_floating_point:
            try:
                wide = asked(lambda t: t.double() if t.is_floating_point() else t)
                case["exact"] = self.keep([w.to(t.dtype) for w, t in zip(wide, results)])
            except Exception:
                pass  # not every operator has a float64 form
        elif dtype == torch.float64 and asked.leaves:
            try:
                case |= self.derivatives(asked)
            except Exception as problem:
                self.note(problem)
        self.lines.append(case)

    def derivatives(self, asked):
        """Gradient, its gradient along a vector, and the derivative along a tangent."""
        def noise(tensors):
            return [torch.randn(t.shape, dtype=t.dtype) for t in tensors]

        def gradient(total, by, **options):
            if not total.requires_grad:
                return [torch.zeros_like(x) for x in by]
            found = torch.autograd.grad(total, by, allow_unused=True, **options)
            return [torch.zeros_like(x) if g is None else g for g, x in zip(found, by)]

        def dot(xs, ys):
            return sum(((x * y).sum() for x, y in zip(xs, ys)), torch.zeros((), dtype=torch.float64))

        case = {}
        variables = {id(t): copied(t).requires_grad_() for t in asked.leaves}
        points = list(variables.values())
        # A view, so that an operator that writes in place doesn't write on a leaf.
        results = asked.at({key: v.view_as(v) for key, v in variables.items()})
        case["floats"] = [i for i, t in enumerate(results) if t.is_floating_point()]
        results = [t for t in results if t.is_floating_point()]
        if not results:
            return {}
        cotangents = noise(results)
        twice = self.op.supports_gradgrad
        slopes = gradient(dot(results, cotangents), points, create_graph=twice, retain_graph=True)
        case["cotangents"], case["gradient"] = self.keep(cotangents), self.keep(slopes)
        if twice:
            vectors = noise(slopes)
            case["vectors"] = self.keep(vectors)
            case["second"] = self.keep(gradient(dot(slopes, vectors), points))
        if self.op.supports_forward_ad:
            tangents = noise(points)
            forward = torch.autograd.forward_ad
            with forward.dual_level():
                results = asked.at({key: forward.make_dual(x.detach(), t)
                                    for (key, x), t in zip(variables.items(), tangents)})
                pairs = [forward.unpack_dual(t) for t in results if t.is_floating_point()]
                along = [torch.zeros_like(p) if t is None else t for p, t in pairs]
                case["tangents"], case["jvp"] = self.keep(tangents), self.keep(along)
        return case

    def reject(self, error):
        sample = error.sample_input
        self.lines.append(self.call(sample, "") | {"rejected": True})

    def note(self, problem):
        print(f"  {full_name(self.op)}: {' '.join(str(problem).split())[:90]}", flush=True)

    def save(self, path):
        save_file(self.arrays or {"none": torch.zeros(1)}, path + ".safetensors")
        with open(path + ".jsonl", "w") as file:
            file.writelines(json.dumps(line, separators=(",", ":")) + "\n" for line in self.lines)


def is_identity(function):
    return function.__code__.co_code == (lambda x: x).__code__.co_code


def copied(tensor):
    return tensor.detach().clone(memory_format=torch.preserve_format)


class Call:
    """An operator on a sample, always on copies: some write in place."""

    def __init__(self, op, sample, operands):
        self.op, self.sample = op, sample
        self.operands = {id(t): copied(t) for t in operands}
        leaves = [t for t in operands if t.requires_grad]
        # A tensor that stands twice has one gradient there and two here.
        self.leaves = leaves if len({id(t) for t in leaves}) == len(leaves) else []

    def __call__(self, change=lambda t: t):
        return self.at({key: change(t.clone()) for key, t in self.operands.items()})

    def at(self, replaced):
        def swap(value):
            if not is_tensor(value):
                return value
            return replaced[id(value)] if id(value) in replaced else self.operands[id(value)].clone()
        sample = self.sample
        x, args, kwargs = tree_map(swap, (sample.input, tuple(sample.args), dict(sample.kwargs)))
        # What is well defined of, say, singular vectors.
        return tensors_of(sample.output_process_fn_grad(self.op.op(x, *args, **kwargs)))
