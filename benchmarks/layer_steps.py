"""One layer forward, and forward and backward, the compiled way of each package.

A step returns what it computed when it is computed. Each package gets what its own
training does: a plan, `jax.jit`, `tf.function`, torch's eager autograd. The cotangent
of the output is given, so that nothing but the layer is timed.
"""

import importlib
import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Task(NamedTuple):
    """A built layer, and what to run it on.

    Args:
        keras: The package.
        layer: The layer.
        as_list: Whether it takes its inputs as one list.
        options: What its call takes besides: training mode, if it knows that.
        inputs: The inputs, as tensors of the package.
        slope: Gradient with respect to the output, to go back from.
        floats: Whether gradients with respect to the inputs are wanted, too.
    """

    keras: Any
    layer: Any
    as_list: bool
    options: dict
    inputs: list
    slope: Any
    floats: bool

    def arguments(self, xs) -> list:
        """The inputs as the layer's call takes them."""
        return [list(xs)] if self.as_list else list(xs)

    def call(self, xs):
        """Calls the layer in training mode."""
        return self.layer(*self.arguments(xs), **self.options)

    def sources(self, xs) -> list:
        """What gradients are taken with respect to."""
        return [*(v.value for v in self.layer.trainable_variables), *self.watched(xs)]

    def watched(self, xs) -> list:
        """The inputs, if they have gradients."""
        return list(xs) if self.floats else []


def steps(keras, row) -> tuple[Callable, Callable]:
    """Returns two functions without arguments: forward, and forward and backward.

    Args:
        keras: The package, minikeras or Keras.
        row: The layer and its inputs; see `layers.Row`.
    """
    task = prepared(keras, row)
    if keras.__name__ == "minikeras":
        return plan_steps(task)
    return OF_BACKENDS[keras.backend.backend()](task)


def prepared(keras, row) -> Task:
    """Builds the layer and draws what goes in and what comes back."""
    inputs = [keras.ops.convert_to_tensor(x) for x in row.inputs()]
    layer, floats = row.build(keras.layers), row.below is None
    knows = "training" in inspect.signature(layer.call).parameters
    options = {"training": True} if knows else {}
    task = Task(keras, layer, row.as_list, options, inputs, None, floats)
    shape = keras.ops.convert_to_numpy(task.call(inputs)).shape
    slope = np.random.default_rng(1).standard_normal(shape, dtype=np.float32)
    return task._replace(slope=keras.ops.convert_to_tensor(slope))


def plan_steps(task: Task) -> tuple:
    """Plans of minikeras: the first calls make them."""
    keras = task.keras
    variables = list(task.layer.trainable_variables)

    def both(xs, slope):
        with keras.GradientTape() as tape:
            tape.watch(task.watched(xs))
            y = task.call(xs)
        sources = [*variables, *task.watched(xs)]
        return y, tape.gradient(y, sources, output_gradients=slope)

    forward, both = keras.function(task.call), keras.function(both)
    return lambda: forward(task.inputs), lambda: both(task.inputs, task.slope)


def jax_steps(task: Task) -> tuple:
    """JAX: jit of the stateless call, and of the call with its pullback."""
    jax = importlib.import_module("jax")
    trained = [v.value for v in task.layer.trainable_variables]
    others = [v.value for v in task.layer.non_trainable_variables]

    def call(trained, others, xs):
        arguments = task.arguments(xs)
        return task.layer.stateless_call(trained, others, *arguments, **task.options)

    def back(trained, others, xs, slope):
        def function(trained, watched):
            return call(trained, others, watched or xs)

        y, pull, changed = jax.vjp(function, trained, task.watched(xs), has_aux=True)
        return y, changed, pull(slope)

    forward, both, wait = jax.jit(call), jax.jit(back), jax.block_until_ready
    return (
        lambda: wait(forward(trained, others, task.inputs)),
        lambda: wait(both(trained, others, task.inputs, task.slope)),
    )


def tensorflow_steps(task: Task) -> tuple:
    """TensorFlow: `tf.function`, which on the CPU returns when its work is done."""
    tf = importlib.import_module("tensorflow")

    def both(xs, slope):
        with tf.GradientTape() as tape:
            tape.watch(task.watched(xs))
            y = task.call(xs)
        return y, tape.gradient(y, task.sources(xs), output_gradients=slope)

    forward, both = tf.function(task.call), tf.function(both)
    return lambda: forward(task.inputs), lambda: both(task.inputs, task.slope)


def torch_steps(task: Task) -> tuple:
    """Torch: eager, with autograd for the way back; on the CPU nothing is pending."""
    torch = importlib.import_module("torch")

    def forward():
        with torch.no_grad():
            return task.call(task.inputs)

    def both():
        xs = [x.detach() for x in task.inputs]
        for x in task.watched(xs):
            x.requires_grad_()
        y = task.call(xs)
        return y, torch.autograd.grad(y, task.sources(xs), grad_outputs=task.slope)

    return forward, both


OF_BACKENDS = {"jax": jax_steps, "tensorflow": tensorflow_steps, "torch": torch_steps}
