"""What a case of the layer contract says."""

from collections import namedtuple

# kwargs:   constructor arguments
# shape:    shape of one sample; a list of shapes for several inputs
# weights:  shapes of the weights, in order
# masks:    whether a mask on the input is on the output too
# below:    the inputs are ints in [0, below); floats if None
# separate: whether several inputs are arguments of their own, not a list
Case = namedtuple(
    "Case",
    "kwargs shape weights masks below separate",
    defaults=((), True, None, False),
)


def called(function, case, values, **options):
    """Calls a layer, or its method, on the inputs of a case, or on their shapes."""
    if case.separate:
        return function(*values, **options)
    several = isinstance(case.shape, list)
    return function(list(values) if several else values[0], **options)


class Made:
    """An argument that each package makes for itself: a function, a layer inside."""

    def __init__(self, make):
        self.make = make


def arguments_of(case, package, **options):
    """The arguments of a case; `options` (dtype) are for the layers inside too."""
    made = {
        name: value.make(package, **options) if isinstance(value, Made) else value
        for name, value in case.kwargs.items()
    }
    return {**made, **options}
