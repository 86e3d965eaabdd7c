"""What a case of the layer contract says."""

from collections import namedtuple

# kwargs:   constructor arguments
# shape:    shape of one sample; a list of shapes for several inputs
# weights:  shapes of the weights, in order
# masks:    whether a mask on the input is on the output too
# below:    the inputs are ints in [0, below); floats if None
# separate: whether several inputs are arguments of their own, not a list
# words:    the inputs are strings, these
# gives:    dtype of the output
# plans:    whether plans hold the layer; one that reads values in Python runs eagerly
Case = namedtuple(
    "Case",
    "kwargs shape weights masks below separate words gives plans",
    defaults=((), True, None, False, None, "float32", True),
)


def dtype_of(case):
    """The dtype of the inputs."""
    if case.words is not None:
        return "string"
    return "float32" if case.below is None else "int32"


def arrays_of(case, batch, rng, dtype="float32"):
    """Inputs: an array for each shape."""
    shapes = case.shape if isinstance(case.shape, list) else [case.shape]
    if case.words is not None:
        return [rng.choice(case.words, (batch, *shape)) for shape in shapes]
    if case.below is not None:
        return [rng.integers(0, case.below, (batch, *shape)) for shape in shapes]
    return [rng.normal(size=(batch, *shape)).astype(dtype) for shape in shapes]


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
    if "layers" in made:  # a Pipeline has no dtype of its own
        return made
    return {**made, **options}
