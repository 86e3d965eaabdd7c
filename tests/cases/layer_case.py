"""What a case of the layer contract says."""

from collections import namedtuple

# kwargs:   constructor arguments
# shape:    shape of one sample; a list of shapes for several inputs
# weights:  shapes of the weights, in order
# masks:    whether a mask on the input is on the output too
# below:    the inputs are ints in [0, below); floats if None
Case = namedtuple("Case", "kwargs shape weights masks below", defaults=((), True, None))
