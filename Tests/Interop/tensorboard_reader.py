"""TensorBoard's own reader on a file that fttrain wrote.

    fttrain configs/mlp.json training.epochs=2 --tensorboard --out /tmp/tb
    python3 Tests/Interop/tensorboard_reader.py /tmp/tb

Compares every scalar with the run's metrics.jsonl, and looks for the config and the weights.
Needs Python with tensorboard.
"""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def main(folder):
    events = EventAccumulator(folder, size_guidance={"scalars": 0, "tensors": 0, "histograms": 0})
    events.Reload()
    rows = [json.loads(line) for line in open(f"{folder}/metrics.jsonl")]
    compared = 0
    for part in ("train", "validation"):
        for name in rows[0].get(part, {}):
            found = {event.step: event.value for event in events.Scalars(f"{part}/{name}")}
            assert list(found) == [row["step"] for row in rows], (part, name, found)
            for row in rows:
                value = row[part][name]
                assert abs(found[row["step"]] - value) <= 1e-6 * max(1, abs(value))
                compared += 1
    text = events.Tensors("config")[0].tensor_proto.string_val[0].decode()
    config = json.loads("\n".join(line[4:] for line in text.split("\n")))
    assert config == json.load(open(f"{folder}/config.json")), "the config differs"
    histograms = events.Tags()["histograms"]
    assert any(name.startswith("weights/") for name in histograms), histograms
    for name in histograms:
        for event in events.Histograms(name):
            value = event.histogram_value
            assert abs(sum(value.bucket) - value.num) < 0.5, name
    print(f"{compared} scalars, {len(histograms)} histograms and the config agree")


if __name__ == "__main__":
    main(sys.argv[1])
