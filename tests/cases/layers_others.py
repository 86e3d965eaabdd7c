"""Cases of the layer contract: spectrograms and embeddings that lead back."""

from .layer_case import Case, Made

FRAMES = {"frame_length": 8, "frame_step": 3, "fft_length": 16}
KERNEL = (8, 1, 9)
SOUND = {
    "fft_length": 16,
    "sequence_stride": 4,
    "sampling_rate": 100,
    "num_mel_bins": 3,
    "min_freq": 1.0,
}

CASES: dict = {
    "Pipeline": [
        Case(
            {
                "layers": Made(
                    lambda keras, **o: [
                        keras.layers.Dense(4, name="first", **o),
                        keras.layers.Dense(2, name="last", **o),
                    ]
                )
            },
            (3,),
            ((3, 4), (4,), (4, 2), (2,)),
            masks=False,
        )
    ],
    "MelSpectrogram": [
        Case(SOUND, (20,), masks=False),
        Case(
            {**SOUND, "sequence_length": 12, "window": "hamming", "top_db": 3.0},
            (20,),
            masks=False,
        ),
        Case(
            {**SOUND, "mag_exp": 1.0, "power_to_db": False, "window": None},
            (21,),
            masks=False,
        ),
        Case({**SOUND, "fft_length": 15, "ref_power": 2.0}, (5,), masks=False),
    ],
    "ReversibleEmbedding": [
        Case({"input_dim": 5, "output_dim": 3}, (4,), [(5, 3)], False, below=5),
        Case(
            {
                "input_dim": 5,
                "output_dim": 3,
                "logit_soft_cap": 2.0,
                "embeddings_regularizer": "l2",
            },
            (4,),
            [(5, 3)],
            False,
            below=5,
        ),
    ],
    "STFTSpectrogram": [
        Case(FRAMES, (20, 2), [KERNEL] * 2, masks=False),
        Case(
            {**FRAMES, "mode": "magnitude", "padding": "same", "expand_dims": True},
            (20, 2),
            [KERNEL] * 2,
            masks=False,
        ),
        Case(
            {
                "mode": "psd",
                "frame_length": 7,
                "window": "hamming",
                "periodic": True,
                "scaling": "spectrum",
                "data_format": "channels_first",
            },
            (2, 20),
            [(7, 1, 5)] * 2,
            masks=False,
        ),
        Case(
            {"mode": "real", "frame_length": 5, "window": None, "expand_dims": True},
            (12, 2),
            [(5, 1, 5)],
            masks=False,
        ),
        Case(
            {
                **FRAMES,
                "mode": "imag",
                "window": [1.0, 2, 3, 4, 5, 6, 7, 8],
                "data_format": "channels_first",
                "expand_dims": True,
            },
            (2, 20),
            [KERNEL],
            masks=False,
        ),
        Case({**FRAMES, "mode": "stft"}, (20, 2), [KERNEL] * 2, masks=False),
    ],
}
