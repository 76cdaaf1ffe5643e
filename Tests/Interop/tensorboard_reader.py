"""TensorBoard's own reader on a file that fttrain wrote.

    fttrain configs/mlp.json training.epochs=2 --tensorboard --out /tmp/tb
    python3 Tests/Interop/tensorboard_reader.py /tmp/tb

Compares every scalar with metrics.jsonl and settings with config.json, and looks for the config,
the weights and the worst images.
Needs Python with tensorboard and Pillow.
"""

import io
import json
import sys

from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import metadata


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
    nodes = {node.name for node in events.Graph().node}
    assert all(name in nodes for node in events.Graph().node for name in node.input)
    settings = hyperparameters(events)
    for path in ("optimizer.learningRate", "training.epochs", "seed"):
        value = config
        for key in path.split("."):
            value = value[key]
        assert settings[path] == value, (path, settings[path], value)
    pictures = [tag for tag in events.Tags()["tensors"] if tag.startswith("best/worst")]
    for name in pictures:
        assert events.summary_metadata[name].plugin_data.plugin_name == "images", name
        (event,) = events.Tensors(name)
        width, height, png = event.tensor_proto.string_val
        assert Image.open(io.BytesIO(png)).size == (int(width), int(height)), name
    print(
        f"{compared} scalars, {len(histograms)} histograms, {len(pictures)} pictures, "
        f"{len(settings)} hyperparameters, a graph of {len(nodes)} nodes and the config agree"
    )


def hyperparameters(events):
    """What TensorBoard's page on hyperparameters takes from a run."""
    content = events.summary_metadata["_hparams_/session_start_info"].plugin_data.content
    start = metadata.parse_session_start_info_plugin_data(content)
    content = events.summary_metadata["_hparams_/session_end_info"].plugin_data.content
    assert metadata.parse_session_end_info_plugin_data(content).status == 1
    return {
        name: getattr(value, value.WhichOneof("kind")) for name, value in start.hparams.items()
    }


if __name__ == "__main__":
    main(sys.argv[1])
