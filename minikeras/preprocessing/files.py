"""Images, texts and sounds in folders, as data sets of batches."""

import pathlib

import numpy as np

from .. import config
from ..ops import image as images
from ..utils import checks
from ..utils.image_files import img_to_array, load_img
from ..utils.lazy import LazyModule
from .directories import FORMATS, datasets, find_files

__all__ = [
    "audio_dataset_from_directory",
    "image_dataset_from_directory",
    "text_dataset_from_directory",
]

wave = LazyModule("wave")

IMAGES = (".bmp", ".gif", ".jpeg", ".jpg", ".png")
CHANNELS = {"grayscale": 1, "rgb": 3, "rgba": 4}
LAYOUTS = ("channels_last", "channels_first")


def image_dataset_from_directory(
    directory,
    labels="inferred",
    label_mode="int",
    class_names=None,
    color_mode="rgb",
    batch_size=32,
    image_size=(256, 256),
    shuffle=True,
    seed=None,
    validation_split=None,
    subset=None,
    interpolation="bilinear",
    follow_links=False,
    crop_to_aspect_ratio=False,
    pad_to_aspect_ratio=False,
    data_format=None,
    format="tf",
    verbose=True,
):
    """Returns a `Dataset` of batches of images (extra `image`), with their classes.

    Args:
        directory: Folder with a folder of images for each class.
        labels: "inferred" from the folders, a list of numbers in the order of the
            sorted paths, or None.
        label_mode: "int" numbers, "categorical" one-hot rows, "binary" 0.0 or 1.0 for
            two classes, None no labels.
        class_names: Folders to take, in the order of their numbers.
        color_mode: "grayscale", "rgb" or "rgba".
        batch_size: Images in a batch; None: one by one.
        image_size: (height, width) in pixels that all images get.
        shuffle: Whether they come in a random order, another in each epoch.
        seed: Seed of that order.
        validation_split: Share of the images, the last ones, for validation.
        subset: "training", "validation", or "both" for a list of the two.
        interpolation: "bilinear", "nearest", "bicubic", "lanczos3" or "lanczos5".
        follow_links: Whether links to folders are followed.
        crop_to_aspect_ratio: Whether the middle is cut out, so that nothing is
            distorted.
        pad_to_aspect_ratio: Whether borders are added instead.
        data_format: Where the channels stand; `config.image_data_format()` if None.
        format: "tf" or "grain": here one and the same.
        verbose: Whether the numbers of files are printed.

    Returns:
        The `Dataset`, with `class_names` and `file_paths`; float32 values in [0, 255].
    """
    owner = "image_dataset_from_directory"
    checks.one_of(owner, tuple(CHANNELS), color_mode=color_mode)
    checks.one_of(owner, FORMATS, format=format)
    known = ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")
    checks.one_of(owner, known, interpolation=interpolation)
    layout = config.image_data_format() if data_format is None else data_format
    checks.one_of(owner, LAYOUTS, data_format=layout)
    height, width = image_size
    checks.positive_int(owner, height=height)
    checks.positive_int(owner, width=width)
    files = find_files(
        owner, directory, labels, label_mode, class_names, follow_links, IMAGES
    )

    def read(path: str):
        pixels = img_to_array(
            load_img(path, color_mode=color_mode), "channels_last", "float32"
        )
        pixels = images.resize(
            pixels,
            (height, width),
            interpolation=interpolation,
            crop_to_aspect_ratio=crop_to_aspect_ratio,
            pad_to_aspect_ratio=pad_to_aspect_ratio,
            data_format="channels_last",
        ).numpy()
        return pixels if layout == LAYOUTS[0] else pixels.transpose(2, 0, 1)

    return datasets(
        owner, files, read, label_mode, batch_size, shuffle, seed, validation_split,
        subset, verbose,
    )  # fmt: skip


