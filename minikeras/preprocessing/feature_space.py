"""`FeatureSpace`: columns of a table, each prepared in its own way, as one input."""

import numpy as np

from .. import layers, ops, saving
from ..layers.adapting import AdaptingLayer
from ..layers.layer import Layer
from ..tensor import KerasTensor, Tensor, as_array
from ..utils import checks, naming, serialization
from ..utils.registry import Registry
from .dataset import Dataset

__all__ = ["Cross", "Feature", "FeatureSpace"]

FEATURES = Registry("feature", "keras.utils")
HOME = "keras.src.layers.preprocessing.feature_space"  # so files name these classes
OUTPUT_MODES = ("int", "one_hot", "float")


@FEATURES.register(module=HOME)
class Feature:
    """How one column is prepared.

    Args:
        dtype: Dtype of the column: "float32", "int32", "string" ...
        preprocessor: Layer that it goes through.
        output_mode: "one_hot" encodes the ints that the layer gives; "int" and "float"
            leave them as they are.
    """

    def __init__(self, dtype, preprocessor, output_mode):
        self.dtype = dtype
        if isinstance(preprocessor, dict):
            preprocessor = serialization.deserialize_keras_object(preprocessor)
        self.preprocessor = preprocessor
        self.output_mode = checks.one_of(
            self, output_mode=output_mode, allowed=OUTPUT_MODES
        )

    def get_config(self) -> dict:
        """Returns the constructor's arguments."""
        layer = serialization.serialize_keras_object(self.preprocessor)
        return {
            "dtype": self.dtype,
            "preprocessor": layer,
            "output_mode": self.output_mode,
        }

    @classmethod
    def from_config(cls, config: dict) -> "Feature":
        """Makes a feature of what `get_config` returned."""
        return cls(**config)

    def depth(self) -> int:
        """Returns how many ints the preprocessor can give."""
        layer = self.preprocessor
        for name in ("num_bins", "vocabulary_size"):
            found = getattr(layer, name, None)
            if found is not None:
                return found() if callable(found) else found
        if hasattr(layer, "bin_boundaries"):
            return len(layer.bin_boundaries) + 1
        must = "have num_bins or vocabulary_size() with output_mode='one_hot'"
        return checks.fail(self, "preprocessor", type(layer).__name__, must)


@FEATURES.register(module=HOME)
class Cross:
    """Columns whose combinations are a column of their own.

    Args:
        feature_names: Names of the columns, ints or strings.
        crossing_dim: Number of bins for the combinations.
        output_mode: "one_hot", or "int" for the bins' numbers.
    """

    def __init__(self, feature_names, crossing_dim, output_mode="one_hot"):
        self.feature_names = tuple(feature_names)
        self.crossing_dim = checks.positive_int(self, crossing_dim=crossing_dim)
        self.output_mode = checks.one_of(
            self, output_mode=output_mode, allowed=OUTPUT_MODES[:2]
        )

    @property
    def name(self) -> str:
        """The names of the columns, joined by `_X_`."""
        return "_X_".join(self.feature_names)

    def get_config(self) -> dict:
        """Returns the constructor's arguments."""
        return {
            "feature_names": self.feature_names,
            "crossing_dim": self.crossing_dim,
            "output_mode": self.output_mode,
        }

    @classmethod
    def from_config(cls, config: dict) -> "Cross":
        """Makes a cross of what `get_config` returned."""
        return cls(**config)


