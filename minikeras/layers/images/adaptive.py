"""Contrast limited adaptive histogram equalization."""

import numpy as np

from ... import ops
from ...utils import checks
from ..layer import LAYERS
from .image_layer import Ranged

_BINS = 256


@LAYERS.register()
class ContrastLimitedAdaptiveHistogramEqualization(Ranged):
    """Spreads values tile by tile, without making noise in flat tiles louder (CLAHE).

    Each channel of each tile has a histogram of 256 bins, of which what stands above
    the limit is dealt out evenly to all bins. Its running sum is the tile's table from
    old values to new ones; between the middles of tiles, tables are interpolated (K.
    Zuiderveld, *Contrast Limited Adaptive Histogram Equalization*, Graphics Gems IV,
    1994).

    Args:
        value_range: Least and greatest value of a pixel.
        clip_limit: Most that a bin may hold, as a multiple of the average; 0 for no
            limit.
        tile_grid_size: How many tiles there are: (rows, columns).
        data_format: "channels_last" (default) or "channels_first".

    Shape: (height, width, channels) or a batch of that, unchanged.

    >>> x = np.array([10.0, 20, 30, 40]).reshape(2, 2, 1)
    >>> layer = ContrastLimitedAdaptiveHistogramEqualization(
    ...     clip_limit=0.0, tile_grid_size=(1, 1)
    ... )
    >>> layer(x).numpy().ravel()
    array([ 63.75, 127.5 , 191.25, 255.  ], dtype=float32)
    """

    keeps_dtype = True

    def __init__(
        self,
        value_range=(0, 255),
        clip_limit=4.0,
        tile_grid_size=(8, 8),
        data_format=None,
        **kwargs,
    ):
        super().__init__(data_format=data_format, **kwargs)
        self.keep_range(value_range)
        self.clip_limit = checks.non_negative(self, clip_limit=clip_limit)
        self.tile_grid_size = checks.int_or_tuple(
            self, 2, tile_grid_size=tile_grid_size
        )

    def transform_images(self, images, transformation):
        size, grid = images.shape[1:3], self.tile_grid_size
        x = self.in_unit(ops.cast(images, self.compute_dtype))
        bins = ops.clip(ops.nan_to_num(x), 0.0, 1.0) * (_BINS - 1.0)
        bins = ops.cast(bins, "int32")
        margins = [(0, -n % tiles) for n, tiles in zip(size, grid, strict=True)]
        bins = ops.pad(bins, [(0, 0), *margins, (0, 0)], mode="symmetric")
        y = self._looked_up(bins)[:, : size[0], : size[1]]
        y = ops.where(ops.isnan(x), x, self.in_range(y))  # NaN is in no bin
        return ops.cast(y, images.dtype)

    def _looked_up(self, bins):
        """New values in [0, 1]: from the four tiles around each pixel."""
        (rows, columns), (_, height, width, channels) = self.tile_grid_size, bins.shape
        image = ops.cumsum(ops.ones_like(bins[:, :1, :1, :1]), axis=0) - 1

        def place(row, column):
            """Where the table of a tile holds the bin of each pixel."""
            tile = row[:, None] * columns + column
            table = tile[:, :, None] * channels + np.arange(channels)
            start = image * (rows * columns * channels) + table.astype("int32")
            return start * _BINS + bins

        tile_size = height // rows, width // columns
        own = [
            np.arange(n) // step
            for n, step in zip((height, width), tile_size, strict=True)
        ]
        tables = self._tables(place(*own), tile_size[0] * tile_size[1])
        result = 0.0
        for row, share in _neighbours(height, rows):
            for column, part in _neighbours(width, columns):
                weight = (share[:, None] * part)[:, :, None].astype(self.compute_dtype)
                result = result + weight * ops.take(tables, place(row, column))
        return result

    def _tables(self, places, pixels: int):
        """The tables of all tiles, one behind the other."""
        batch, channels = places.shape[0], places.shape[-1]
        places = ops.reshape(places, (-1,))
        bins = (
            batch * self.tile_grid_size[0] * self.tile_grid_size[1] * channels * _BINS
        )
        ones = ops.ones_like(places, self.compute_dtype)
        counts = ops.segment_sum(ones, places, num_segments=bins)
        counts = ops.reshape(counts, (-1, _BINS))
        if self.clip_limit > 0:
            most = self.clip_limit * pixels / _BINS
            above = ops.sum(ops.relu(counts - most), axis=-1, keepdims=True)
            counts = ops.minimum(counts, most) + above / _BINS
        sums = ops.cumsum(counts, axis=-1)
        rest = pixels - sums[:, :1]
        is_dark = rest == 0  # all pixels are in the first bin
        shares = (sums - sums[:, :1]) / ops.where(is_dark, 1.0, rest)
        return ops.reshape(shares, (-1,))


def _neighbours(size: int, tiles: int):
    """The tiles before and after each pixel of an axis, and their shares of it."""
    place = np.arange(size) * tiles / size - 0.5
    before = np.floor(place).astype(int)
    share = place - before
    ends = [np.clip(before + k, 0, tiles - 1) for k in (0, 1)]
    return list(zip(ends, (1 - share, share), strict=True))
