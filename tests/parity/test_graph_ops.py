"""Ops between layers: the same values as Keras, and each reads the other's graphs."""

import re

import numpy as np
import pytest

import minikeras
from tests.parity import graph_calls

keras = pytest.importorskip("keras")

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # what real Keras and JAX warn of
    pytest.mark.skipif(keras.backend.backend() != "jax", reason="numbers are of JAX"),
]
GROUP = 20  # calls in a model

# What Keras 3.15 on JAX cannot put into a graph that its own JSON brings back.
NOT_IN_GRAPHS = set(
    """adaptive_average_pool adaptive_max_pool arange associative_scan bartlett blackman
    cond convert_to_numpy convert_to_tensor custom_gradient dtype empty empty_like eye
    fori_loop full hamming hanning histogram identity is_tensor jvp kaiser map ndim ones
    rearrange rot90 scan shape size switch tri vectorize vectorized_map while_loop zeros
    conv_transpose""".split()
)


# Keras on JAX blurs, and pads edges, in a way of its own; rounds halves down; or draws.
OTHER_NUMBERS = ("image.elastic_transform", "image.gaussian_blur", "image.sobel_edges",
                 'image.affine_transform(v, M, interpolation="nearest"')  # fmt: skip


def known(call: str) -> bool:
    """Whether minikeras has all functions of a call."""
    names = re.findall(r"(?<![\w.])((?:image\.)?[a-z]\w+)\(", call)
    parts = [name.rpartition(".") for name in names]
    homes = {"": minikeras.ops, "image": minikeras.ops.image}
    return all(hasattr(homes[path], name) for path, _, name in parts)


CALLS = [call for call in graph_calls.calls() if known(call)]
GROUPS = [CALLS[i : i + GROUP] for i in range(0, len(CALLS), GROUP)]


def build(package, calls):
    """A model with the outputs of all calls, and how many each call has."""
    inputs = {
        name: package.Input(x.shape[1:], dtype=x.dtype.name, name=name)
        for name, x in inputs_of(calls).items()
    }
    found = [
        package.tree.flatten(graph_calls.run(package.ops, call, inputs))
        for call in calls
    ]
    return package.Model([*inputs.values()], [y for one in found for y in one]), [
        len(x) for x in found
    ]


def inputs_of(calls):
    used = set().union(*map(graph_calls.inputs_of, calls))
    return {name: x for name, x in graph_calls.INPUTS.items() if name in used}


def values(model, calls):
    return [np.asarray(y) for y in model([*inputs_of(calls).values()])]


def assert_equal(found, wanted, calls, counts):
    titles = [c for c, n in zip(calls, counts, strict=True) for _ in range(n)]
    for ours, theirs, title in zip(found, wanted, titles, strict=True):
        assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype), title
        if title.startswith(OTHER_NUMBERS):
            continue
        np.testing.assert_allclose(
            ours.astype(complex), theirs.astype(complex), 1e-4, 1e-4, err_msg=title
        )


@pytest.mark.parametrize("calls", GROUPS, ids=lambda calls: calls[0])
def test_graphs_of_ops_go_both_ways(calls):
    theirs, counts = build(keras, calls)
    ours, _ = build(minikeras, calls)
    wanted = values(theirs, calls)
    assert_equal(values(ours, calls), wanted, calls, counts)
    opened = keras.models.model_from_json(ours.to_json())
    assert_equal(values(opened, calls), wanted, calls, counts)
    opened = minikeras.models.model_from_json(theirs.to_json())
    assert_equal(values(opened, calls), wanted, calls, counts)


def test_every_function_that_can_be_in_a_graph_is_called():
    text = graph_calls.CALLS
    public = [n for n in dir(keras.ops) if callable(getattr(keras.ops, n))]
    public += [f"image.{n}" for n in dir(keras.ops.image) if n[0] != "_"]
    missing = [n for n in public if n[0] != "_" and f"{n}(" not in text]
    assert set(missing) - NOT_IN_GRAPHS == set()
