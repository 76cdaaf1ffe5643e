"""Compares what ONNX Runtime makes of exported models with what they gave, for every layer, its options
and the configs. usage: FAKETENSOR_ONNX=DIR swift test --filter ONNXTests
                        python3 Tests/Interop/onnx_runtime.py DIR  (needs onnxruntime, onnx, numpy)"""
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

worst, failed = 0.0, 0
files = sorted(Path(sys.argv[1]).glob("*.onnx"))
for path in files:
    given = dict(np.load(path.with_suffix(".npz")))
    expected = given.pop("output")
    try:
        onnx.checker.check_model(onnx.load(path), full_check=True)
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        found = session.run(None, given)[0]
        # A batch of another size, of which each example is for itself.
        first = session.run(None, {name: array[:1] for name, array in given.items()})[0]
        assert found.shape == expected.shape, f"{found.shape} is not {expected.shape}"
        scale = max(1.0, np.abs(expected).max())
        error = np.abs(found - expected).max() / scale
        error = max(error, np.abs(first - expected[:1]).max() / scale)
        isFine = error <= 1e-5
    except Exception as problem:
        error, isFine = str(problem).splitlines()[0], False
    if isFine:
        worst = max(worst, float(error))
    else:
        failed += 1
        print(f"{path.stem}: {error}")
print(f"{len(files) - failed} of {len(files)} models agree, to {worst:.1e} of the largest output")
sys.exit(failed > 0 or not files)
