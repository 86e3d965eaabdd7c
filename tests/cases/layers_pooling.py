"""Cases of the layer contract: pooling layers."""

from .layer_case import Case

SIZES = {1: (5,), 2: (5, 6), 3: (3, 4, 5)}


def windows(rank):
    """One case for each padding, data format and kind of strides."""
    sizes = SIZES[rank]
    return [
        Case({"pool_size": 2}, (*sizes, 2), masks=False),
        Case(
            {
                "pool_size": (3, 2, 1)[:rank],
                "strides": (1, 2, 3)[:rank],
                "padding": "same",
                "data_format": "channels_first",
            },
            (2, *sizes),
            masks=False,
        ),
        Case(
            {"pool_size": 3, "strides": 1, "padding": "SAME"}, (*sizes, 2), masks=False
        ),
    ]


def everything(rank):
    sizes = SIZES[rank]
    return [
        Case({}, (*sizes, 2), masks=False),
        Case(
            {"data_format": "channels_first", "keepdims": True},
            (2, *sizes),
            masks=False,
        ),
    ]


def adaptive(rank):
    sizes = SIZES[rank]
    return [
        Case({"output_size": 2}, (*sizes, 2), masks=False),
        Case(
            {"output_size": (4, 3, 1)[:rank], "data_format": "channels_first"},
            (2, *sizes),
            masks=False,
        ),
        Case({"output_size": sizes}, (*sizes, 2), masks=False),
    ]


KINDS = {
    "{}Pooling": windows,
    "Global{}Pooling": everything,
    "Adaptive{}Pooling": adaptive,
}
CASES: dict = {
    f"{kind.format(of)}{rank}D": cases(rank)
    for kind, cases in KINDS.items()
    for of in ("Average", "Max")
    for rank in SIZES
}
