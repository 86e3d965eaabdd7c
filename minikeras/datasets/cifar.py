"""What CIFAR-10 and CIFAR-100 share: archives of pickled batches of small pictures."""

import os
import pickle

import numpy as np

from .. import config
from ..utils import download

__all__ = ["folder_of", "read_batch", "shaped"]

_URL = "https://www.cs.toronto.edu/~kriz/"


class _Arrays(pickle.Unpickler):
    """Reads arrays, lists, dicts, texts and numbers, and nothing else."""

    def find_class(self, module: str, name: str):
        """Refuses everything but what NumPy's arrays are made of."""
        known = {"_reconstruct", "ndarray", "dtype", "scalar", "_frombuffer"}
        if module.partition(".")[0] == "numpy" and name in known:
            return super().find_class(module.replace("numpy.core", "numpy._core"), name)
        if (module, name) == ("_codecs", "encode"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"A batch of CIFAR holds no {module}.{name}.")


def folder_of(name: str, archive: str, file_hash: str) -> str:
    """Returns the folder with the batches, downloaded and unpacked the first time.

    Args:
        name: Name of the folder in the archive, and of the one that Keras 2 kept.
        archive: Name of the archive on its server.
        file_hash: Its SHA-256.
    """
    old = os.path.join(download.cache_folder(None), "datasets", name)
    if os.path.isdir(old):
        return old
    target = download.get_file(
        fname=f"{name}-target", origin=_URL + archive, file_hash=file_hash, extract=True
    )
    return os.path.join(target, name)


def read_batch(path: str, labels: str) -> tuple[np.ndarray, list]:
    """Returns the images (n, 3, 32, 32) and labels of a batch.

    Args:
        path: Path of the file.
        labels: Which labels: "labels", "fine_labels" or "coarse_labels".
    """
    with open(path, "rb") as file:
        batch = _Arrays(file, encoding="bytes").load()
    batch = {k.decode() if isinstance(k, bytes) else k: v for k, v in batch.items()}
    return batch["data"].reshape(-1, 3, 32, 32), batch[labels]


def shaped(images: np.ndarray, labels, dtype: str) -> tuple[np.ndarray, np.ndarray]:
    """Returns images in the layout that is set, and labels (n, 1) of a dtype."""
    if config.image_data_format() == "channels_last":
        images = images.transpose(0, 2, 3, 1)
    return images, np.reshape(labels, (len(labels), 1)).astype(dtype)
