"""A small Transformer learns to write sequences backwards.

    3 1 4 1 5 9 2 6   ->   6 2 9 5 1 4 1 3

Nothing in the network knows about order but a trainable vector for each position. So
it has to find out by itself that position i must look at position 7 - i; the table at
the end shows where it looks. Guessing gets one symbol in ten right, and one sequence in
a hundred million.

Run it:  python examples/transformer_reversal.py
"""

import numpy as np

import minikeras as keras
from minikeras import layers, ops

SYMBOLS, LENGTH, WIDTH, HEADS = 10, 8, 32, 2


class TokenAndPosition(layers.Layer):
    """A vector for each symbol, plus one for the position where it stands."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.symbols = layers.Embedding(SYMBOLS, WIDTH)
        self.positions = layers.Embedding(LENGTH, WIDTH)

    def call(self, inputs):
        return self.symbols(inputs) + self.positions(ops.arange(LENGTH))


def build():
    """Returns the model, and one with the same weights that tells where it looks."""
    tokens = keras.Input(shape=(LENGTH,), dtype="int32")
    x = TokenAndPosition()(tokens)
    attention = layers.MultiHeadAttention(num_heads=HEADS, key_dim=WIDTH // HEADS)
    gathered, weights = attention(x, x, return_attention_scores=True)
    x = layers.LayerNormalization()(x + gathered)
    hidden = layers.Dense(2 * WIDTH, activation="relu")(x)
    x = layers.LayerNormalization()(x + layers.Dense(WIDTH)(hidden))
    outputs = layers.Dense(SYMBOLS, activation="softmax")(x)
    return keras.Model(tokens, outputs), keras.Model(tokens, weights)


keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)
x_train = rng.integers(0, SYMBOLS, (4000, LENGTH), dtype="int32")
x_test = rng.integers(0, SYMBOLS, (500, LENGTH), dtype="int32")

model, where = build()
model.summary()
model.compile(
    optimizer=keras.optimizers.Adam(0.005),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
model.fit(x_train, x_train[:, ::-1], batch_size=64, epochs=6, verbose=2)

answers = model.predict(x_test, verbose=0).argmax(axis=-1)
right = answers == x_test[:, ::-1]
print(f"\n{right.mean():.2%} of the symbols, ", end="")
print(f"{right.all(axis=1).mean():.2%} of the sequences are right.\n")
for sequence, answer in zip(x_test[:3], answers, strict=False):
    print(" ", *sequence, "->", *answer)

print("\nHow much each position (row) looks at each other, in percent:\n")
mean = where.predict(x_test, verbose=0).mean(axis=(0, 1))
for row in mean:
    print(" ", *(f"{share:4.0%}"[:-1] for share in row))
