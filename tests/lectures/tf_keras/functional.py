import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
import os, tempfile

np.random.seed(11)
title_input = keras.Input(shape=(None,), name="title")
tags_input = keras.Input(shape=(4,), name="tags")
title_features = layers.LSTM(8)(layers.Embedding(20, 8)(title_input))
x = layers.concatenate([title_features, tags_input])
priority_pred = layers.Dense(1, name="priority")(x)
department_pred = layers.Dense(3, name="department")(x)
model = keras.Model(inputs=[title_input, tags_input], outputs=[priority_pred, department_pred])
model.compile(optimizer=keras.optimizers.RMSprop(1e-2),
              loss={"priority": keras.losses.BinaryCrossentropy(from_logits=True),
                    "department": keras.losses.CategoricalCrossentropy(from_logits=True)},
              loss_weights={"priority": 1.0, "department": 0.2})
titles = np.random.randint(20, size=(128, 6))
tags = np.random.randint(2, size=(128, 4)).astype("float32")
department = np.eye(3)[(tags.sum(axis=1) % 3).astype(int)]
h = model.fit({"title": titles, "tags": tags}, {"priority": tags[:, :1], "department": department},
              epochs=10, batch_size=32, verbose=0)
assert h.history["loss"][-1] < h.history["loss"][0]
path = os.path.join(tempfile.mkdtemp(), "model.h5")
model.save(path)
again = keras.models.load_model(path)
a, b = again.predict([titles, tags]), model.predict([titles, tags])
assert all(np.allclose(p, q, atol=1e-6) for p, q in zip(a, b))
x = layers.Conv2D(8, 3, activation="relu", padding="same")(keras.Input((8, 8, 8)))
assert layers.add([x, x]).shape == (None, 8, 8, 8)
