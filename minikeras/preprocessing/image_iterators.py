"""Endless batches of pictures from arrays, folders and tables, as Keras 2 had them."""

import os
import warnings

import numpy as np

from ..training.pydataset import PyDataset
from ..utils import checks
from ..utils.image_files import array_to_img, img_to_array, load_img

__all__ = [
    "DataFrameIterator",
    "DirectoryIterator",
    "Iterator",
    "NumpyArrayIterator",
]

_ENDINGS = ("png", "jpg", "jpeg", "bmp", "ppm", "tif", "tiff")
_CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}
_SUBSETS = ("training", "validation")


class Iterator(PyDataset):
    """Batches by number, or one after the other without end.

    Args:
        n: Number of samples.
        batch_size: Samples in a batch; the last one of a round may be smaller.
        shuffle: Whether each round has an order of its own.
        seed: What NumPy's global generator is set to before each batch, raised by the
            number of batches so far; None leaves it alone.
    """

    def __init__(self, n, batch_size, shuffle, seed):
        super().__init__()
        self.n, self.seed = n, seed
        self.batch_size = checks.positive_int(self, batch_size=batch_size)
        self.shuffle = shuffle
        self.batch_index = self.total_batches_seen = 0
        self.index_array = None

    def _set_index_array(self) -> None:
        order = np.arange(self.n)
        self.index_array = np.random.permutation(self.n) if self.shuffle else order

    def _seed(self) -> None:
        if self.seed is not None:
            np.random.seed(self.seed + self.total_batches_seen)
        self.total_batches_seen += 1

    def __len__(self):
        return -(-self.n // self.batch_size)

    def __getitem__(self, index):
        if index >= len(self):
            raise IndexError(f"There are {len(self)} batches, asked for {index}.")
        self._seed()
        if self.index_array is None:
            self._set_index_array()
        first = self.batch_size * index
        return self.batch_of(self.index_array[first : first + self.batch_size])

    def on_epoch_end(self) -> None:
        """Draws another order."""
        self._set_index_array()

    def reset(self) -> None:
        """Begins a round anew."""
        self.batch_index = 0

    def __iter__(self):
        return self

    def __next__(self):
        self._seed()
        if self.batch_index == 0:
            self._set_index_array()
        first = self.batch_index * self.batch_size
        is_last = self.n <= first + self.batch_size
        self.batch_index = 0 if is_last else self.batch_index + 1
        return self.batch_of(self.index_array[first : first + self.batch_size])

    next = __next__

    def batch_of(self, indices):
        """Returns the batch of some samples; each iterator has its own."""
        raise TypeError(f"{type(self).__name__} does not say what its batches are.")


def _save(pictures, indices, folder, prefix, ending, data_format) -> None:
    """Writes the pictures of a batch to a folder, to be looked at."""
    for i, picture in zip(indices, pictures, strict=True):
        image = array_to_img(picture, data_format, scale=True)
        name = f"{prefix}_{i}_{np.random.randint(10_000)}.{ending}"
        image.save(os.path.join(folder, name))


class NumpyArrayIterator(Iterator):
    """Batches from arrays: what `ImageDataGenerator.flow` returns."""

    def __init__(
        self,
        x,
        y,
        image_data_generator,
        batch_size=32,
        shuffle=False,
        sample_weight=None,
        seed=None,
        data_format=None,
        save_to_dir=None,
        save_prefix="",
        save_format="png",
        subset=None,
        dtype="float32",
    ):
        self.dtype = dtype
        self.image_data_generator = image_data_generator
        others = x[1] if isinstance(x, (tuple, list)) else []
        x = np.asarray(x[0] if isinstance(x, (tuple, list)) else x, dtype=dtype)
        others = others if isinstance(others, list) else [others]
        parts = {"x": x, "y": y, "sample_weight": sample_weight}
        parts = {k: None if v is None else np.asarray(v) for k, v in parts.items()}
        others = [np.asarray(other) for other in others]
        for part in (*parts.values(), *others):
            if part is not None and len(part) != len(x):
                raise ValueError(
                    f"flow: all arrays must be equally long, got {len(x)} pictures and "
                    f"{len(part)} of something else."
                )
        if x.ndim != 4:
            must = "have four axes: (samples, height, width, channels)"
            checks.fail("flow", "x", x.shape, must)
        if subset is not None:
            checks.one_of("flow", subset=subset, allowed=_SUBSETS)
            count = int(len(x) * image_data_generator._validation_split)
            kept = slice(count) if subset == "validation" else slice(count, None)
            parts = {k: None if v is None else v[kept] for k, v in parts.items()}
            others = [other[kept] for other in others]
        self.x, self.y, self.sample_weight = parts.values()
        self.x_misc = others
        self._saving = (save_to_dir, save_prefix, save_format)
        self.data_format = data_format or image_data_generator.data_format
        super().__init__(len(self.x), batch_size, shuffle, seed)

    def batch_of(self, indices):
        """Returns pictures, or pictures and targets, and weights if there are any."""
        batch = np.zeros((len(indices), *self.x.shape[1:]), self.dtype)
        maker = self.image_data_generator
        for place, i in enumerate(indices):
            picture = self.x[i]
            change = maker.get_random_transform(picture.shape)
            picture = maker.apply_transform(picture.astype(self.dtype), change)
            batch[place] = maker.standardize(picture)
        if self._saving[0]:
            _save(batch, indices, *self._saving, self.data_format)
        others = [other[indices] for other in self.x_misc]
        inputs = [batch, *others] if others else batch
        if self.y is None:
            return inputs
        rest = () if self.sample_weight is None else (self.sample_weight[indices],)
        return inputs, self.y[indices], *rest


class FileIterator(Iterator):
    """What the iterators over files share: reading, changing, targets."""

    def __init__(
        self,
        image_data_generator,
        files,
        target_size,
        color_mode,
        class_mode,
        batch_size,
        shuffle,
        seed,
        data_format,
        save_to_dir,
        save_prefix,
        save_format,
        interpolation,
        dtype,
    ):
        owner = type(self).__name__
        checks.one_of(owner, color_mode=color_mode, allowed=tuple(_CHANNELS))
        self.image_data_generator = image_data_generator
        self.filepaths = files
        self.target_size = tuple(target_size)
        self.color_mode, self.class_mode = color_mode, class_mode
        self.data_format = data_format or image_data_generator.data_format
        depth = _CHANNELS[color_mode]
        self.image_shape = (
            (*self.target_size, depth)
            if self.data_format == "channels_last"
            else (depth, *self.target_size)
        )
        self.interpolation = interpolation
        self.dtype = dtype or image_data_generator.dtype
        self._saving = (save_to_dir, save_prefix, save_format)
        self.samples = len(files)
        super().__init__(len(files), batch_size, shuffle, seed)

    def batch_of(self, indices):
        """Returns pictures, or pictures and what `class_mode` says."""
        batch = np.zeros((len(indices), *self.image_shape), self.dtype)
        maker = self.image_data_generator
        for place, i in enumerate(indices):
            image = load_img(
                self.filepaths[i],
                color_mode=self.color_mode,
                target_size=self.target_size,
                interpolation=self.interpolation,
            )
            picture = img_to_array(image, data_format=self.data_format)
            change = maker.get_random_transform(picture.shape)
            picture = maker.apply_transform(picture, change)
            batch[place] = maker.standardize(picture)
        if self._saving[0]:
            _save(batch, indices, *self._saving, self.data_format)
        targets = self._targets(batch, indices)
        if targets is None:
            return batch
        weights = getattr(self, "sample_weight", None)
        rest = () if weights is None else (weights[indices],)
        return batch, targets, *rest

    def _targets(self, batch, indices):
        if self.class_mode == "input":
            return batch.copy()
        if self.class_mode in ("binary", "sparse"):
            return np.asarray(self.classes)[indices].astype(self.dtype)
        if self.class_mode == "categorical":
            shares = np.zeros((len(indices), len(self.class_indices)), self.dtype)
            shares[np.arange(len(indices)), np.asarray(self.classes)[indices]] = 1
            return shares
        return None


class DirectoryIterator(FileIterator):
    """Batches from folders, one for each class: `flow_from_directory`."""

    def __init__(
        self,
        directory,
        image_data_generator,
        target_size=(256, 256),
        color_mode="rgb",
        classes=None,
        class_mode="categorical",
        batch_size=32,
        shuffle=True,
        seed=None,
        data_format=None,
        save_to_dir=None,
        save_prefix="",
        save_format="png",
        follow_links=False,
        subset=None,
        interpolation="nearest",
        dtype=None,
    ):
        known = ("categorical", "binary", "sparse", "input", None)
        checks.one_of("flow_from_directory", class_mode=class_mode, allowed=known)
        if not os.path.isdir(directory):
            must = "be a folder that exists, with a folder for each class in it"
            checks.fail("flow_from_directory", "directory", directory, must)
        self.directory = directory
        inner = (name for name in sorted(os.listdir(directory)))
        classes = classes or [
            name for name in inner if os.path.isdir(os.path.join(directory, name))
        ]
        self.num_classes = len(classes)
        self.class_indices = {name: i for i, name in enumerate(classes)}
        part = _part(image_data_generator, subset)
        self.filenames, numbers = [], []
        for name, number in self.class_indices.items():
            found = _images_in(os.path.join(directory, name), follow_links)
            first, last = (int(share * len(found)) for share in part)
            paths = [os.path.relpath(f, directory) for f in found[first:last]]
            self.filenames += paths
            numbers += [number] * len(paths)
        self.classes = np.array(numbers, "int32")
        print(f"Found {len(numbers)} images belonging to {self.num_classes} classes.")
        super().__init__(
            image_data_generator,
            [os.path.join(directory, name) for name in self.filenames],
            target_size,
            color_mode,
            class_mode,
            batch_size,
            shuffle,
            seed,
            data_format,
            save_to_dir,
            save_prefix,
            save_format,
            interpolation,
            dtype,
        )

    @property
    def labels(self):
        """The class numbers."""
        return self.classes


def _part(image_data_generator, subset) -> tuple:
    """The shares of the samples at which a subset begins and ends."""
    if subset is None:
        return 0, 1
    checks.one_of("ImageDataGenerator", subset=subset, allowed=_SUBSETS)
    share = image_data_generator._validation_split
    return (0, share) if subset == "validation" else (share, 1)


def _images_in(folder: str, follow_links: bool) -> list[str]:
    found = []
    walk = os.walk(folder, followlinks=follow_links)
    for place, _, names in sorted(walk, key=lambda step: step[0]):
        kept = [name for name in sorted(names) if name.lower().endswith(_ENDINGS)]
        found += [os.path.join(place, name) for name in kept]
    return found


class DataFrameIterator(FileIterator):
    """Batches from files that a table of pandas names: `flow_from_dataframe`."""

    def __init__(
        self,
        dataframe,
        directory=None,
        image_data_generator=None,
        x_col="filename",
        y_col="class",
        weight_col=None,
        target_size=(256, 256),
        color_mode="rgb",
        classes=None,
        class_mode="categorical",
        batch_size=32,
        shuffle=True,
        seed=None,
        data_format=None,
        save_to_dir=None,
        save_prefix="",
        save_format="png",
        subset=None,
        interpolation="nearest",
        dtype=None,
        validate_filenames=True,
    ):
        known = ("binary", "categorical", "input", "multi_output", "raw", "sparse")
        checks.one_of(
            "flow_from_dataframe", class_mode=class_mode, allowed=(*known, None)
        )
        self.directory = directory
        names = [str(name) for name in dataframe[x_col]]
        files = [os.path.join(directory or "", name) for name in names]
        kept = np.arange(len(files))
        if validate_filenames:
            kept = np.array([i for i in kept if _is_image(files[i])], int)
            if len(kept) < len(files):
                warnings.warn(
                    f"flow_from_dataframe: {len(files) - len(kept)} of the files in "
                    f"{x_col!r} are no images that exist; they are left out.",
                    stacklevel=3,
                )
        labels = None
        if class_mode in ("binary", "categorical", "sparse"):
            labels = np.asarray(dataframe[y_col])
            known_classes = list(classes or sorted({str(labels[i]) for i in kept}))
            if class_mode == "binary" and len(known_classes) != 2:
                must = "have two classes with class_mode='binary'"
                checks.fail("flow_from_dataframe", "y_col", known_classes, must)
            self.class_indices = {name: i for i, name in enumerate(known_classes)}
            kept = np.array(
                [i for i in kept if str(labels[i]) in self.class_indices], int
            )
        part = _part(image_data_generator, subset)
        first, last = (int(share * len(kept)) for share in part)
        kept = kept[first:last]
        self.filenames = [names[i] for i in kept]
        if labels is not None:
            self.classes = [self.class_indices[str(labels[i])] for i in kept]
        if class_mode == "raw":
            self._raw = np.asarray(dataframe[y_col])[kept]
        if class_mode == "multi_output":
            self._raw = [np.asarray(dataframe[name].tolist())[kept] for name in y_col]
        if weight_col is not None:
            self.sample_weight = np.asarray(dataframe[weight_col])[kept]
        of_classes = (
            f" belonging to {len(self.class_indices)} classes"
            if labels is not None
            else ""
        )
        print(f"Found {len(kept)} validated image filenames{of_classes}.")
        super().__init__(
            image_data_generator,
            [files[i] for i in kept],
            target_size,
            color_mode,
            class_mode,
            batch_size,
            shuffle,
            seed,
            data_format,
            save_to_dir,
            save_prefix,
            save_format,
            interpolation,
            dtype,
        )

    def _targets(self, batch, indices):
        if self.class_mode == "raw":
            return self._raw[indices]
        if self.class_mode == "multi_output":
            return [column[indices] for column in self._raw]
        return super()._targets(batch, indices)


def _is_image(path: str) -> bool:
    return path.lower().endswith(_ENDINGS) and os.path.isfile(path)
