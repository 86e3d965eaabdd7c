"""Cases of the primitive contract: kernels of recurrent layers."""

import numpy as np

from .drawing import B, Described, R, U, case

# Formulas, step by step ---------------------------------------------------------------


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


ACTIVATIONS = {
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": sigmoid,
    "linear": lambda x: x,
}


def over_time(step, x, start, masks, go_backwards):
    """Runs a step of a list of states; returns what it noted, and all states."""
    order = range(x.shape[1])[::-1] if go_backwards else range(x.shape[1])
    states, notes = [start], []
    for t in order:
        new, note = step(x[:, t], *states[-1])
        if masks:
            moves = masks[0][:, t][:, None]
            old = states[-1]
            new = [np.where(moves, n, o) for n, o in zip(new, old, strict=True)]
        states.append(new)
        notes.append(np.concatenate(note, axis=1).T if note else None)
    columns = [
        np.concatenate((h, np.ones((len(h), 1)), x[:, t]), axis=1).T
        for (h, *_), t in zip(states, order, strict=False)
    ]
    return states, columns, notes


def results(states, return_sequences):
    """The outputs and the last states."""
    h = np.stack([s[0] for s in states[1:]], axis=1)
    return [h if return_sequences else h[:, -1], *states[-1]]


def lstm_step(kernel, recurrent, bias):
    def step(x, h, c):
        gates = x @ kernel + h @ recurrent + bias
        i, f, g, o = np.split(gates, 4, axis=1)
        i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)
        c1 = f * c + i * g
        return [o * np.tanh(c1), c1], [o, i, f, g]

    return step


def lstm(x, h0, c0, kernel, recurrent, bias, *masks, go_backwards, return_sequences,
         keeps):  # fmt: skip
    step = lstm_step(kernel, recurrent, bias)
    states, *_ = over_time(step, x, [h0, c0], masks, go_backwards)
    steps, units, batch = x.shape[1], h0.shape[1], len(x)
    width = units + 1 + x.shape[2]
    empty = [(0, width, batch), (0, 5 * units, batch), (0, units, batch)]
    assert steps
    return (*results(states, return_sequences), *map(np.empty, empty))


def gru_step(kernel, recurrent, bias):
    after = bias.ndim == 2
    units = len(recurrent)

    def step(x, h):
        given = x @ kernel + (bias[0] if after else bias)
        inner = h @ recurrent + (bias[1] if after else 0)
        z, r = np.split(sigmoid(given + inner)[:, : 2 * units], 2, axis=1)
        last = given[:, 2 * units :]
        if after:
            g = np.tanh(last + r * inner[:, 2 * units :])
        else:
            g = np.tanh(last + (r * h) @ recurrent[:, 2 * units :])
        return [z * h + (1 - z) * g], []

    return step


def gru(x, h0, kernel, recurrent, bias, *masks, go_backwards, return_sequences, keeps):
    step = gru_step(kernel, recurrent, bias)
    states, *_ = over_time(step, x, [h0], masks, go_backwards)
    units, batch = h0.shape[1], len(x)
    empty = [(0, units + 1 + x.shape[2], batch), (0, 4 * units, batch)]
    return (*results(states, return_sequences), *map(np.empty, empty))


def simple(x, h0, kernel, recurrent, bias, *masks, activation, go_backwards,
           return_sequences, keeps):  # fmt: skip
    def step(x, h):
        return [ACTIVATIONS[activation](x @ kernel + h @ recurrent + bias)], []

    states, *_ = over_time(step, x, [h0], masks, go_backwards)
    empty = np.empty((0, h0.shape[1] + 1 + x.shape[2], len(x)))
    return (*results(states, return_sequences), empty)


# Slopes, step by step back ------------------------------------------------------------


def back_over_time(step, dy, ends, states, features, masks, go_backwards, sequences):
    """Goes back; a step tells gradients of gates (inputs' and states') and states."""
    count, units = len(states) - 1, ends[0].shape[1]
    order = range(count)[::-1] if go_backwards else range(count)
    h, x = states[:, :units], states[:, units + 1 :]
    dx = np.zeros((states.shape[2], count, features))
    ends = [end.copy() for end in ends]
    if not sequences:
        ends[0] += dy
    sums = None
    for t in range(count)[::-1]:
        moves = masks[0][:, order[t]][:, None] if masks else True
        if sequences:
            ends[0] = ends[0] + dy[:, t]
        slopes = step(t, h[t].T, h[t + 1].T, *[e * moves for e in ends])
        for_x, for_h, through, parts, *new = slopes
        dx[:, order[t]] = for_x
        ends = [n + e * np.logical_not(moves) for n, e in zip(new, ends, strict=True)]
        made = [
            x[t] @ parts[0],
            through.T @ parts[1] if through is not None else for_h,
            *(part.sum(0) for part in parts),
        ]
        sums = (
            made if sums is None else [a + b for a, b in zip(sums, made, strict=True)]
        )
    return dx, ends, sums


def lstm_slopes(dy, dh, dc, states, gates, tanhs, kernel, recurrent, *masks,
                go_backwards, return_sequences, with_dx):  # fmt: skip
    def step(t, h, _, dh, dc):
        o, i, f, g, c = np.split(gates[t].T, 5, axis=1)
        through = tanhs[t].T
        dc = dc + dh * o * (1 - through**2)
        da = np.concatenate(
            [
                dc * g * i * (1 - i),
                dc * c * f * (1 - f),
                dc * i * (1 - g**2),
                dh * through * o * (1 - o),
            ],
            axis=1,
        )
        return da @ kernel.T, None, h, [da, da], da @ recurrent.T, dc * f

    dx, ends, sums = back_over_time(
        step, dy, [dh, dc], states, len(kernel), masks, go_backwards, return_sequences
    )
    return dx if with_dx else dx[:0], *ends, *sums[:3]


