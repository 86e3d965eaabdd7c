"""What `ImageDataGenerator` is asked for; `python -m tests.preprocessing.picture_cases`
writes the answers of keras_preprocessing 1.1.2 to tests/data/pictures.npz.
"""

import pathlib

import numpy as np

STORED = pathlib.Path(__file__).parents[1] / "data" / "pictures.npz"
CHANGES = {
    "rotation_range": 20,
    "width_shift_range": 0.2,
    "height_shift_range": [1, 2],
    "shear_range": 5,
    "zoom_range": 0.3,
    "channel_shift_range": 9.0,
    "horizontal_flip": True,
    "vertical_flip": True,
    "rescale": 1 / 255,
}
GENERATORS = {
    "plain": {},
    "constant": {**CHANGES, "fill_mode": "constant", "cval": 4.0},
    "wrap": {**CHANGES, "fill_mode": "wrap", "width_shift_range": 2},
    "reflect": {**CHANGES, "fill_mode": "reflect", "zoom_range": (0.5, 1)},
    "nearest": {**CHANGES, "interpolation_order": 0, "rescale": None},
    "bright": {"brightness_range": (0.5, 1.5)},
    "samplewise": {"samplewise_center": True, "samplewise_std_normalization": True},
    "featurewise": {
        "featurewise_center": True,
        "featurewise_std_normalization": True,
    },
    "zca": {"zca_whitening": True},
    "split": {"validation_split": 0.3},
}


def pictures():
    rng = np.random.default_rng(0)
    return (rng.random((7, 5, 6, 3)) * 255).astype("float32"), np.arange(7)


def batches_of(generator_class, name: str) -> list:
    """The first batches that a generator gives, arrays in a row."""
    x, y = pictures()
    generator = generator_class(**GENERATORS[name])
    if name in ("featurewise", "zca"):
        generator.fit(x)
    np.random.seed(3)
    found = []
    batches = generator.flow(x, y, batch_size=4, seed=5)
    for _ in range(3):
        found += next(batches)
    found += batches[1]
    subset = "validation" if name == "split" else None
    found.append(next(generator.flow(x, batch_size=3, shuffle=False, subset=subset)))
    return found


if __name__ == "__main__":
    from keras_preprocessing.image import ImageDataGenerator

    arrays = {
        f"{name}/{i}": array
        for name in GENERATORS
        for i, array in enumerate(batches_of(ImageDataGenerator, name))
    }
    np.savez_compressed(STORED, **arrays)
