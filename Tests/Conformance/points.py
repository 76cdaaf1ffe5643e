"""Samples of our own beside PyTorch's: at kinks, ties, poles and the ends of the dtypes, and large
enough for several threads. What they should give is still PyTorch's word."""
import torch
from torch.testing._internal.opinfo.core import (
    BinaryUfuncInfo, ReductionOpInfo, SampleInput, UnaryUfuncInfo)

INF, NAN = float("inf"), float("nan")
REALS = [-INF, -800.0, -4.0, -3.0, -2.5, -1.0, -0.5, -1e-8, -0.0, 0.0, 1e-8, 0.5, 1.0, 2.5, 3.0, 4.0,
         6.0, 20.0, 25.0, 800.0, INF, NAN]
# Beyond what float32 and float64 can tell apart.
INTEGERS = [-(2**53) - 1, -(2**24) - 1, -7, -2, -1, 0, 1, 2, 7, 2**24 + 1, 2**53 + 1, 2**62]
ROWS = [[2, 2, 0], [0, 0, 3], [1, 1, 1], [0, -2, 1]]
REAL_ROWS = ROWS + [[-0.0, 0.0, 0.0], [INF, 1, INF], [-INF, -INF, -INF], [NAN, 1, 2],
                    [INF, -INF, 0], [1e200, 1e200, 1e200], [1e-200, 1e-200, 1e-200]]
INTEGER_ROWS = ROWS + [[2**24 + 1, 1, 0], [2**53 + 1, 1, 0], [2**53 + 1, 2**53, 2**53 + 1]]
# Elementwise, though OpInfo doesn't file them so.
ALSO_UNARY = {
    "nn.functional." + name for name in (
        "relu", "elu", "celu", "selu", "relu6", "gelu", "silu", "mish", "softplus", "softsign",
        "hardswish", "hardsigmoid", "hardtanh", "hardshrink", "softshrink", "tanhshrink",
        "logsigmoid", "leaky_relu")
} | {"erfinv", "nan_to_num"}


def points(op, dtype, requires_grad):
    """Yields samples for elementwise operators and reductions."""
    is_real = dtype.is_floating_point
    is_wide = dtype in (torch.float32, torch.float64)

    def leaf(values):
        held = torch.tensor(values, dtype=torch.float64 if is_real else dtype).to(dtype)
        return held.requires_grad_(requires_grad)

    def large(turned=False):
        values = torch.rand(211, 313, dtype=torch.float64).to(dtype) * 8 - 4
        return (values.t() if turned else values).detach().requires_grad_(requires_grad)

    values = REALS if is_real else INTEGERS
    if isinstance(op, UnaryUfuncInfo) or op.name in ALSO_UNARY:
        yield SampleInput(leaf(values))
        if is_wide:
            yield from (SampleInput(large()), SampleInput(large(turned=True)))
    elif isinstance(op, BinaryUfuncInfo):
        # Dividing an integer by zero is nothing that PyTorch defines.
        right = values if is_real else [v for v in values if v]
        pairs = [(a, b) for a in values for b in right]
        yield SampleInput(leaf([a for a, _ in pairs]), args=(leaf([b for _, b in pairs]),))
        if is_wide:
            yield SampleInput(large(), args=(large(turned=True).t().contiguous().detach()
                                             .requires_grad_(requires_grad),))
            row = large().detach()[0].clone().requires_grad_(requires_grad)
            yield SampleInput(large(), args=(row,))
    elif isinstance(op, ReductionOpInfo):
        rows = REAL_ROWS if is_real else INTEGER_ROWS
        for dim in (0, 1):
            for part in (rows, ROWS, [row[:1] for row in rows]):
                yield SampleInput(leaf(part), kwargs={"dim": dim})
            if dtype == torch.float64:
                yield SampleInput(large(), kwargs={"dim": dim})
                yield SampleInput(large(turned=True), kwargs={"dim": dim})
        if dtype == torch.float64 and op.name != "prod":
            yield SampleInput(large())
        if op.name in ("var", "std") and not op.variant_test_name:
            yield SampleInput(leaf(ROWS), kwargs={"dim": 1, "correction": 4})