def gru_slopes(dy, dh, states, gates, kernel, recurrent, bias, *masks,
               go_backwards, return_sequences, with_dx):  # fmt: skip
    after = bias.ndim == 2
    units = len(recurrent)

    def step(t, h, _, dh):
        g, z, r, last = np.split(gates[t].T, 4, axis=1)
        dg = dh * (1 - z) * (1 - g**2)
        dz = dh * (h - g) * z * (1 - z)
        back = dh * z
        if after:
            dr, inner = dg * last * r * (1 - r), dg * r
            for_h = np.concatenate([dz, dr, inner], axis=1)
            made = h.T @ for_h
            back = back + for_h @ recurrent.T
        else:
            dq = dg @ recurrent[:, 2 * units :].T
            dr = dq * h * r * (1 - r)
            for_h = np.concatenate([dz, dr], axis=1)
            made = np.concatenate([h.T @ for_h, last.T @ dg], axis=1)
            back = back + dq * r + for_h @ recurrent[:, : 2 * units].T
        for_x = np.concatenate([dz, dr, dg], axis=1)
        return for_x @ kernel.T, made, None, [for_x, for_h], back

    dx, ends, (dw, du, d_bias, d_inner) = back_over_time(
        step, dy, [dh], states, len(kernel), masks, go_backwards, return_sequences
    )
    d_bias = np.stack([d_bias, d_inner]) if after else d_bias
    return dx if with_dx else dx[:0], *ends, dw, du, d_bias


def simple_slopes(dy, dh, states, kernel, recurrent, *masks, activation,
                  go_backwards, return_sequences, with_dx):  # fmt: skip
    slope = {
        "tanh": lambda h: 1 - h**2,
        "relu": lambda h: (h > 0) * 1.0,
        "sigmoid": lambda h: h * (1 - h),
        "linear": np.ones_like,
    }[activation]

    def step(t, h, h1, dh):
        da = dh * slope(h1)
        return da @ kernel.T, None, h, [da, da], da @ recurrent.T

    dx, ends, sums = back_over_time(
        step, dy, [dh], states, len(kernel), masks, go_backwards, return_sequences
    )
    return dx if with_dx else dx[:0], *ends, *sums[:3]


TIME = {"go_backwards": False, "return_sequences": True, "keeps": False}
BACK = {"go_backwards": True, "return_sequences": False, "keeps": False}

LSTM = R(2, 3, 2), R(2, 4), R(2, 4), R(2, 16), R(4, 16), R(16)
GRU = R(2, 3, 2), R(2, 4), R(2, 12), R(4, 12)
SIMPLE = R(2, 3, 2), R(2, 4), R(2, 4), R(4, 4), R(4)
THERE = {"go_backwards": False, "return_sequences": True, "with_dx": True}
HERE = {"go_backwards": True, "return_sequences": False, "with_dx": False}
ENDS = R(2, 4), R(2, 4)
LSTM_KEPT = U(4, 7, 2), U(4, 20, 2), U(3, 4, 2), R(2, 16), R(4, 16)
GRU_KEPT = U(4, 7, 2), U(3, 16, 2), R(2, 12), R(4, 12)
SIMPLE_KEPT = U(4, 7, 2), R(2, 4), R(4, 4)
KINDS = ("tanh", "relu", "sigmoid", "linear")


def kept(arrays):
    """States, whose row of ones is one, and the rest."""

    def states(rng, shape):
        x = rng.uniform(-0.9, 0.9, shape)
        x[:, 4] = 1
        return x

    first, *rest = arrays
    return Described(states, first.shape), *rest


CASES: dict = {
    "lstm_steps": [
        case(lstm, *LSTM, order=1, **TIME),
        case(lstm, *LSTM, order=1, **BACK),
        case(lstm, *LSTM, B(2, 3), order=1, **TIME),
        case(lstm, *LSTM, B(2, 3), order=1, **BACK),
    ],
    "gru_steps": [
        case(gru, *GRU, R(*bias), *mask, order=1, **time)
        for bias in ((12,), (2, 12))
        for mask in ((), (B(2, 3),))
        for time in (TIME, BACK)
    ],
    "simple_rnn_steps": [
        case(simple, *SIMPLE, *mask, activation=kind, order=1, **time)
        for kind in KINDS
        for mask, time in (((), TIME), ((B(2, 3),), BACK))
    ],
    "lstm_slopes": [
        case(
            lstm_slopes,
            *ends,
            R(2, 4),
            R(2, 4),
            *kept(LSTM_KEPT),
            *mask,
            order=0,
            **time,
        )
        for mask in ((), (B(2, 3),))
        for ends, time in (((R(2, 3, 4),), THERE), ((R(2, 4),), HERE))
    ],
    "gru_slopes": [
        case(
            gru_slopes,
            *ends,
            R(2, 4),
            *kept(GRU_KEPT),
            R(*bias),
            *mask,
            order=0,
            **time,
        )
        for bias in ((12,), (2, 12))
        for mask in ((), (B(2, 3),))
        for ends, time in (((R(2, 3, 4),), THERE), ((R(2, 4),), HERE))
    ],
    "simple_rnn_slopes": [
        case(
            simple_slopes,
            *ends,
            R(2, 4),
            *kept(SIMPLE_KEPT),
            *mask,
            activation=kind,
            order=0,
            **time,
        )
        for kind in KINDS
        for mask, ends, time in (
            ((), (R(2, 3, 4),), THERE),
            ((B(2, 3),), (R(2, 4),), HERE),
        )
    ],
}
