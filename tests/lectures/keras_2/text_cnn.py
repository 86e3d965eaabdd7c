import numpy as np
from keras.preprocessing.text import Tokenizer
from keras.preprocessing.sequence import pad_sequences
from keras.utils.np_utils import to_categorical
from keras.layers import Dense, Input, GlobalMaxPooling1D
from keras.layers import Conv1D, MaxPooling1D, Embedding
from keras.models import Model
from keras.initializers import Constant

np.random.seed(2)
good, bad = ["nice", "great", "fine", "lovely"], ["awful", "bad", "poor", "sad"]
fill = ["the", "film", "was", "a", "and", "it", "very", "story"]
texts, labels = [], []
for i in range(160):
    words = list(np.random.choice(fill, 6)) + list(
        np.random.choice(good if i % 2 else bad, 2)
    )
    np.random.shuffle(words)
    texts.append(" ".join(words))
    labels.append(i % 2)

tokenizer = Tokenizer(num_words=30)
tokenizer.fit_on_texts(texts)
sequences = tokenizer.texts_to_sequences(texts)
word_index = tokenizer.word_index
data = pad_sequences(sequences, maxlen=10)
labels = to_categorical(np.asarray(labels))
indices = np.arange(data.shape[0])
np.random.shuffle(indices)
data, labels = data[indices], labels[indices]

embedding_matrix = np.random.randn(len(word_index) + 1, 12)
embedding_layer = Embedding(
    len(word_index) + 1,
    12,
    weights=[embedding_matrix],
    input_length=10,
    trainable=False,
)
constant_layer = Embedding(3, 12, embeddings_initializer=Constant(0.5))
sequence_input = Input(shape=(10,), dtype="int32")
x = embedding_layer(sequence_input)
x = Conv1D(24, 3, activation="relu")(x)
x = MaxPooling1D(2)(x)
x = GlobalMaxPooling1D()(x)
preds = Dense(2, activation="softmax")(x)
model = Model(sequence_input, preds)
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["acc"])
history = model.fit(
    data, labels, batch_size=16, epochs=25, validation_split=0.2, verbose=0
)
assert history.history["acc"][-1] > 0.85
assert np.allclose(model.layers[1].get_weights()[0], embedding_matrix, atol=1e-6)
