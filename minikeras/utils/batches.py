"""What a batch of training data is: `x`, `(x, y)` or `(x, y, sample_weight)`."""

__all__ = ["pack_x_y_sample_weight", "unpack_x_y_sample_weight"]


def pack_x_y_sample_weight(x, y=None, sample_weight=None):
    """Packs data into the tuple that `train_step` and its kin receive.

    Args:
        x: Inputs.
        y: Targets, or None.
        sample_weight: Weights of the samples, or None.

    Returns:
        `(x, y, sample_weight)`, cut where nothing follows; a lone `x` that is not a
        list or tuple itself comes back as it is.

    >>> pack_x_y_sample_weight(1, 2)
    (1, 2)
    >>> pack_x_y_sample_weight(1)
    1
    """
    if sample_weight is not None:
        return x, y, sample_weight
    if y is not None:
        return x, y
    return (x,) if isinstance(x, (list, tuple)) else x


def unpack_x_y_sample_weight(data):
    """Returns `(x, y, sample_weight)` of a batch, None for what is not there.

    Args:
        data: What `train_step` and its kin receive.

    >>> unpack_x_y_sample_weight((1, 2))
    (1, 2, None)
    """
    if not isinstance(data, (list, tuple)):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise ValueError(
            "A batch must be x, (x,), (x, y) or (x, y, sample_weight), got a "
            f"{type(data).__name__} of {len(data)} elements."
        )
    return (*data, None, None)[:3]