@FEATURES.register
class FeatureSpace(Layer):
    """Turns rows of a table, a dict of columns, into vectors that a model can take.

    Args:
        features: Dict from a column's name to its kind: a name ("float",
            "float_normalized", "float_rescaled", "float_discretized",
            "integer_categorical", "string_categorical", "integer_hashed",
            "string_hashed"), or what the method of that name returns.
        output_mode: "concat" gives one vector a row, "dict" a dict of them.
        crosses: Tuples of names of columns to cross, or what `cross` returns.
        crossing_dim: Length of a cross's vector where it is not told otherwise.
        hashing_dim: Number of bins of hashed columns named by a string.
        num_discretization_bins: The same of discretized columns.
        name: Its name.

    >>> data = {"age": [20.0, 40.0], "pet": ["cat", "dog"]}
    >>> space = FeatureSpace({"age": "float_normalized", "pet": "string_categorical"})
    >>> space.adapt(data)
    >>> space(data).numpy().round().tolist()
    [[-1.0, 0.0, 0.0, 1.0], [1.0, 0.0, 1.0, 0.0]]
    """

    takes_text = True

    def __init__(
        self,
        features,
        output_mode="concat",
        crosses=None,
        crossing_dim=32,
        hashing_dim=32,
        num_discretization_bins=32,
        name=None,
    ):
        super().__init__(name=name)
        if not isinstance(features, dict) or not features:
            must = "be a dict from names of columns to kinds"
            checks.fail(self, "features", features, must, {"age": "float"})
        self.crossing_dim = checks.positive_int(self, crossing_dim=crossing_dim)
        self.hashing_dim = checks.positive_int(self, hashing_dim=hashing_dim)
        self.num_discretization_bins = checks.positive_int(
            self, num_discretization_bins=num_discretization_bins
        )
        self.output_mode = checks.one_of(
            self, output_mode=output_mode, allowed=("concat", "dict")
        )
        self.features = {k: self._feature(k, v) for k, v in features.items()}
        self.crosses = [self._cross(c) for c in crosses or ()]
        self.preprocessors = {k: f.preprocessor for k, f in self.features.items()}
        self.crossers = {
            c.name: layers.HashedCrossing(c.crossing_dim, name=c.name)
            for c in self.crosses
        }
        self.one_hot_encoders = {}
        self._inputs = {
            k: layers.Input((1,), dtype=f.dtype, name=k)
            for k, f in self.features.items()
        }
        self._encoded = None
        self._is_adapted = not any(map(_learns, self.preprocessors.values()))

    def _feature(self, name: str, kind) -> Feature:
        if isinstance(kind, dict):
            return Feature.from_config(kind["config"])
        if isinstance(kind, Feature):
            return kind
        options = {
            "float_discretized": {"num_bins": self.num_discretization_bins},
            "integer_hashed": {"num_bins": self.hashing_dim},
            "string_hashed": {"num_bins": self.hashing_dim},
        }
        kind = checks.one_of(self, allowed=KINDS, **{f"features[{name!r}]": kind})
        return getattr(self, kind)(name=name, **options.get(kind, {}))

    def _cross(self, cross) -> Cross:
        if isinstance(cross, dict):
            cross = Cross.from_config(cross["config"])
        if not isinstance(cross, Cross):
            cross = Cross(cross, self.crossing_dim)
        for name in cross.feature_names:
            if name not in self.features:
                must = f"name features, which are {', '.join(self.features)}"
                checks.fail(self, "crosses", cross.feature_names, must)
            if self.features[name].output_mode == "float":
                must = "name features that are prepared as ints"
                checks.fail(self, "crosses", cross.feature_names, must)
        return cross

    # The kinds of features ------------------------------------------------------------

    @classmethod
    def cross(cls, feature_names, crossing_dim, output_mode="one_hot"):
        """Returns a cross of columns; see `Cross`."""
        return Cross(feature_names, crossing_dim, output_mode)

    @classmethod
    def feature(cls, dtype, preprocessor, output_mode):
        """Returns a feature that goes through a layer of one's own; see `Feature`."""
        return Feature(dtype, preprocessor, output_mode)

    @classmethod
    def float(cls, name=None):
        """Returns a column of floats that are left as they are."""
        layer = layers.Identity(name=_layer_name(name, "float"))
        return Feature("float32", layer, "float")

    @classmethod
    def float_rescaled(cls, scale=1.0, offset=0.0, name=None):
        """Returns a column of floats: x * scale + offset."""
        name = _layer_name(name, "float_rescaled")
        return Feature("float32", layers.Rescaling(scale, offset, name=name), "float")

    @classmethod
    def float_normalized(cls, name=None):
        """Returns a column of floats, shifted and scaled to mean 0 and variance 1."""
        name = _layer_name(name, "float_normalized")
        return Feature("float32", layers.Normalization(name=name), "float")

    @classmethod
    def float_discretized(
        cls, num_bins, bin_boundaries=None, output_mode="one_hot", name=None
    ):
        """Returns a column of floats, as numbers of ranges; see `Discretization`."""
        layer = layers.Discretization(
            bin_boundaries,
            num_bins if bin_boundaries is None else None,
            name=_layer_name(name, "float_discretized"),
        )
        return Feature("float32", layer, output_mode)

    @classmethod
    def integer_categorical(
        cls, max_tokens=None, num_oov_indices=1, output_mode="one_hot", name=None
    ):
        """Returns a column of ints, by their place in what was learned."""
        name = _layer_name(name, "integer_categorical")
        layer = layers.IntegerLookup(max_tokens, num_oov_indices, name=name)
        return Feature("int32", layer, output_mode)

    @classmethod
    def string_categorical(
        cls, max_tokens=None, num_oov_indices=1, output_mode="one_hot", name=None
    ):
        """Returns a column of strings, by their place in what was learned."""
        name = _layer_name(name, "string_categorical")
        layer = layers.StringLookup(max_tokens, num_oov_indices, name=name)
        return Feature("string", layer, output_mode)

    @classmethod
    def integer_hashed(cls, num_bins, output_mode="one_hot", name=None):
        """Returns a column of ints, by the bins that a hash puts them into."""
        name = _layer_name(name, "integer_hashed")
        return Feature("int32", layers.Hashing(num_bins, name=name), output_mode)

    @classmethod
    def string_hashed(cls, num_bins, output_mode="one_hot", name=None):
        """Returns a column of strings, by the bins that a hash puts them into."""
        name = _layer_name(name, "string_hashed")
        return Feature("string", layers.Hashing(num_bins, name=name), output_mode)

    # Learning and calling -------------------------------------------------------------

    def adapt(self, dataset):
        """Lets all layers that learn from data do so.

        Args:
            dataset: `Dataset` of dicts, rows or batches of them; or a dict of columns.
        """
        if isinstance(dataset, dict):
            batches = [dataset]
        elif isinstance(dataset, Dataset) or hasattr(dataset, "as_numpy_iterator"):
            first = next(iter(dataset))
            is_batched = isinstance(first, dict) and np.ndim(_value(first)) > 0
            batches = dataset if is_batched else dataset.batch(32)
        else:
            must = "be a Dataset of dicts, or a dict of columns"
            checks.fail(self, "dataset", dataset, must)
        for name, layer in self.preprocessors.items():
            if _learns(layer):
                layer.adapt(self._column(batch, name) for batch in batches)
        self._is_adapted = True
        self._encoded = None
        self.get_encoded_features()
        self.built = True

    def _column(self, batch, name: str) -> np.ndarray:
        """One column of a batch, of shape (rows, 1)."""
        self._check_names(batch)
        column = as_array(batch[name])
        if column.ndim > 1 and column.shape[1:] != (1,):
            must = "have shape (rows,), (rows, 1) or ()"
            checks.fail(self, f"data[{name!r}]", column.shape, must)
        return column.reshape(-1, 1)

    def _check_names(self, data) -> None:
        if not isinstance(data, dict):
            must = "be a dict of columns"
            checks.fail(self, "data", data, must, {k: [] for k in self.features})
        wrong = data.keys() ^ self.features.keys()
        if wrong:
            raise ValueError(
                f"{checks.owner_name(self)}: data must have the columns "
                f"{', '.join(self.features)}, got {', '.join(data)}. They differ in "
                f"{', '.join(sorted(wrong))}."
            )

    def get_inputs(self) -> dict:
        """Returns the columns as symbolic inputs of a model, by name."""
        self._check_adapted()
        return self._inputs

    def get_encoded_features(self):
        """Returns what the space makes of `get_inputs`, symbolically."""
        self._check_adapted()
        if self._encoded is None:
            self._encoded = self._joined(self._inputs)
        return self._encoded

    def _check_adapted(self) -> None:
        if not self._is_adapted:
            raise ValueError(
                f"{checks.owner_name(self)}: it has not seen data yet. Call "
                "adapt(dataset) first."
            )

    def __call__(self, data):
        """Encodes rows.

        Args:
            data: Dict of columns (lists, arrays, tensors), or of one row's values.

        Returns:
            Tensor of shape (rows, length), or a dict of them; of one row without the
            first axis.
        """
        self._check_adapted()
        self._check_names(data)
        if type(_value(data)) is KerasTensor:
            return self._joined(data)
        is_row = np.ndim(_value(data)) == 0
        columns = {k: Tensor(self._column(data, k)) for k in self.features}
        encoded = self._joined(columns)
        if not is_row:
            return encoded
        if isinstance(encoded, dict):
            return {k: ops.squeeze(x, 0) for k, x in encoded.items()}
        return ops.squeeze(encoded, 0)

    def _joined(self, columns: dict):
        """Prepares, crosses and encodes columns of shape (rows, 1)."""
        prepared = {k: layer(columns[k]) for k, layer in self.preprocessors.items()}
        done = {
            name: self._encode(name, self.features[name], prepared[name])
            for name in sorted(self.features)
        }
        for cross in self.crosses:
            crossed = self.crossers[cross.name](
                [prepared[k] for k in cross.feature_names]
            )
            done[cross.name] = self._encode(cross.name, cross, crossed)
        if self.output_mode == "dict":
            return done
        for name, x in done.items():
            if "int" in str(x.dtype):
                raise ValueError(
                    f"{checks.owner_name(self)}: {name!r} gives {x.dtype}, which "
                    "cannot stand beside floats in one vector. Use its "
                    "output_mode='one_hot', or output_mode='dict' for the space."
                )
        return done[name] if len(done) == 1 else ops.concatenate([*done.values()], -1)

    def _encode(self, name: str, kind: Feature | Cross, x):
        if kind.output_mode != "one_hot":
            return x
        if name not in self.one_hot_encoders:
            is_cross = isinstance(kind, Cross)
            depth = kind.crossing_dim if is_cross else kind.depth()
            self.one_hot_encoders[name] = layers.CategoryEncoding(
                depth, "one_hot", name=f"{name}_one_hot"
            )
        return self.one_hot_encoders[name](x)

    def get_config(self) -> dict:
        """Returns the constructor's arguments; what was learned is not among them."""
        describe = serialization.serialize_keras_object
        return {
            "features": {k: describe(f) for k, f in self.features.items()},
            "output_mode": self.output_mode,
            "crosses": [describe(cross) for cross in self.crosses],
            "crossing_dim": self.crossing_dim,
            "hashing_dim": self.hashing_dim,
            "num_discretization_bins": self.num_discretization_bins,
        }

    def get_build_config(self) -> dict | None:
        """Returns how the layers were built; None before there were data."""
        if not self._is_adapted:
            return None
        return {k: x.get_build_config() or {} for k, x in self.preprocessors.items()}

    def build_from_config(self, config: dict) -> None:
        """Makes the space ready for the state of one that has seen data."""
        for name, layer in self.preprocessors.items():
            if config.get(name) and not layer.built:
                layer.build_from_config(config[name])
        self._is_adapted = self.built = True

    def save(self, filepath):
        """Writes the space and what it learned to a `.keras` file.

        Args:
            filepath: Where to; `keras.models.load_model` reads it.
        """
        saving.save_model(self, filepath)


KINDS = (
    "float",
    "float_discretized",
    "float_normalized",
    "float_rescaled",
    "integer_categorical",
    "integer_hashed",
    "string_categorical",
    "string_hashed",
)


def _layer_name(name: str | None, kind: str) -> str:
    return f"{name or naming.auto_name(kind)}_preprocessor"


def _learns(layer: Layer) -> bool:
    """Whether a layer learns from data, and was not told already what to learn."""
    if not hasattr(layer, "adapt"):
        return False
    if isinstance(layer, AdaptingLayer):
        return layer.may_adapt()
    return True


def _value(data: dict):
    return next(iter(data.values()))
