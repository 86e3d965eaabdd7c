"""Cases of the primitive contract: kernels of convolution layers.

The references walk through all windows, place by place.
"""

import itertools

import numpy as np

from .drawing import R, case


def places(x_sizes, window, kernel_size, size):
    """Triples: where in the result, where in the kernel, where in the image."""
    for at in itertools.product(*map(range, size)):
        for tap in itertools.product(*map(range, kernel_size)):
            source = tuple(
                i * s - b + k * d
                for i, k, s, b, d in zip(
                    at,
                    tap,
                    window["strides"],
                    window["before"],
                    window["dilation"],
                    strict=True,
                )
            )
            if all(0 <= i < n for i, n in zip(source, x_sizes, strict=True)):
                yield (slice(None), *at), tap, (slice(None), *source)


def whole(kernel, groups):
    """A kernel in groups as one without, with zeros between the groups."""
    *size, channels, filters = kernel.shape
    full = np.zeros((*size, channels * groups, filters))
    for g in range(groups):
        rows = slice(g * channels, (g + 1) * channels)
        cols = slice(g * filters // groups, (g + 1) * filters // groups)
        full[..., rows, cols] = kernel[..., cols]
    return full


def by_channel(kernel):
    """A depthwise kernel as a full one."""
    *size, channels, filters = kernel.shape
    full = np.zeros((*size, channels, channels * filters))
    for c in range(channels):
        full[..., c, c * filters : (c + 1) * filters] = kernel[..., c, :]
    return full


def convolved(x, full, size, window):
    y = np.zeros((len(x), *size, full.shape[-1]))
    for at, tap, source in places(x.shape[1:-1], window, full.shape[:-2], size):
        y[at] += x[source] @ full[tap]
    return y


def spread_out(dy, full, size, window):
    dx = np.zeros((len(dy), *size, full.shape[-2]))
    for at, tap, source in places(size, window, full.shape[:-2], dy.shape[1:-1]):
        dx[source] += dy[at] @ full[tap].T
    return dx


def correlated(x, dy, kernel_size, window):
    dw = np.zeros((*kernel_size, x.shape[-1], dy.shape[-1]))
    for at, tap, source in places(x.shape[1:-1], window, kernel_size, dy.shape[1:-1]):
        dw[tap] += x[source].T @ dy[at]
    return dw


def convolve(x, w, *, size, **window):
    return convolved(x, whole(w, x.shape[-1] // w.shape[-2]), size, window)


def convolve_transposed(dy, w, *, size, **window):
    full = whole(w, size[-1] // w.shape[-2])
    return spread_out(dy, full, size[:-1], window)


def convolve_kernel_slope(x, dy, *, kernel_size, groups, **window):
    full = correlated(x, dy, kernel_size, window)
    channels, filters = x.shape[-1] // groups, dy.shape[-1] // groups
    parts = [
        full[..., g * channels : (g + 1) * channels, g * filters : (g + 1) * filters]
        for g in range(groups)
    ]
    return np.concatenate(parts, -1)


def depthwise_convolve(x, w, *, size, **window):
    return convolved(x, by_channel(w), size, window)


def depthwise_transposed(dy, w, *, size, **window):
    return spread_out(dy, by_channel(w), size[:-1], window)


def depthwise_kernel_slope(x, dy, *, kernel_size, **window):
    full = correlated(x, dy, kernel_size, window)
    channels, filters = x.shape[-1], dy.shape[-1] // x.shape[-1]
    return np.stack(
        [full[..., c, c * filters : (c + 1) * filters] for c in range(channels)], -2
    )


# sizes, kernel size, strides, zeros before, dilation, sizes of the result
GRID = [
    ((5,), (3,), (1,), (0,), (1,), (3,)),
    ((6,), (3,), (2,), (1,), (1,), (3,)),
    ((7,), (2,), (1,), (0,), (3,), (4,)),
    ((2,), (5,), (1,), (2,), (1,), (2,)),  # a kernel larger than the input
    ((4, 5), (3, 2), (1, 1), (1, 0), (1, 1), (4, 4)),
    ((5, 4), (2, 3), (2, 3), (0, 1), (1, 1), (2, 2)),
    ((3, 3), (1, 1), (1, 1), (0, 0), (1, 1), (3, 3)),
    ((2, 3, 2), (2, 1, 2), (1, 2, 1), (0, 0, 1), (1, 1, 1), (1, 2, 2)),
    ((3, 5), (2, 2), (2, 3), (1, 3), (1, 2), (2, 3)),  # zeros beyond the kernel's reach
    ((7, 4), (2, 1), (3, 3), (0, 0), (1, 1), (2, 1)),  # places that no kernel meets
]


def cases(kind, channels, filters, groups):
    for sizes, kernel_size, strides, before, dilation, size in GRID:
        window = {"strides": strides, "before": before, "dilation": dilation}
        x, y = R(2, *sizes, channels * groups), R(2, *size, filters * groups)
        w = R(*kernel_size, channels, filters * groups)
        if kind == "convolve":
            yield case(convolve, x, w, size=size, **window)
        elif kind == "convolve_transposed":
            to = (*sizes, channels * groups)
            yield case(convolve_transposed, y, w, size=to, **window)
        else:
            more = {"kernel_size": kernel_size, "groups": groups}
            yield case(convolve_kernel_slope, x, y, **more, **window)


def depthwise_cases(kind, channels, filters):
    for sizes, kernel_size, strides, before, dilation, size in GRID:
        window = {"strides": strides, "before": before, "dilation": dilation}
        x, y = R(2, *sizes, channels), R(2, *size, channels * filters)
        w = R(*kernel_size, channels, filters)
        if kind == "convolve":
            yield case(depthwise_convolve, x, w, size=size, **window)
        elif kind == "transposed":
            yield case(depthwise_transposed, y, w, size=(*sizes, channels), **window)
        else:
            yield case(depthwise_kernel_slope, x, y, kernel_size=kernel_size, **window)


CASES = {
    **{
        kind: [*cases(kind, 2, 3, 1), *cases(kind, 2, 1, 2)]
        for kind in ("convolve", "convolve_transposed", "convolve_kernel_slope")
    },
    **{
        f"depthwise_{kind}": [
            *depthwise_cases(kind, 2, 1),
            *depthwise_cases(kind, 2, 2),
        ]
        for kind in ("convolve", "transposed", "kernel_slope")
    },
}
