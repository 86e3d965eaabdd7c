"""Maps: what a model decides, which classes it confuses, what weights look like."""

import math

import numpy as np

from ..layers import Layer
from ..utils import checks
from ..utils.lazy import LazyModule
from .figures import COLOURS, Drawing, new_axes
from .walk import leaves

__all__ = ["plot_confusion", "plot_decision_boundary", "plot_weights"]

colors = LazyModule("matplotlib.colors", extra="plot")

_MARKERS = "os^Dv<>P*X"
_MOST_IMAGES = 64


# --------------------------------------------------------------------- decisions


def plot_decision_boundary(
    model, x, y, features=(0, 1), resolution=200, to_file=None, ax=None
):
    """Draws what a model decides for each point of a plane, and the data on it.

    Args:
        model: A model, or anything with `predict`, of scores for each class (softmax or
            logits), of one probability, or of one number where y has no classes.
        x: Data, (samples, features).
        y: Class numbers or one-hot rows; or the numbers to be predicted.
        features: The two features that span the plane; others stay at their mean.
        resolution: Number of points along each axis.
        to_file: Path of a picture to write.
        ax: Axes of Matplotlib to draw into.

    Returns:
        A Drawing with `across`, `along`: the points of the axes; `scores`: what the
        model says, (resolution, resolution, ...); `decisions`: class numbers, or None.

    Raises:
        ValueError: x has not two features, or `features` are none of its.
    """
    owner = "explain.plot_decision_boundary"
    x, y = np.asarray(x, "float32"), np.asarray(y)
    _check_plane(owner, x, features)
    if y.ndim == 2:
        y = y.argmax(axis=1) if y.shape[1] > 1 else y[:, 0]
    across, along = (_axis(x[:, k], resolution) for k in features)
    grid = np.tile(x.mean(axis=0), (resolution * resolution, 1)).astype("float32")
    grid[:, features[0]] = np.tile(across, resolution)
    grid[:, features[1]] = np.repeat(along, resolution)
    scores = _predicted(model, grid).reshape(resolution, resolution, -1)
    figure, (panel, *_) = new_axes(ax, height=5.5)
    is_regression = scores.shape[-1] == 1 and not _are_classes(y)
    decisions = None if is_regression else _decisions(scores)
    if is_regression:
        drawn = panel.contourf(across, along, scores[..., 0], 20, cmap="cividis")
        figure.colorbar(drawn, ax=panel, label="prediction")
        panel.scatter(*x[:, features].T, c=y, cmap="cividis", edgecolor="white")
    else:
        _draw_classes(panel, (across, along, decisions), x[:, features], y)
    panel.set(xlabel=f"feature {features[0]}", ylabel=f"feature {features[1]}")
    numbers = {"scores": scores, "decisions": decisions}
    return Drawing(figure, to_file, across=across, along=along, **numbers)


def _check_plane(owner: str, x, features) -> None:
    if x.ndim != 2 or x.shape[1] < 2:
        raise ValueError(
            f"{owner}: x must have shape (samples, features) with two features or "
            f"more, got {x.shape}. A plane has two axes."
        )
    ints = [k for k in features if isinstance(k, (int, np.integer))]
    if len(ints) != 2 or not all(0 <= k < x.shape[1] for k in ints):
        checks.fail(
            owner, "features", features, f"be two of 0 to {x.shape[1] - 1}", (0, 1)
        )


def _axis(values, resolution: int):
    margin = 0.1 * (np.ptp(values) or 1.0)
    return np.linspace(values.min() - margin, values.max() + margin, resolution)


def _predicted(model, x):
    quiet = {"verbose": 0} if isinstance(model, Layer) else {}
    found = model.predict(x, **quiet) if hasattr(model, "predict") else model(x)
    return np.asarray(found)


def _are_classes(y) -> bool:
    return bool(np.all(y == np.round(y)) and len(np.unique(y)) <= len(_MARKERS))


def _decisions(scores):
    """Class numbers: of the best score, or of one probability, or a class itself."""
    if scores.shape[-1] > 1:
        return scores.argmax(axis=-1)
    one = scores[..., 0]
    is_probability = one.min() >= 0 and one.max() <= 1
    if np.all(one == np.round(one)) and one.min() >= 0:
        return one.astype(int)
    return (one > (0.5 if is_probability else 0.0)).astype(int)


def _draw_classes(panel, ground, points, y) -> None:
    across, along, decisions = ground
    classes = np.unique(
        np.concatenate([np.unique(y), np.unique(decisions)]).astype(int)
    )
    palette = [COLOURS[k % len(COLOURS)] for k in range(len(classes))]
    places = np.searchsorted(classes, decisions)
    steps = np.arange(len(classes) + 1) - 0.5
    panel.contourf(across, along, places, steps, colors=palette, alpha=0.25)
    if len(classes) > 1:
        panel.contour(across, along, places, steps[1:-1], colors="black", linewidths=1)
    for k, (label, colour) in enumerate(zip(classes, palette, strict=True)):
        own = points[np.asarray(y).astype(int) == label]
        style = {"marker": _MARKERS[k % len(_MARKERS)], "edgecolor": "white"}
        panel.scatter(*own.T, color=colour, label=f"class {label}", **style)
    panel.legend()


# --------------------------------------------------------------------- confusion