def text_dataset_from_directory(
    directory,
    labels="inferred",
    label_mode="int",
    class_names=None,
    batch_size=32,
    max_length=None,
    shuffle=True,
    seed=None,
    validation_split=None,
    subset=None,
    follow_links=False,
    format="tf",
    verbose=True,
):
    """Returns a `Dataset` of batches of texts: the `.txt` files of each class's folder.

    Args:
        directory: And the arguments that are not named here: see
            `image_dataset_from_directory`.
        labels: Likewise.
        label_mode: Likewise.
        class_names: Likewise.
        batch_size: Texts in a batch; None: one by one.
        max_length: Characters that are kept of each; all if None.
        shuffle: Likewise.
        seed: Likewise.
        validation_split: Likewise.
        subset: Likewise.
        follow_links: Likewise.
        format: Likewise.
        verbose: Likewise.

    Returns:
        The `Dataset`; a batch of texts is an array of `str`.
    """
    owner = "text_dataset_from_directory"
    checks.one_of(owner, FORMATS, format=format)
    files = find_files(
        owner, directory, labels, label_mode, class_names, follow_links, (".txt",)
    )

    def read(path: str):
        return np.array(pathlib.Path(path).read_text("utf-8")[:max_length], object)

    return datasets(
        owner, files, read, label_mode, batch_size, shuffle, seed, validation_split,
        subset, verbose, lambda texts: np.array(texts, object).astype(str),
    )  # fmt: skip


def audio_dataset_from_directory(
    directory,
    labels="inferred",
    label_mode="int",
    class_names=None,
    batch_size=32,
    sampling_rate=None,
    output_sequence_length=None,
    ragged=False,
    shuffle=True,
    seed=None,
    validation_split=None,
    subset=None,
    follow_links=False,
    verbose=True,
):
    """Returns a `Dataset` of batches of sounds: the `.wav` files of the folders.

    Args:
        directory: And the arguments that are not named here: see
            `image_dataset_from_directory`.
        labels: Likewise.
        label_mode: Likewise.
        class_names: Likewise.
        batch_size: Sounds in a batch; None: one by one.
        sampling_rate: Samples in a second that all sounds get; their own if None.
        output_sequence_length: Samples that all sounds get: cut off, or filled up with
            0. None: those of the longest in the batch.
        ragged: Must be False: arrays have rows of one length.
        shuffle: Likewise.
        seed: Likewise.
        validation_split: Likewise.
        subset: Likewise.
        follow_links: Likewise.
        verbose: Likewise.

    Returns:
        The `Dataset`; a batch has the shape (batch, samples, channels), values in
        [-1, 1].
    """
    owner = "audio_dataset_from_directory"
    if ragged:
        must = "be False, arrays have rows of one length"
        checks.fail(owner, "ragged", ragged, must, False)
    for name, value in (
        ("sampling_rate", sampling_rate),
        ("output_sequence_length", output_sequence_length),
    ):
        if value is not None:
            checks.positive_int(owner, **{name: value})
    files = find_files(
        owner, directory, labels, label_mode, class_names, follow_links, (".wav",)
    )

    def read(path: str):
        sound = read_wave(path, sampling_rate)
        length = output_sequence_length
        return sound if length is None else _as_long_as(sound, length)

    return datasets(
        owner, files, read, label_mode, batch_size, shuffle, seed, validation_split,
        subset, verbose, _as_long_as_the_longest,
    )  # fmt: skip


def read_wave(path: str, sampling_rate: int | None = None) -> np.ndarray:
    """Reads a wave file of whole numbers as floats (samples, channels) in [-1, 1]."""
    with wave.open(path, "rb") as file:
        channels, width, rate = file.getparams()[:3]
        data = file.readframes(file.getnframes())
    if width == 1:  # unsigned, by the format's own rule
        sound = np.frombuffer(data, "u1").astype("float32") / 128 - 1
    elif width == 3:
        bytes_ = np.frombuffer(data, "u1").reshape(-1, 3)
        padded = np.concatenate([np.zeros_like(bytes_[:, :1]), bytes_], axis=1)
        sound = np.ascontiguousarray(padded).view("<i4")[:, 0] / np.float32(2**31)
    else:
        kind = {2: "<i2", 4: "<i4"}[width]
        sound = np.frombuffer(data, kind) / np.float32(2 ** (8 * width - 1))
    sound = sound.astype("float32").reshape(-1, channels)
    if sampling_rate in (None, rate):
        return sound
    return _resampled(sound, round(len(sound) * sampling_rate / rate))


def _resampled(sound: np.ndarray, length: int) -> np.ndarray:
    """Another number of samples for the same time, by the frequencies in them."""
    waves = np.fft.rfft(sound, axis=0)[: length // 2 + 1]
    made = np.fft.irfft(waves, length, axis=0) * (length / len(sound))
    return made.astype("float32")


def _as_long_as(sound: np.ndarray, length: int) -> np.ndarray:
    kept = sound[:length]
    return np.pad(kept, ((0, length - len(kept)), (0, 0)))


def _as_long_as_the_longest(sounds: list) -> np.ndarray:
    longest = max(map(len, sounds))
    return np.stack([_as_long_as(sound, longest) for sound in sounds])
