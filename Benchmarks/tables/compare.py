"""Five data sets that scikit-learn carries, from CSV to a model by fttrain, beside its own MLP.

    python3 Benchmarks/tables/compare.py .build/release/fttrain [--splits 5] [--only iris] [--times]

Each data set is written as CSV and cut into training and test rows (a quarter, by class). fttrain
gets the training table alone: `init`, train, `eval --report`, `predict` and `export` follow as a
person types them, with nothing set by hand. scikit-learn's MLP gets the same rows, scaled, with
layers of the same sizes and early stopping, as `init` chooses them. Both are measured on the test
rows; fttrain's numbers are computed again here from what `predict` wrote.

Needs Python with scikit-learn. Prints a table in Markdown.
"""

import argparse
import csv
import json
import os
import statistics
import subprocess
import tempfile
import time
import warnings

from sklearn import __version__ as sklearn_version
from sklearn import datasets
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

SETS = {
    "iris": datasets.load_iris,
    "wine": datasets.load_wine,
    "breast cancer": datasets.load_breast_cancer,
    "digits": datasets.load_digits,
    "diabetes": datasets.load_diabetes,
}
HIDDEN = (64, 32)


def load(name):
    """Names of columns, rows, and labels: words of classes, or numbers."""
    data = SETS[name]()
    names = [str(column).replace(",", " ") for column in data.feature_names]
    if not hasattr(data, "target_names"):
        return names, data.data, list(data.target), False
    words = [f"is {word}" for word in data.target_names]
    return names, data.data, [words[label] for label in data.target], True


def write_table(path, names, rows, labels):
    with open(path, "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(names + ["label"])
        for row, label in zip(rows, labels):
            table.writerow([repr(float(cell)) for cell in row] + [label])


def call(program, *arguments, folder):
    done = subprocess.run(
        [program, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"fttrain {' '.join(arguments)}: {done.returncode}\n{done.stderr}")
    return done.stdout


def by_fttrain(program, folder, truth, is_of_classes, split):
    """The measure on the test rows, seconds of training, and whether all the files are there."""
    call(program, "init", "train.csv", "-o", "config.json", "--data", "data.h5", folder=folder)
    start = time.monotonic()
    call(program, "config.json", f"seed={split}", "--out", "run", "-q", folder=folder)
    seconds = time.monotonic() - start
    report = json.loads(
        call(program, "eval", "run", "test.csv", "--report", "--json", folder=folder))
    call(program, "predict", "run", "test.csv", "-o", "predictions.csv", folder=folder)
    call(program, "export", "run", "-o", "model.onnx", folder=folder)
    with open(os.path.join(folder, "predictions.csv")) as file:
        found = [row["prediction"] for row in csv.DictReader(file)]
    if is_of_classes:
        value, said = accuracy_score(truth, found), report["accuracy"]
    else:
        value, said = r2_score(truth, [float(cell) for cell in found]), report["r2"]
    if abs(value - said) > 1e-4:
        raise SystemExit(f"eval says {said}, the predictions come to {value}")
    return value, seconds


def by_sklearn(train, labels, test, truth, is_of_classes, split):
    kind = MLPClassifier if is_of_classes else MLPRegressor
    mlp = kind(
        hidden_layer_sizes=HIDDEN, early_stopping=True, validation_fraction=0.2,
        n_iter_no_change=25, max_iter=1000, batch_size=16 if len(labels) < 500 else 32,
        learning_rate_init=0.002, random_state=split)
    model = make_pipeline(StandardScaler(), mlp)
    start = time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(train, labels)
    seconds = time.monotonic() - start
    found = model.predict(test)
    measure = accuracy_score if is_of_classes else r2_score
    return measure(truth, found), seconds


def spread(values):
    deviation = statistics.stdev(values) if len(values) > 1 else 0
    return f"{statistics.mean(values):.3f} ± {deviation:.3f}"


def compare(program, name, splits, with_times):
    names, rows, labels, is_of_classes = load(name)
    ours, theirs, times = [], [], ([], [])
    for split in range(splits):
        train, test, known, truth = train_test_split(
            rows, labels, test_size=0.25, random_state=split,
            stratify=labels if is_of_classes else None)
        with tempfile.TemporaryDirectory() as folder:
            write_table(os.path.join(folder, "train.csv"), names, train, known)
            write_table(os.path.join(folder, "test.csv"), names, test, truth)
            value, seconds = by_fttrain(program, folder, truth, is_of_classes, split)
        ours.append(value)
        times[0].append(seconds)
        value, seconds = by_sklearn(train, known, test, truth, is_of_classes, split)
        theirs.append(value)
        times[1].append(seconds)
    measure = "accuracy" if is_of_classes else "R²"
    line = f"| {name} | {len(rows)} × {len(names)} | {measure} | {spread(ours)} | {spread(theirs)} |"
    if with_times:
        line += "".join(f" {statistics.median(seconds):.2f} s |" for seconds in times)
    print(line, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", help="fttrain, built with -c release")
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--only", choices=list(SETS))
    parser.add_argument("--times", action="store_true", help="seconds of training, too")
    arguments = parser.parse_args()
    program = os.path.abspath(arguments.program)
    print(f"scikit-learn {sklearn_version}, {arguments.splits} splits\n")
    times = " time | time there |" if arguments.times else ""
    print("| data | rows × columns | measure | fttrain | scikit-learn |" + times)
    print("|---|---|---|---|---|" + ("---|---|" if arguments.times else ""))
    for name in [arguments.only] if arguments.only else SETS:
        compare(program, name, arguments.splits, arguments.times)


if __name__ == "__main__":
    main()