def plot_confusion(
    y_true, y_pred, class_names=None, normalize=False, to_file=None, ax=None
):
    """Draws how often which class was taken for which.

    Args:
        y_true: Class numbers, or one-hot rows.
        y_pred: Class numbers, or scores for each class; one probability for each
            sample where there are two classes.
        class_names: Names of the classes.
        normalize: Whether each row shows shares of its class instead of counts.
        to_file: Path of a picture to write.
        ax: Axes of Matplotlib to draw into.

    Returns:
        A Drawing with `matrix`: rows are true classes, columns predicted ones.
    """
    owner = "explain.plot_confusion"
    true, pred = _classes(owner, y_true=y_true), _classes(owner, y_pred=y_pred)
    if true.shape != pred.shape:
        raise ValueError(
            f"{owner}: y_true and y_pred must have one entry for each sample, got "
            f"{len(true)} and {len(pred)}."
        )
    count = int(max(true.max(), pred.max())) + 1
    names = [str(k) for k in range(count)] if class_names is None else class_names
    if len(names) < count:
        must = f"have a name for each of the {count} classes"
        checks.fail(owner, "class_names", class_names, must)
    matrix = np.zeros((len(names), len(names)))
    np.add.at(matrix, (true, pred), 1)
    if normalize:
        matrix = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    figure, (panel, *_) = new_axes(ax, height=6.5)
    image = panel.imshow(matrix, cmap="Blues", vmin=0)
    figure.colorbar(image, ax=panel, label="share" if normalize else "samples")
    for (i, j), value in np.ndenumerate(matrix):
        colour = "white" if value > 0.6 * matrix.max() else "black"
        text = f"{value:.2f}" if normalize else f"{value:.0f}"
        panel.text(j, i, text, ha="center", va="center", color=colour)
    places = range(len(names))
    panel.set_xticks(places, names, rotation=45 if max(map(len, names)) > 3 else 0)
    panel.set_yticks(places, names)
    panel.set(xlabel="predicted class", ylabel="true class")
    return Drawing(figure, to_file, matrix=matrix)


def _classes(owner: str, **named):
    ((name, given),) = named.items()
    y = np.asarray(given)
    if y.ndim == 2 and y.shape[1] > 1:
        return y.argmax(axis=1)
    if y.ndim == 2:
        y = y[:, 0]
    if y.ndim != 1 or not y.size:
        must = "be class numbers, (samples,), or scores, (samples, classes)"
        checks.fail(owner, name, given, must)
    return (y > 0.5).astype(int) if np.any(y != np.round(y)) else y.astype(int)


# ----------------------------------------------------------------------- weights


def plot_weights(layer, image_shape=None, to_file=None):
    """Draws the kernel of a layer: as images, filters, or a table of colours.

    Units of a Dense layer on images are drawn as images, filters of a Conv2D layer in
    a grid, a square for each filter and channel; other kernels as one table. White is
    0, blue below and red above.

    Args:
        layer: A layer; or a model, of which the first layer with a kernel is drawn.
        image_shape: Height and width of the images that a Dense layer sees; by default
            a square, where that is possible.
        to_file: Path of a picture to write.

    Returns:
        A Drawing with `images`: (images, height, width), at most 64 of them.
    """
    owner = "explain.plot_weights"
    layer, kernel = _kernel_of(owner, layer)
    images = _as_images(owner, kernel, image_shape)
    size = float(np.abs(images).max()) or 1.0
    if len(images) > _MOST_IMAGES:
        images = images[:_MOST_IMAGES]
    columns = math.ceil(math.sqrt(len(images)))
    rows = math.ceil(len(images) / columns)
    figure, panels = new_axes(None, rows, columns, height=6.5)
    scale = {"cmap": "RdBu_r", "vmin": -size, "vmax": size}
    for k, panel in enumerate(panels):
        if k < len(images):
            aspect = "equal" if len(images) > 1 else "auto"
            drawn = panel.imshow(images[k], aspect=aspect, **scale)
        if len(images) == 1:
            panel.set(xlabel="unit", ylabel="input")
        else:
            panel.set_axis_off()
    figure.colorbar(drawn, ax=panels, label="weight")
    shape = "x".join(map(str, kernel.shape))
    figure.suptitle(f"{layer.name}: {type(layer).__name__}, kernel {shape}")
    return Drawing(figure, to_file, images=images)


def _kernel_of(owner: str, layer):
    """A layer and its kernel; of a model, the first layer that has one."""
    for each in leaves(layer) if hasattr(layer, "layers") else [layer]:
        for name in ("kernel", "embeddings", "depthwise_kernel"):
            kernel = getattr(each, name, None) if getattr(each, "built", 0) else None
            if kernel is not None:
                return each, np.asarray(kernel)
    raise ValueError(
        f"{owner}: {checks.owner_name(layer)} has no kernel, or none yet. Give a layer "
        "such as Dense or Conv2D that has been called once."
    )


def _as_images(owner: str, kernel, image_shape):
    if kernel.ndim == 4:  # (height, width, channels, filters)
        return kernel.transpose(3, 2, 0, 1).reshape(-1, *kernel.shape[:2])
    if kernel.ndim == 2:
        side = math.isqrt(kernel.shape[0])
        if image_shape is None and side > 2 and side * side == kernel.shape[0]:
            image_shape = (side, side)
        if image_shape is not None:
            if math.prod(image_shape) != kernel.shape[0]:
                must = f"have {kernel.shape[0]} pixels, the inputs of the layer"
                checks.fail(owner, "image_shape", image_shape, must)
            return kernel.T.reshape(-1, *image_shape)
    return kernel.reshape(1, -1, kernel.shape[-1])
