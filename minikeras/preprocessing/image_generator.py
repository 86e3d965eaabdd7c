"""`ImageDataGenerator` of Keras 2: batches of pictures, changed at random each time."""

import numpy as np

from .. import config
from ..utils import checks
from . import image_iterators as iterators
from . import image_transforms as transforms

__all__ = ["ImageDataGenerator"]


class ImageDataGenerator:
    """Makes batches of pictures, normalized and changed at random.

    Random numbers come from NumPy's global generator.

    Args:
        featurewise_center, featurewise_std_normalization: Whether the mean of all
            pictures is taken off, and their deviation divided by; after `fit`.
        samplewise_center, samplewise_std_normalization: The same for each picture.
        zca_whitening, zca_epsilon: Whether pixels are made uncorrelated; after `fit`.
        rotation_range: Degrees by which pictures are turned at most.
        width_shift_range, height_shift_range: Shares of the size, pixels, or a list of
            pixels to choose from.
        brightness_range: Two factors.
        shear_range: Degrees.
        zoom_range: Two factors, or z for 1 - z to 1 + z.
        channel_shift_range: What values are raised or lowered by at most.
        fill_mode, cval: What is outside: "nearest", "constant" (`cval`), "reflect" or
            "wrap".
        horizontal_flip, vertical_flip: Whether pictures are mirrored at random.
        rescale: Factor of all values; None or 0 for 1.
        preprocessing_function: Function of each picture, called last but for the
            normalization.
        data_format: "channels_last" or "channels_first".
        validation_split: Share of the samples that is the subset "validation".
        interpolation_order: 0 for the nearest pixel, 1 for blending.
        dtype: Dtype of the pictures.
    """

    def __init__(
        self,
        featurewise_center=False,
        samplewise_center=False,
        featurewise_std_normalization=False,
        samplewise_std_normalization=False,
        zca_whitening=False,
        zca_epsilon=1e-6,
        rotation_range=0,
        width_shift_range=0.0,
        height_shift_range=0.0,
        brightness_range=None,
        shear_range=0.0,
        zoom_range=0.0,
        channel_shift_range=0.0,
        fill_mode="nearest",
        cval=0.0,
        horizontal_flip=False,
        vertical_flip=False,
        rescale=None,
        preprocessing_function=None,
        data_format=None,
        validation_split=0.0,
        interpolation_order=1,
        dtype=None,
    ):
        layouts = {"tf": "channels_last", "th": "channels_first"}
        data_format = layouts.get(data_format, data_format)
        self.data_format = checks.one_of(
            self,
            data_format=data_format or config.image_data_format(),
            allowed=("channels_last", "channels_first"),
        )
        self.featurewise_center = featurewise_center or zca_whitening
        self.samplewise_center = samplewise_center or samplewise_std_normalization
        self.featurewise_center |= featurewise_std_normalization
        self.featurewise_std_normalization = (
            featurewise_std_normalization and not zca_whitening
        )
        self.samplewise_std_normalization = samplewise_std_normalization
        self.zca_whitening, self.zca_epsilon = zca_whitening, zca_epsilon
        self.rotation_range = rotation_range
        self.width_shift_range = width_shift_range
        self.height_shift_range = height_shift_range
        self.brightness_range = brightness_range
        self.shear_range = shear_range
        self.zoom_range = self._zooms(zoom_range)
        self.channel_shift_range = channel_shift_range
        self.fill_mode, self.cval = fill_mode, cval
        self.horizontal_flip, self.vertical_flip = horizontal_flip, vertical_flip
        self.rescale = rescale
        self.preprocessing_function = preprocessing_function
        self.dtype = dtype or config.floatx()
        self.interpolation_order = interpolation_order
        if validation_split and not 0 < validation_split < 1:
            must = "be strictly between 0 and 1"
            checks.fail(self, "validation_split", validation_split, must, 0.2)
        if brightness_range is not None and np.size(brightness_range) != 2:
            must = "be two numbers"
            checks.fail(self, "brightness_range", brightness_range, must, (0.5, 1.5))
        self._validation_split = validation_split
        first = self.data_format == "channels_first"
        self.channel_axis, self.row_axis, self.col_axis = (
            (1, 2, 3) if first else (3, 1, 2)
        )
        self.mean = self.std = self.zca_whitening_matrix = None
        if zca_whitening and featurewise_std_normalization:
            checks.fail(
                self,
                "featurewise_std_normalization",
                True,
                "be False beside zca_whitening, which scales too",
            )

    def _zooms(self, given) -> list:
        if isinstance(given, (int, float)):
            return [1 - given, 1 + given]
        if len(given) == 2 and all(isinstance(z, (int, float)) for z in given):
            return [given[0], given[1]]
        return checks.fail(self, "zoom_range", given, "be a number or two", 0.2)

    # What happens to one picture --------------------------------------------------

    def get_random_transform(self, img_shape, seed=None) -> dict:
        """Draws the parameters of a change.

        Args:
            img_shape: Shape of the picture.
            seed: Seed for NumPy's global generator, or None.
        """
        if seed is not None:
            np.random.seed(seed)
        rows, columns = (img_shape[axis - 1] for axis in (self.row_axis, self.col_axis))
        theta = self._symmetric(self.rotation_range)
        tx = self._shift(self.height_shift_range, rows)
        ty = self._shift(self.width_shift_range, columns)
        shear = self._symmetric(self.shear_range)
        zx, zy = 1, 1
        if self.zoom_range[0] != 1 or self.zoom_range[1] != 1:
            zx, zy = np.random.uniform(self.zoom_range[0], self.zoom_range[1], 2)
        flip_horizontal = (np.random.random() < 0.5) * self.horizontal_flip
        flip_vertical = (np.random.random() < 0.5) * self.vertical_flip
        intensity = brightness = None
        if self.channel_shift_range != 0:
            intensity = self._symmetric(self.channel_shift_range)
        if self.brightness_range is not None:
            brightness = np.random.uniform(*self.brightness_range)
        return {
            "theta": theta,
            "tx": tx,
            "ty": ty,
            "shear": shear,
            "zx": zx,
            "zy": zy,
            "flip_horizontal": flip_horizontal,
            "flip_vertical": flip_vertical,
            "channel_shift_intensity": intensity,
            "brightness": brightness,
        }

    @staticmethod
    def _symmetric(reach):
        return np.random.uniform(-reach, reach) if reach else 0

    @staticmethod
    def _shift(reach, size: int):
        if not np.any(reach):
            return 0
        if isinstance(reach, float) or (np.ndim(reach) == 0 and reach != int(reach)):
            shift = np.random.uniform(-reach, reach)
        else:  # pixels to choose from
            shift = np.random.choice(reach)
            shift = shift * np.random.choice([-1, 1])
        return shift * size if np.max(reach) < 1 else shift

    def apply_transform(self, x, transform_parameters: dict):
        """Changes a picture as `get_random_transform` said.

        Args:
            x: Picture, an array with three axes.
            transform_parameters: Dict with some of its keys.
        """
        known = transform_parameters.get
        row, column, channel = (
            axis - 1 for axis in (self.row_axis, self.col_axis, self.channel_axis)
        )
        x = transforms.apply_affine_transform(
            x,
            known("theta", 0),
            known("tx", 0),
            known("ty", 0),
            known("shear", 0),
            known("zx", 1),
            known("zy", 1),
            row_axis=row,
            col_axis=column,
            channel_axis=channel,
            fill_mode=self.fill_mode,
            cval=self.cval,
            order=self.interpolation_order,
        )
        if known("channel_shift_intensity") is not None:
            shift = transform_parameters["channel_shift_intensity"]
            x = transforms.apply_channel_shift(x, shift, channel)
        if known("flip_horizontal", False):
            x = np.flip(x, column)
        if known("flip_vertical", False):
            x = np.flip(x, row)
        if known("brightness") is not None:
            x = transforms.apply_brightness_shift(x, transform_parameters["brightness"])
        return x

    def random_transform(self, x, seed=None):
        """Changes a picture at random."""
        return self.apply_transform(x, self.get_random_transform(x.shape, seed))

    def standardize(self, x):
        """Normalizes a picture as the arguments say; may change it in place."""
        if self.preprocessing_function:
            x = self.preprocessing_function(x)
        if self.rescale:
            x = x * self.rescale
        if self.samplewise_center:
            x = x - np.mean(x, keepdims=True)
        if self.samplewise_std_normalization:
            x = x / (np.std(x, keepdims=True) + 1e-6)
        for is_asked, statistic in (
            (self.featurewise_center, "mean"),
            (self.featurewise_std_normalization, "std"),
            (self.zca_whitening, "zca_whitening_matrix"),
        ):
            if is_asked and getattr(self, statistic) is None:
                raise ValueError(
                    f"ImageDataGenerator: {statistic} is not known before "
                    "generator.fit(x). Call it on samples first."
                )
        if self.featurewise_center:
            x = x - self.mean
        if self.featurewise_std_normalization:
            x = x / (self.std + 1e-6)
        if self.zca_whitening:
            x = (x.reshape(-1) @ self.zca_whitening_matrix).reshape(x.shape)
        return x

    def fit(self, x, augment=False, rounds=1, seed=None) -> None:
        """Computes what the normalization over all pictures needs.

        Args:
            x: Pictures, four axes.
            augment: Whether they are changed at random first.
            rounds: How many times, if so.
            seed: Seed for NumPy's global generator.
        """
        x = np.asarray(x, dtype=self.dtype)
        if x.ndim != 4:
            must = "have four axes: (samples, height, width, channels)"
            checks.fail(self, "x", x.shape, must)
        if seed is not None:
            np.random.seed(seed)
        x = np.copy(x)
        if self.rescale:
            x *= self.rescale
        if augment:
            changed = [self.random_transform(p) for _ in range(rounds) for p in x]
            x = np.array(changed, dtype=self.dtype)
        axes = (0, self.row_axis, self.col_axis)
        shape = [1, 1, 1]
        shape[self.channel_axis - 1] = x.shape[self.channel_axis]
        if self.featurewise_center:
            self.mean = np.mean(x, axis=axes).reshape(shape)
            x -= self.mean
        if self.featurewise_std_normalization:
            self.std = np.std(x, axis=axes).reshape(shape)
            x /= self.std + 1e-6
        if self.zca_whitening:
            flat = x.reshape(len(x), -1)
            _, s, vectors = np.linalg.svd(flat, full_matrices=False)
            scales = np.sqrt(len(x)) / np.sqrt(s**2 + self.zca_epsilon)
            self.zca_whitening_matrix = (vectors.T * scales) @ vectors

    # Batches ----------------------------------------------------------------------

    def flow(
        self,
        x,
        y=None,
        batch_size=32,
        shuffle=True,
        sample_weight=None,
        seed=None,
        save_to_dir=None,
        save_prefix="",
        save_format="png",
        ignore_class_split=False,
        subset=None,
    ):
        """Returns endless batches of arrays.

        Args:
            x: Pictures, four axes; or a pair of them and a list of other inputs.
            y: Targets, or None.
            batch_size: Samples in a batch.
            shuffle: Whether each round has an order of its own.
            sample_weight: One weight per sample, or None.
            seed: Seed for NumPy's global generator.
            save_to_dir, save_prefix, save_format: Where the pictures are written to.
            ignore_class_split: Of no effect: classes are not compared.
            subset: "training" or "validation", with `validation_split`.
        """
        return iterators.NumpyArrayIterator(
            x,
            y,
            self,
            batch_size=batch_size,
            shuffle=shuffle,
            sample_weight=sample_weight,
            seed=seed,
            data_format=self.data_format,
            save_to_dir=save_to_dir,
            save_prefix=save_prefix,
            save_format=save_format,
            subset=subset,
            dtype=self.dtype,
        )

    def flow_from_directory(self, directory, *args, **kwargs):
        """Returns endless batches of the image files in folders, one for each class.

        Args:
            directory: Folder of the folders.
            *args, **kwargs: `target_size=(256, 256)`, `color_mode="rgb"`, `classes`,
                `class_mode="categorical"`, `batch_size=32`, `shuffle=True`, `seed`,
                `save_to_dir`, `save_prefix`, `save_format`, `follow_links`, `subset`,
                `interpolation="nearest"`.
        """
        names = (
            "target_size color_mode classes class_mode batch_size shuffle seed "
            "save_to_dir save_prefix save_format follow_links subset interpolation"
        )
        options = {**_named("flow_from_directory", names, args), **kwargs}
        return iterators.DirectoryIterator(directory, self, **options)

    def flow_from_dataframe(self, dataframe, directory=None, *args, **kwargs):
        """Returns endless batches of the image files that a table names.

        Args:
            dataframe: Table of pandas.
            directory: Folder of the files; None if the table has whole paths.
            *args, **kwargs: `x_col="filename"`, `y_col="class"`, `weight_col`,
                `target_size=(256, 256)`, `color_mode="rgb"`, `classes`,
                `class_mode="categorical"`, also "raw" and "multi_output",
                `batch_size=32`, `shuffle=True`, `seed`, `save_to_dir`, `save_prefix`,
                `save_format`, `subset`, `interpolation="nearest"`,
                `validate_filenames=True`.
        """
        names = (
            "x_col y_col weight_col target_size color_mode classes class_mode "
            "batch_size shuffle seed save_to_dir save_prefix save_format subset "
            "interpolation validate_filenames"
        )
        options = {**_named("flow_from_dataframe", names, args), **kwargs}
        return iterators.DataFrameIterator(dataframe, directory, self, **options)


def _named(owner: str, names: str, args: tuple) -> dict:
    """Arguments given by position, by their names."""
    known = names.split()
    if len(args) > len(known):
        raise TypeError(
            f"{owner} takes {len(known)} arguments by position behind the source, "
            f"{', '.join(known)}; got {len(args)}."
        )
    return dict(zip(known, args, strict=False))
