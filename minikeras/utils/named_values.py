"""`Config`: named values, as a dict and as attributes, that can be frozen."""

import json
from collections.abc import MutableMapping

__all__ = ["Config"]


class Config(MutableMapping):
    """Holds named values: `config.rate` is `config["rate"]`.

    Args:
        **kwargs: The values to begin with.

    >>> config = Config(learning_rate=0.1)
    >>> config.seed = 3
    >>> config["learning_rate"], config.to_json()
    (0.1, '{"learning_rate": 0.1, "seed": 3}')
    >>> config.freeze()
    >>> config.seed = 4
    Traceback (most recent call last):
    ValueError: Config: seed cannot change, the config is frozen. Try unfreeze() first.
    """

    def __init__(self, **kwargs):
        vars(self).update(_values=kwargs, _frozen=False)

    @property
    def frozen(self) -> bool:
        """Whether changes are refused."""
        return self._frozen

    def freeze(self) -> None:
        """Refuses changes from now on."""
        vars(self)["_frozen"] = True

    def unfreeze(self) -> None:
        """Allows changes again."""
        vars(self)["_frozen"] = False

    def as_dict(self) -> dict:
        """Returns the values as a new dict."""
        return dict(self._values)

    def to_json(self) -> str:
        """Returns the values as JSON; they must be plain ones."""
        return json.dumps(self._values)

    def get(self, keyname, value=None):
        """Returns the value of a name, or `value` if there is none."""
        return self._values.get(keyname, value)

    def pop(self, *args):
        """Takes a value out by its name and returns it, else the second argument."""
        return super().pop(*args)

    def update(self, *args, **kwargs):
        """Takes over values as `dict.update` does."""
        super().update(*args, **kwargs)

    def __getitem__(self, key):
        return self._values[key]

    def __setitem__(self, key, item) -> None:
        self._check_not_frozen(key)
        self._values[key] = item

    def __delitem__(self, key) -> None:
        self._check_not_frozen(key)
        del self._values[key]

    def __iter__(self):
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, name: str):
        values = vars(self).get("_values", {})  # not there yet while it is copied
        if name not in values:
            raise AttributeError(f"Config: there is no value {name!r}: {[*values]}.")
        return values[name]

    def __setattr__(self, name: str, value) -> None:
        if hasattr(type(self), name):
            raise AttributeError(
                f"Config: {name} is part of every config. Try config[{name!r}] = ..."
            )
        self[name] = value

    def __delattr__(self, name: str) -> None:
        if name not in self._values:
            raise AttributeError(f"Config: there is no value {name!r}.")
        del self[name]

    def __repr__(self) -> str:
        return f"<Config {self._values}>"

    def _check_not_frozen(self, key) -> None:
        if self._frozen:
            raise ValueError(
                f"Config: {key} cannot change, the config is frozen. Try unfreeze() "
                "first."
            )
