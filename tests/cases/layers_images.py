"""The layer contract's cases of layers on images."""

from .layer_case import Case

IMAGE = (6, 5, 3)
PLAIN = {"masks": False}
LARGE = Case({"height": 4, "width": 3}, IMAGE, **PLAIN)
SMALL = Case({"height": 7, "width": 9}, IMAGE, **PLAIN)


def cases(*arguments, **options):
    """A case for each dict of arguments."""
    return [Case(kwargs, IMAGE, **PLAIN, **options) for kwargs in arguments]


def drawn(*arguments, **options):
    """The same, with a seed."""
    return cases(*({"seed": 1, **kwargs} for kwargs in arguments), **options)


CASES = {
    "AugMix": drawn(
        {}, {"alpha": 0.5, "chain_depth": 2, "all_ops": False}, plans=False
    ),
    "AutoContrast": cases({}, {"value_range": (-1.0, 2.0)}),
    "CenterCrop": [LARGE, SMALL],
    "ContrastLimitedAdaptiveHistogramEqualization": cases(
        {"tile_grid_size": (2, 3)}, {"clip_limit": 0.0, "value_range": (-2, 2)}
    ),
    "CutMix": drawn({}, {"factor": (0.5, 1.0)}),
    "Equalization": cases({"bins": 16}, {"value_range": (-1, 1)}),
    "MaxNumBoundingBoxes": cases({"max_number": 2}),
    "MixUp": drawn({}, {"alpha": 0.7}),
    "RandAugment": drawn({}, {"num_ops": 3, "factor": (0.2, 0.9)}, plans=False),
    "RandomBrightness": drawn({"factor": 0.2, "value_range": (-3, 3)}),
    "RandomColorDegeneration": drawn({"factor": 0.5}),
    "RandomColorJitter": drawn(
        {"brightness_factor": 0.2, "saturation_factor": 0.4},
        {"contrast_factor": 0.3, "hue_factor": (0.1, 0.2)},
    ),
    "RandomContrast": drawn({"factor": (0.2, 0.6)}),
    "RandomCrop": drawn(LARGE.kwargs, SMALL.kwargs),
    "RandomElasticTransform": drawn({}, {"factor": (1.0, 1.0)}, plans=False),
    "RandomErasing": drawn({}, {"fill_value": 2.0, "scale": (0.2, 0.4)}),
    "RandomFlip": drawn({}, {"mode": "vertical"}, {"mode": "horizontal"}),
    "RandomGaussianBlur": drawn({}, {"kernel_size": (3, 5), "sigma": (1, 2)}),
    "RandomGrayscale": drawn({"factor": 0.7}),
    "RandomHue": drawn({"factor": 0.4, "value_range": (-3, 3)}),
    "RandomInvert": drawn({}, {"factor": (0.5, 0.9)}),
    "RandomPerspective": drawn({}, {"scale": 0.3, "fill_value": 2.0}),
    "RandomPosterization": drawn({"factor": 4, "value_range": (-3, 3)}),
    "RandomRotation": drawn(
        {"factor": 0.2},
        {"factor": (0.1, 0.3), "fill_mode": "constant", "interpolation": "nearest"},
    ),
    "RandomSaturation": drawn({"factor": 0.4, "value_range": (-3, 3)}),
    "RandomSharpness": drawn({"factor": (0.2, 0.9)}),
    "RandomShear": drawn({"x_factor": 0.3}, {"y_factor": (0.1, 0.2)}),
    "RandomTranslation": drawn({"height_factor": 0.3, "width_factor": (-0.2, 0.1)}),
    "RandomZoom": drawn(
        {"height_factor": 0.3},
        {"height_factor": 0.3, "width_factor": 0.2, "fill_mode": "wrap"},
    ),
    "Resizing": [
        LARGE,
        Case({**SMALL.kwargs, "interpolation": "nearest"}, IMAGE, **PLAIN),
        Case({**SMALL.kwargs, "crop_to_aspect_ratio": True}, IMAGE, **PLAIN),
        Case({**SMALL.kwargs, "pad_to_aspect_ratio": True}, IMAGE, **PLAIN),
    ],
    "Solarization": drawn({"addition_factor": 0.2, "threshold_factor": 0.6}),
}
