"""Small files in the form of the data sets' own, to load in their place."""

import gzip
import pickle

import numpy as np


def write_all(folder) -> dict[str, str]:
    """Writes a small file for each data set; returns what it was asked for -> path."""
    rng = np.random.default_rng(0)
    paths = {}

    def texts(count):
        found = np.empty(count, dtype=object)
        found[:] = [
            [int(w) for w in rng.integers(1, 40, rng.integers(2, 12))]
            for _ in range(count)
        ]
        return found

    def save(name, **arrays):
        paths[name] = str(folder / name)
        np.savez(paths[name], **arrays)

    labels = rng.integers(0, 2, 30)
    save(
        "imdb.npz",
        x_train=texts(30),
        y_train=labels,
        x_test=texts(20),
        y_test=labels[:20],
    )
    save("reuters.npz", x=texts(50), y=rng.integers(0, 46, 50))
    save("boston_housing.npz", x=rng.normal(size=(50, 13)), y=rng.normal(size=50))
    save("california_housing.npz", x=rng.normal(size=(700, 8)), y=rng.normal(size=700))
    for part, count in (("train", 6), ("t10k", 4)):
        for kind, header, shape in (
            ("images-idx3", 16, (count, 28, 28)),
            ("labels-idx1", 8, (count,)),
        ):
            name = f"{part}-{kind}-ubyte.gz"
            body = rng.integers(0, 10, shape).astype("uint8").tobytes()
            paths[name] = str(folder / name)
            with gzip.open(paths[name], "wb") as file:
                file.write(bytes(header) + body)
    for name, target, parts in (
        (
            "cifar-10-batches-py",
            "cifar-10-batches-py-target",
            [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"],
        ),
        ("cifar-100-python", "cifar-100-python-target", ["train", "test"]),
    ):
        inner = folder / target / name
        inner.mkdir(parents=True)
        paths[target] = str(folder / target)
        size = 10000 if "10-batches" in name else 3
        for part in parts:
            count = size if part.startswith("data_batch") else 3
            data = np.broadcast_to(
                rng.integers(0, 256, (1, 3072)).astype("uint8"), (count, 3072)
            )
            numbers = rng.integers(0, 10, count).tolist()
            batch = {
                b"data": np.array(data),
                b"labels": numbers,
                b"fine_labels": numbers,
                b"coarse_labels": numbers[::-1],
            }
            with open(inner / part, "wb") as file:
                pickle.dump(batch, file, protocol=4)
    return paths
