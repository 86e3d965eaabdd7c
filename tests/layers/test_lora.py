import numpy as np
import pytest

from minikeras import layers


def test_lora_starts_unchanged_and_trains_two_small_matrices():
    layer = layers.Dense(4, name="d")
    x = np.ones((1, 3), "float32")
    before = layer(x).numpy()
    layer.enable_lora(2, lora_alpha=4)
    np.testing.assert_array_equal(layer(x).numpy(), before)
    assert [w.name for w in layer.trainable_weights] == [
        "bias",
        "lora_kernel_a",
        "lora_kernel_b",
    ]
    a, b = np.ones((3, 2), "float32"), np.ones((2, 4), "float32")
    layer.lora_a.assign(a)
    layer.lora_b.assign(b)
    np.testing.assert_allclose(
        layer(x).numpy(), before + x @ (4 / 2 * a @ b), rtol=1e-6
    )
    assert layer.get_config()["lora_rank"] == 2
    assert layer.get_config()["lora_alpha"] == 4


def test_without_lora_the_config_does_not_mention_it():
    assert not {"lora_rank", "lora_alpha"} & set(layers.Dense(3).get_config())


def test_lora_needs_a_built_layer():
    with pytest.raises(ValueError, match=r"Dense 'd': enable_lora\(\) needs a built"):
        layers.Dense(3, name="d").enable_lora(2)


def test_lora_can_be_enabled_once():
    layer = layers.Embedding(4, 3, lora_rank=2, name="e")
    layer.build()
    with pytest.raises(ValueError, match="Embedding 'e': LoRA is already enabled"):
        layer.enable_lora(2)


def test_lora_and_constraints_exclude_each_other():
    layer = layers.Dense(3, kernel_constraint="non_neg", lora_rank=2)
    with pytest.raises(ValueError, match="LoRA does not go with kernel_constraint"):
        layer.build((None, 2))
