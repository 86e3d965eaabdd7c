import numpy as np

np.random.seed(1)
from keras.preprocessing import sequence
from keras.models import Sequential
from keras.layers import Dense, Dropout, Activation, Embedding
from keras.layers import Convolution1D, MaxPooling1D, GlobalMaxPooling1D

max_features, maxlen = 50, 20
texts, labels = [], []
for i in range(200):
    text = list(np.random.randint(3, max_features, size=np.random.randint(8, 25)))
    label = i % 2
    if label:
        k = np.random.randint(0, len(text) - 1)
        text[k : k + 2] = [1, 2]
    texts.append(text)
    labels.append(label)
X = sequence.pad_sequences(texts, maxlen=maxlen, truncating="post")
y = np.array(labels)

model = Sequential()
model.add(Embedding(max_features, 16, input_length=maxlen, dropout=0.0))
model.add(
    Convolution1D(
        nb_filter=16,
        filter_length=2,
        border_mode="valid",
        activation="relu",
        subsample_length=1,
    )
)
model.add(GlobalMaxPooling1D())
model.add(Dense(16))
model.add(Dropout(0.1))
model.add(Activation("relu"))
model.add(Dense(1))
model.add(Activation("sigmoid"))
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(X, y, batch_size=20, nb_epoch=15, verbose=0)
assert model.evaluate(X, y, verbose=0)[1] > 0.85
