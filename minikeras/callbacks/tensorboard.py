"""Numbers and pictures of a training, for TensorBoard to show."""

import os
import time
import warnings

import numpy as np

from ..legacy import doors
from ..utils import checks
from ..utils.files import path_of, write_text
from .callback import Callback
from .event_file import EventFile, histogram, image, keras_graph, scalar

__all__ = ["TensorBoard"]


@doors.open_constructor
class TensorBoard(Callback):
    """Writes event files, which `tensorboard --logdir=logs` shows in a browser.

    Args:
        log_dir: Folder for the files, with the sub-folders `train` and `validation`.
        histogram_freq: Epochs between histograms of the weights; 0: none.
        write_graph: Whether the model is written down, for the page "Graphs".
        write_images: Whether the weights are shown as pictures, with the histograms.
        write_steps_per_second: Whether the speed of training is written down.
        update_freq: "epoch"; "batch" or a number of batches: metrics are written
            after so many batches, too.
        profile_batch: Must be 0: there is no profiler; another value only warns.
        embeddings_freq: Epochs between copies of embeddings, for the page "Projector".
        embeddings_metadata: Path of a file with a name for each row of embeddings, or
            dict from layer names to such paths.
    """

    def __init__(
        self,
        log_dir="logs",
        histogram_freq=0,
        write_graph=True,
        write_images=False,
        write_steps_per_second=False,
        update_freq="epoch",
        profile_batch=0,
        embeddings_freq=0,
        embeddings_metadata=None,
    ):
        super().__init__()
        self.log_dir = path_of(log_dir)
        self.histogram_freq = checks.integer(
            self, least=0, histogram_freq=histogram_freq
        )
        self.write_graph = write_graph
        self.write_images = write_images
        self.write_steps_per_second = write_steps_per_second
        self.update_freq = 1 if update_freq == "batch" else update_freq
        if self.update_freq != "epoch":
            checks.positive_int(self, update_freq=self.update_freq)
        if profile_batch:
            warnings.warn(
                "TensorBoard: there is no profiler, so profile_batch has no effect. "
                "Leave it out, or try Python's cProfile.",
                stacklevel=2,
            )
        self.profile_batch = profile_batch
        self.embeddings_freq = checks.integer(
            self, least=0, embeddings_freq=embeddings_freq
        )
        self.embeddings_metadata = embeddings_metadata
        self._files: dict[str, EventFile] = {}
        self._train_step = self._test_step = 0
        self._is_training = False
        self._began = (0.0, 0)  # time and step at which the epoch began
        self._batch_began = 0.0

    def _file(self, name: str) -> EventFile:
        if name not in self._files:
            self._files[name] = EventFile(os.path.join(self.log_dir, name))
        return self._files[name]

    def _steps(self) -> int:
        optimizer = getattr(self.model, "optimizer", None)
        return self._train_step if optimizer is None else int(optimizer.iterations)

    # Training -------------------------------------------------------------------------

    def on_train_begin(self, logs=None):
        self._is_training = True
        self._train_step = 0
        if self.embeddings_freq:
            self._write_projector()
        if self.write_graph:
            self._write_graph()

    def on_train_end(self, logs=None):
        self._is_training = False
        self._files = {}

    def on_epoch_begin(self, epoch, logs=None):
        self._began = time.perf_counter(), self._train_step

    def on_train_batch_begin(self, batch, logs=None):
        self._batch_began = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self._train_step += 1
        if self.update_freq == "epoch" or self._train_step % self.update_freq:
            return
        values = dict(logs or {})
        if self.write_steps_per_second:
            elapsed = time.perf_counter() - self._batch_began
            values["steps_per_second"] = 1 / max(elapsed, 1e-9)
        self._write("train", self._train_step, values, "batch_{}")

    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        measured = {k[4:]: v for k, v in logs.items() if k.startswith("val_")}
        trained = {k: v for k, v in logs.items() if not k.startswith("val_")}
        rate = getattr(self.model.optimizer, "learning_rate", None)
        if rate is not None:
            trained["learning_rate"] = float(rate)
        if self.write_steps_per_second:
            began, step = self._began
            elapsed = max(time.perf_counter() - began, 1e-9)
            trained["steps_per_second"] = (self._train_step - step) / elapsed
        self._write("train", epoch, trained, "epoch_{}")
        if measured:
            self._write("validation", epoch, measured, "epoch_{}")
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_weights(epoch)
        if self.embeddings_freq and epoch % self.embeddings_freq == 0:
            self._write_embeddings()

    def on_test_end(self, logs=None):
        if self._is_training:
            return  # the epoch's end has these numbers
        self._write(
            "validation", self._steps(), logs or {}, "evaluation_{}_vs_iterations"
        )
        del self._files["validation"]

    # What is written ------------------------------------------------------------------

    def _write(self, name: str, step: int, numbers: dict, tag: str) -> None:
        values = [
            scalar(tag.format(key), value)
            for key, value in numbers.items()
            if np.ndim(value) == 0
        ]
        self._file(name).add(step, *values)

    def _write_graph(self) -> None:
        try:
            config = self.model.to_json()
        except (TypeError, ValueError, NotImplementedError) as error:
            warnings.warn(
                f"TensorBoard: the model is not written down, because it has no "
                f"config: {error}",
                stacklevel=2,
            )
            return
        self._file("train").add(0, keras_graph("keras", config))

    def _write_weights(self, epoch: int) -> None:
        values = []
        for weight in self.model.weights:
            array = weight.numpy()
            values.append(histogram(f"{weight.path}/histogram", array))
            if self.write_images and array.size:
                values.append(image(f"{weight.path}/image", as_picture(array)))
        self._file("train").add(epoch, *values)

    def _embeddings(self) -> list:
        return [x for x in self.model._flatten_layers() if hasattr(x, "embeddings")]

    def _write_projector(self) -> None:
        """Says where the page "Projector" finds the embeddings and their names."""
        known, lines = self.embeddings_metadata, []
        names = [layer.name for layer in self._embeddings()]
        if isinstance(known, dict) and set(known) - set(names):
            unknown = sorted(set(known) - set(names))
            raise ValueError(
                f"TensorBoard: embeddings_metadata names {unknown}, which are no "
                f"embedding layers of the model. There are: {names}."
            )
        for name in names:
            path = known.get(name) if isinstance(known, dict) else known
            lines.append(f'embeddings {{\n  tensor_name: "{name}"')
            lines.append(f'  tensor_path: "{name}.tsv"')
            lines += [f'  metadata_path: "{path}"'] if path else []
            lines.append("}")
        folder = os.path.join(self.log_dir, "train")
        path = os.path.join(folder, "projector_config.pbtxt")
        write_text(path, "\n".join(lines) + "\n")

    def _write_embeddings(self) -> None:
        for layer in self._embeddings():
            rows = np.asarray(layer.embeddings)
            lines = ("\t".join(f"{x:.7g}" for x in row) for row in rows)
            path = os.path.join(self.log_dir, "train", f"{layer.name}.tsv")
            write_text(path, "\n".join(lines) + "\n")


def as_picture(weight: np.ndarray) -> np.ndarray:
    """A weight as a gray picture: kernels of convolutions as rows of small ones."""
    x = np.squeeze(weight)
    if x.ndim > 2:  # each filter beside the one before
        x = np.moveaxis(x.reshape(*x.shape[:2], -1), -1, 1).reshape(x.shape[0], -1)
    x = np.atleast_2d(x).astype("float64")
    low, high = x.min(), x.max()
    x = (x - low) / (high - low if high > low else 1.0)
    return np.rint(255 * x).astype("uint8")[..., None]
