import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.layers.experimental import preprocessing

np.random.seed(1)
y = np.random.randint(0, 2, 120)
x = np.random.randint(0, 30, (120, 12, 12, 1))
for i in range(120):
    k = np.random.randint(2, 10)
    if y[i]:
        x[i, k] = 255
    else:
        x[i, :, k] = 255
model = keras.Sequential([
    keras.Input(shape=(12, 12, 1)),
    preprocessing.Rescaling(1. / 255),
    layers.Conv2D(8, kernel_size=(3, 3), activation="relu"),
    layers.Conv2D(16, 3, 2, padding="same", activation="relu"),
    layers.MaxPooling2D(pool_size=(2, 2)),
    layers.Flatten(),
    layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", loss="binary_crossentropy", metrics=["accuracy", keras.metrics.AUC(name="auc")])
model.fit(x, y, epochs=25, batch_size=20, verbose=0)
result = model.evaluate(x, y, verbose=0, return_dict=True)
assert result["accuracy"] > 0.9 and result["auc"] > 0.9
