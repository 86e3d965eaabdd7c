import numpy as np, os, tempfile
from tensorflow import keras

np.random.seed(13)
x = np.random.randn(200, 5).astype('float32')
y = (x.sum(axis=1) > 0).astype('float32')
model = keras.Sequential([keras.layers.Dense(16, activation='elu', input_shape=(5,)), keras.layers.Dense(1, activation='sigmoid')])
model.compile(optimizer=keras.optimizers.SGD(lr=0.1, momentum=0.9), loss='binary_crossentropy', metrics=['acc'])
folder = tempfile.mkdtemp()
class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        if logs.get('acc') > 0.97:
            self.model.stop_training = True
schedule = keras.callbacks.LearningRateScheduler(lambda epoch, lr: lr * 0.98)
checkpoint = keras.callbacks.ModelCheckpoint(os.path.join(folder, 'best.h5'), monitor='val_acc', save_best_only=True, save_weights_only=True)
history = model.fit(x, y, epochs=60, validation_data=(x, y), verbose=0, callbacks=[Stop(), schedule, checkpoint, keras.callbacks.TerminateOnNaN()])
assert history.history['acc'][-1] > 0.9 and len(history.epoch) <= 60
model.load_weights(os.path.join(folder, 'best.h5'))
assert model.evaluate(x, y, verbose=0)[1] >= max(history.history['val_acc']) - 1e-6
assert np.array_equal(model.predict_classes(x)[:, 0], (model.predict(x)[:, 0] > 0.5).astype(int))
