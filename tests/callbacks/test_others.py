"""SwapEMAWeights and RemoteMonitor."""

import http.server
import json
import threading
import urllib.parse

import numpy as np
import pytest

import minikeras as keras

X = np.linspace(-1, 1, 24).reshape(8, 3).astype("float32")
Y = X[:, :1]


def averaged(*callbacks, **settings):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    optimizer = keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.5)
    model.compile(optimizer, "mse")
    model.set_weights([np.full((3, 1), 0.3), np.zeros(1)])
    history = model.fit(
        X, Y, epochs=3, batch_size=4, shuffle=False, verbose=0,
        callbacks=list(callbacks), **settings,
    )  # fmt: skip
    return model, history.history


# The numbers are those of Keras 3.15.1 on JAX.
@pytest.mark.parametrize(
    ("swap_on_epoch", "at_epoch_ends"),
    [(False, [0.31674, 0.3266, 0.33242]), (True, [0.31769, 0.32468, 0.33068])],
)
@pytest.mark.parametrize("validates", [False, True])
def test_swapped_weights(swap_on_epoch, at_epoch_ends, validates):
    seen = []
    watch = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: seen.append(
            float(watch.model.weights[0][0, 0])
        )
    )
    swap = keras.callbacks.SwapEMAWeights(swap_on_epoch=swap_on_epoch)
    data = (X, Y) if validates else None
    model, history = averaged(swap, watch, validation_data=data)
    np.testing.assert_allclose(seen, at_epoch_ends, atol=2e-5)
    np.testing.assert_allclose(history["loss"], [0.01073, 0.00381, 0.00136], atol=1e-5)
    if validates:
        wanted = [0.00416, 0.002, 0.0008]
        np.testing.assert_allclose(history["val_loss"], wanted, atol=1e-5)
    kernel = model.get_weights()[0].ravel()
    np.testing.assert_allclose(kernel, [0.33068, 0.32532, 0.31995], atol=1e-5)


def test_averages_must_be_kept():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"Try SGD\(use_ema=True\)"):
        model.fit(X, Y, verbose=0, callbacks=[keras.callbacks.SwapEMAWeights()])


class Server(http.server.BaseHTTPRequestHandler):
    taken: list = []  # noqa: RUF012

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.taken.append((self.path, dict(self.headers), body.decode()))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        """Says nothing."""


@pytest.fixture
def address():
    Server.taken.clear()
    with http.server.HTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("send_as_json", [False, True])
def test_numbers_are_sent(address, send_as_json):
    monitor = keras.callbacks.RemoteMonitor(
        root=address, path="/x/", headers={"Token": "a"}, send_as_json=send_as_json
    )
    monitor.on_epoch_end(2, {"loss": np.float32(0.5)})
    ((path, headers, body),) = Server.taken
    assert (path, headers["Token"]) == ("/x/", "a")
    text = body if send_as_json else urllib.parse.parse_qs(body)["data"][0]
    assert json.loads(text) == {"epoch": 2, "loss": 0.5}
    kind = "json" if send_as_json else "x-www-form-urlencoded"
    assert headers["Content-Type"] == f"application/{kind}"


def test_a_server_that_is_not_there_is_reported():
    monitor = keras.callbacks.RemoteMonitor(root="http://127.0.0.1:9")
    with pytest.warns(UserWarning, match="RemoteMonitor: nobody took the numbers"):
        monitor.on_epoch_end(0, {"loss": 0.5})
