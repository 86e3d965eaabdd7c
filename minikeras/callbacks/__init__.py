"""Hooks into training: what happens between batches and epochs besides learning."""

from ..utils import lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    {
        "backup": ["BackupAndRestore"],
        "callback": ["Callback"],
        "callback_list": ["CallbackList"],
        "csv_logger": ["CSVLogger"],
        "early_stopping": ["EarlyStopping"],
        "gradient_flow": ["GradientFlow"],
        "history": ["History"],
        "lambda_callback": ["LambdaCallback"],
        "learning_rate": ["LearningRateScheduler", "ReduceLROnPlateau"],
        "model_checkpoint": ["ModelCheckpoint"],
        "progbar_logger": ["ProgbarLogger"],
        "remote_monitor": ["RemoteMonitor"],
        "swap_ema_weights": ["SwapEMAWeights"],
        "tensorboard": ["TensorBoard"],
        "terminate_on_nan": ["TerminateOnNaN"],
    },
)
