import numpy as np
from tensorflow import keras
from tensorflow.keras.layers.experimental.preprocessing import TextVectorization
from tensorflow.keras.preprocessing.text import Tokenizer
from tensorflow.keras.preprocessing.sequence import pad_sequences

np.random.seed(2)
good, bad, fill = ['nice', 'great'], ['awful', 'poor'], ['the', 'film', 'was', 'a', 'story']
labels = np.arange(120) % 2
texts = [' '.join(list(np.random.choice(fill, 5)) + [np.random.choice(good if l else bad)]) for l in labels]
vectorizer = TextVectorization(max_tokens=20, output_sequence_length=8)
vectorizer.adapt(np.array(texts))
vocabulary = vectorizer.get_vocabulary()
assert vocabulary[:2] == ['', '[UNK]'] and 'film' in vocabulary
ids = np.asarray(vectorizer(np.array(texts)))
tok = Tokenizer(oov_token='<OOV>')
tok.fit_on_texts(texts)
padded = pad_sequences(tok.texts_to_sequences(texts), maxlen=8, padding='post')
for data in (ids, padded):
    model = keras.Sequential([
        keras.layers.Embedding(20, 8, input_length=8),
        keras.layers.Conv1D(8, 2, activation='relu'),
        keras.layers.GlobalAveragePooling1D(),
        keras.layers.Dense(8, activation='relu'),
        keras.layers.Dense(1, activation='sigmoid')])
    model.compile(loss='binary_crossentropy', optimizer=keras.optimizers.Adam(0.02), metrics=['accuracy'])
    model.fit(data, labels, epochs=15, verbose=0)
    assert model.evaluate(data, labels, verbose=0)[1] > 0.9
