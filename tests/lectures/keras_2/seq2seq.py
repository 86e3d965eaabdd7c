"""Sequence to sequence: the decoder is fed what it should have said (teacher forcing)."""

import numpy as np
from keras.models import Model
from keras.layers import Input, LSTM, Dense

np.random.seed(5)
num_tokens, latent_dim, length = 6, 32, 4
numbers = np.random.randint(1, num_tokens, size=(200, length))
encoder_input_data = np.eye(num_tokens)[numbers]
targets = (numbers % (num_tokens - 1)) + 1
decoder_target_data = np.eye(num_tokens)[targets]
decoder_input_data = np.eye(num_tokens)[np.c_[np.zeros(200, int), targets[:, :-1]]]

encoder_inputs = Input(shape=(None, num_tokens))
encoder = LSTM(latent_dim, return_state=True)
encoder_outputs, state_h, state_c = encoder(encoder_inputs)
encoder_states = [state_h, state_c]
decoder_inputs = Input(shape=(None, num_tokens))
decoder_lstm = LSTM(latent_dim, return_sequences=True, return_state=True)
decoder_outputs, _, _ = decoder_lstm(decoder_inputs, initial_state=encoder_states)
decoder_dense = Dense(num_tokens, activation="softmax")
decoder_outputs = decoder_dense(decoder_outputs)
model = Model([encoder_inputs, decoder_inputs], decoder_outputs)
model.compile(optimizer="rmsprop", loss="categorical_crossentropy")
losses = model.fit(
    [encoder_input_data, decoder_input_data],
    decoder_target_data,
    batch_size=20,
    epochs=25,
    verbose=0,
).history["loss"]
assert losses[-1] < 0.7 * losses[0]

encoder_model = Model(encoder_inputs, encoder_states)
decoder_state_input_h = Input(shape=(latent_dim,))
decoder_state_input_c = Input(shape=(latent_dim,))
decoder_states_inputs = [decoder_state_input_h, decoder_state_input_c]
decoder_outputs, state_h, state_c = decoder_lstm(
    decoder_inputs, initial_state=decoder_states_inputs
)
decoder_outputs = decoder_dense(decoder_outputs)
decoder_model = Model(
    [decoder_inputs] + decoder_states_inputs, [decoder_outputs, state_h, state_c]
)
states_value = encoder_model.predict(encoder_input_data[:1])
target_seq = np.zeros((1, 1, num_tokens))
target_seq[0, 0, 0] = 1.0
decoded = []
for _ in range(length):
    output_tokens, h, c = decoder_model.predict([target_seq] + states_value)
    index = np.argmax(output_tokens[0, -1, :])
    decoded.append(index)
    target_seq = np.zeros((1, 1, num_tokens))
    target_seq[0, 0, index] = 1.0
    states_value = [h, c]
assert len(decoded) == length
