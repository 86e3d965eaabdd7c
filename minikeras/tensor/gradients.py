"""`GradientTape`, `stop_gradient` and `custom_gradient`: autodiff as users write it."""

import functools
import math
import weakref

import numpy as np

from ..utils import tree
from .basics import stop_gradient, zeros_like
from .operators import bound
from .state import state
from .tape import FunctionNode, Leaf, backward, in_order
from .tensor import Tensor, convert_to_tensor
from .variable import Variable

__all__ = ["GradientTape", "custom_gradient"]


class GradientTape:
    """Records what happens to watched values, to differentiate it afterwards.

    Trainable variables are watched by themselves. Tapes nest: a gradient taken inside
    an outer tape can be differentiated again. Made after TensorFlow's class of this
    name.

    Args:
        persistent: Whether gradients may be asked for more than once.
        watch_accessed_variables: Whether trainable variables are watched by themselves.

    >>> x = convert_to_tensor(3.0)
    >>> with GradientTape() as tape:
    ...     tape.watch(x)
    ...     y = x * x
    >>> float(tape.gradient(y, x))
    6.0
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True):
        self.persistent = persistent
        self.watch_accessed_variables = watch_accessed_variables
        self._watched = set()
        self.reset()

    def reset(self) -> None:
        """Forgets all that was recorded so far."""
        self._start = in_order()
        self._stop = math.inf
        self._watched.clear()
        self._used = False

    def __enter__(self) -> "GradientTape":
        self.reset()
        alive = [ref for ref in state.pending if ref() is not None]
        state.pending = [*alive, weakref.ref(self)]
        state.tapes += 1
        return self

    def __exit__(self, *exception) -> None:
        state.tapes -= 1
        self._stop = in_order()

    def stop_recording(self) -> "NoTape":
        """Returns a context in which nothing is recorded."""
        return NoTape()

    def watch(self, tensor) -> None:
        """Makes values differentiable from here on.

        Args:
            tensor: A float Tensor or Variable, or a nested structure of them.

        Raises:
            TypeError: for anything else, such as an ndarray or an integer tensor.
        """
        for x in tree.flatten(tensor):
            self._watched.add(_watch(x))

    def gradient(
        self,
        target,
        sources,
        output_gradients=None,
        unconnected_gradients: str = "none",
    ):
        """Returns the gradient of `target`, summed, with respect to each source.

        Args:
            target: Tensor, or a structure of tensors whose gradients are added up.
            sources: Tensor, Variable, or a nested structure of them.
            output_gradients: Weights of the target's elements, in its structure; ones
                if None.
            unconnected_gradients: What to return where a source has no influence:
                "none" (None) or "zero".

        Returns:
            A structure like `sources`.

        Raises:
            RuntimeError: at the second call, unless the tape is persistent.
        """
        self._use()
        targets = [_target(t) for t in tree.flatten(target)]
        seeds = _seeds(targets, output_gradients)
        found = self._backward(targets, seeds, sources, release=self._is_last())
        return _like(sources, found, unconnected_gradients)

    def jacobian(self, target, sources, unconnected_gradients: str = "none"):
        """Returns the derivative of every element of `target`.

        Args:
            target: One Tensor.
            sources: Tensor, Variable, or a nested structure of them.
            unconnected_gradients: As for `gradient`.

        Returns:
            A structure like `sources`; each entry has shape target.shape +
            source.shape.
        """
        self._use()
        target = _target(target)
        rows = [
            self._backward([target], [seed], sources) for seed in _unit_seeds(target)
        ]
        columns = zip(*rows, strict=True) if rows else tree.flatten(sources)
        blocks = [
            _block(target, source, column)
            for source, column in zip(tree.flatten(sources), columns, strict=True)
        ]
        return _like(sources, blocks, unconnected_gradients, target.shape)

    def _use(self) -> None:
        if self._used and not self.persistent:
            raise RuntimeError(
                "A GradientTape gives gradients once, unless it is persistent. "
                "Try GradientTape(persistent=True)."
            )
        self._used = True

    def _backward(self, targets, seeds, sources, release: bool = False) -> list:
        nodes = [self._source_node(s) for s in tree.flatten(sources)]
        cotangents = {}
        for t, seed in zip(targets, seeds, strict=True):
            if t.node is not None:
                before = cotangents.get(t.node)
                cotangents[t.node] = seed if before is None else before + seed
        found = backward(
            cotangents,
            {node for node in nodes if node is not None},
            self._start,
            self._stop,
            release,
        )
        gradients = [found.get(node) for node in nodes]
        if state.recorder is not None:
            state.recorder.arrive(tree.flatten(sources), gradients)
        return gradients

    def _source_node(self, source):
        if not isinstance(source, (Tensor, Variable)):
            raise TypeError(
                f"A gradient is taken with respect to Tensors or Variables, got "
                f"{type(source).__name__}. Try convert_to_tensor(...) and tape.watch."
            )
        node = source.leaf if isinstance(source, Variable) else source.node
        unwatched = isinstance(source, Variable) and not self.watch_accessed_variables
        return None if unwatched and node not in self._watched else node

    def _is_last(self) -> bool:
        """Whether nobody can walk these nodes again, so that they may be released."""
        if self.persistent or state.tapes:
            return False
        tapes = [tape for tape in (ref() for ref in state.pending) if tape]
        state.pending = [weakref.ref(tape) for tape in tapes if tape is not self]
        return not any(
            tape._start < self._stop and self._start < tape._stop
            for tape in tapes
            if tape is not self
        )


def _watch(x):
    if isinstance(x, Variable):
        return x.watch()
    if type(x) is not Tensor or x.dtype.kind not in "fV":
        kind = f"{x.dtype} Tensor" if type(x) is Tensor else type(x).__name__
        raise TypeError(
            f"tape.watch takes float Tensors and Variables, got {kind}. "
            "Try convert_to_tensor(x, dtype='float32') first."
        )
    if x.node is None:
        x.node = Leaf()
    return x.node


def _target(x) -> Tensor:
    """A target as a Tensor; a Variable gives the Tensor that leads to it."""
    return x.value if isinstance(x, Variable) else convert_to_tensor(x)


def _like(sources, found: list, unconnected: str, lead: tuple = ()):
    """Packs what was found like the sources; fills in where there is no influence."""
    if unconnected not in ("none", "zero"):
        raise ValueError(
            f"unconnected_gradients must be 'none' or 'zero', got {unconnected!r}."
        )
    if unconnected == "zero":
        found = [
            Tensor(np.zeros(lead + tuple(s.shape), s.dtype)) if g is None else g
            for s, g in zip(tree.flatten(sources), found, strict=True)
        ]
    return tree.pack_sequence_as(sources, found)


def _block(target: Tensor, source, column):
    """Stacks the gradients of all target elements with respect to one source."""
    if all(g is None for g in column):
        return None
    rows = [zeros_like(source) if g is None else g for g in column]
    return bound.reshape(bound.stack(rows), target.shape + tuple(source.shape))


def _seeds(targets: list, output_gradients) -> list:
    if output_gradients is None:
        return [Tensor(np.ones(t.shape, t.dtype)) for t in targets]
    is_one = len(targets) == 1
    given = [output_gradients] if is_one else tree.flatten(output_gradients)
    seeds = [
        Tensor(np.ones(t.shape, t.dtype))
        if g is None
        else convert_to_tensor(g, t.dtype)
        for t, g in zip(targets, given, strict=True)
    ]
    for t, seed in zip(targets, seeds, strict=True):
        if seed.shape != t.shape:
            raise ValueError(
                f"output_gradients must have the target's shape {t.shape}, got "
                f"{seed.shape}."
            )
    return seeds


def _unit_seeds(target: Tensor):
    """One cotangent per element of the target: 1 there, 0 elsewhere."""
    for i in range(target.size):
        seed = np.zeros(target.size, target.dtype)
        seed[i] = 1
        yield Tensor(seed.reshape(target.shape))


class NoTape:
    """A context in which no tape of this thread records."""

    def __enter__(self) -> "NoTape":
        self._tapes, state.tapes = state.tapes, 0
        return self

    def __exit__(self, *exception) -> None:
        state.tapes = self._tapes


def custom_gradient(f):
    """Gives a function a gradient of its own.

    Args:
        f: Takes tensors and returns `(result, gradient)`, where `gradient` takes
            the cotangent of the result and returns one gradient per argument (alone or
            as a tuple).

    Returns:
        A function of the same arguments that returns only the result.

    >>> @custom_gradient
    ... def double_slope(x):
    ...     return x * 1.0, lambda g: g * 2.0
    """

    @functools.wraps(f)
    def with_gradient(*args, **kwargs):
        watched = [_target(x) for x in args]
        with NoTape():
            result, rule = f(*map(stop_gradient, watched), **kwargs)
        if not state.tapes or all(x.node is None for x in watched):
            return result
        return Tensor(convert_to_tensor(result).array, FunctionNode(rule, watched))

    return with_gradient
