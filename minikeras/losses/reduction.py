"""What happens to the losses of a batch: masks, sample weights, reduction."""

from .. import config, ops
from .pairing import as_tensor, same_rank

__all__ = ["REDUCTIONS", "both_masks", "mask_to_weight", "reduce_losses", "weigh"]

REDUCTIONS = (
    "sum_over_batch_size",
    "sum",
    "mean",
    "mean_with_sample_weight",
    "none",
    None,
)
_MEANS = ("mean", "sum_over_batch_size")


def both_masks(mask1, mask2):
    """Returns where both masks hold; None stands for everywhere."""
    if mask1 is None or mask2 is None:
        return mask2 if mask1 is None else mask1
    return ops.logical_and(mask1, mask2)


def reduce_losses(losses, sample_weight, mask, reduction, dtype):
    """Weighs the losses and reduces them to one number.

    A masked loss counts nothing, neither in a sum nor as one of the elements of a mean.

    Args:
        losses: Tensor, for example one loss per sample.
        sample_weight: None, or weights that broadcast to `losses`.
        mask: None, or a boolean tensor that broadcasts to `losses`.
        reduction: One of `REDUCTIONS`.
        dtype: Dtype of the result.
    """
    losses = as_tensor(losses, dtype)
    if mask is not None:
        sample_weight = mask_to_weight(mask, sample_weight, dtype, reduction in _MEANS)
    if sample_weight is not None:
        sample_weight = as_tensor(sample_weight, dtype)
        losses = weigh(losses, sample_weight)
    if not losses.shape:
        return losses  # one loss for the whole batch
    if reduction in _MEANS:
        return ops.mean(losses)
    if reduction == "sum":
        return ops.sum(losses)
    if reduction == "mean_with_sample_weight":
        return _weighted_mean(losses, sample_weight)
    return losses


def weigh(losses, sample_weight):
    """Multiplies losses by weights, where (n, 1) and (n,) both mean one per sample.

    Raises:
        ValueError: if the weights do not broadcast to the losses.
    """
    losses, sample_weight = same_rank(losses, sample_weight, expand=False)
    try:
        return losses * sample_weight
    except ValueError:
        raise ValueError(
            f"sample_weight of shape {sample_weight.shape} does not fit losses of "
            f"shape {losses.shape}. {_advice(sample_weight.shape, losses.shape)}"
        ) from None


def _advice(weight: tuple, losses: tuple) -> str:
    if weight and weight == losses[:1]:
        return "For one weight per sample, try sample_weight[:, None]."
    return f"Give one weight per sample: shape ({', '.join(map(str, losses[:1]))},)."


def mask_to_weight(mask, sample_weight, dtype, is_mean: bool):
    """Returns the weights with the mask in them.

    Args:
        mask: Boolean tensor.
        sample_weight: None or weights.
        dtype: Dtype of the result.
        is_mean: Whether the mean comes next: then what is left weighs so much more that
            dividing by the number of all elements gives the mean of those left.
    """
    mask = as_tensor(mask, dtype)
    if is_mean:
        valid = ops.sum(mask)
        mask = mask * (mask.size / (valid + config.epsilon()))
    if sample_weight is None:
        return mask
    return weigh(mask, as_tensor(sample_weight, dtype))


def _weighted_mean(losses, sample_weight):
    if sample_weight is None:
        return ops.mean(losses)
    return ops.divide_no_nan(ops.sum(losses), ops.sum(sample_weight))
