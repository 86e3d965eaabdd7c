"""Which axis of an image holds its channels."""

from .. import config
from ..utils import checks


def standardize_data_format(layer, data_format):
    """Returns "channels_last" or "channels_first"; None means the configured one."""
    if data_format is None:
        return config.image_data_format()
    allowed = ("channels_last", "channels_first")
    return checks.one_of(layer, data_format=data_format, allowed=allowed)
