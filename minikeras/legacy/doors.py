"""The doors: whoever meets an old spelling comes in here before an error is raised.

`open_constructor` and `open_function` let a class or function be called by the old
names of its arguments; `find_attribute` knows where the old names of a module lead.
None of this costs anything until a name is missing. Each use of an old spelling gives
one `DeprecationWarning` per call site with the modern call, ready to paste.
"""

import functools
import importlib
import sys
import warnings

from ..utils import checks, configurable
from ..utils.lazy import LazyModule

__all__ = [
    "MISSING",
    "describe_call",
    "find_attribute",
    "find_word",
    "initializer_of",
    "old_attribute",
    "open_add_weight",
    "open_attributes",
    "open_compile",
    "open_constructor",
    "open_function",
    "open_initializer",
    "open_layer_class",
    "renamed",
    "warn",
]

_ROOT = __name__.split(".")[0]
calls = LazyModule(f"{__package__}.calls")  # late: they are hardly ever asked
paths = LazyModule(f"{__package__}.paths")
spellings = LazyModule(f"{__package__}.spellings")

MISSING = object()
_DOORS = tuple(
    f"{_ROOT}.{name}"
    for name in ("legacy.doors", "legacy.importing", "utils.lazy", "utils")
)
_PASSING = ("<frozen ", "<string>")  # frames of the import machinery, of dataclasses


def warn(message: str) -> None:
    """Gives a DeprecationWarning for the line outside of this package that asked."""
    frame = sys._getframe(1)
    while frame.f_back is not None and _is_inside(frame):
        frame = frame.f_back
    place = frame.f_globals
    warnings.warn_explicit(
        message,
        DeprecationWarning,
        filename=frame.f_code.co_filename,
        lineno=frame.f_lineno,
        module=place.get("__name__", "<unknown>"),
        registry=place.setdefault("__warningregistry__", {}),
    )


def _is_own_import() -> bool:
    """Whether a file of this package looks for a submodule: that is no old name."""
    frame = sys._getframe(1)
    while frame.f_back is not None and (
        frame.f_code.co_filename.startswith(_PASSING)
        or frame.f_globals.get("__name__") in _DOORS
    ):
        frame = frame.f_back
    return _is_inside(frame)


def _is_inside(frame) -> bool:
    name = frame.f_globals.get("__name__") or ""
    is_ours = name == _ROOT or name.startswith(f"{_ROOT}.")
    return is_ours or frame.f_code.co_filename.startswith(_PASSING)


# Arguments that must be given today and had a default before Keras 3.
_OLD_DEFAULTS = {
    "AveragePooling1D": ("pool_size", 2),
    "AveragePooling2D": ("pool_size", (2, 2)),
    "AveragePooling3D": ("pool_size", (2, 2, 2)),
}


def _with_default(init, name: str, value):
    @functools.wraps(init)
    def made(self, *args, **kwargs):
        if not args and name not in kwargs:
            kwargs = {name: value, **kwargs}
            call = describe_call(type(self).__name__, (), kwargs)
            warn(f"{name} has no default today. Write {call}.")
        init(self, *args, **kwargs)

    return made


def _with_sides(init):
    """Lets a layer take its padding as Keras 1 did: `{"top_pad": 1}`."""

    @functools.wraps(init)
    def made(self, *args, **kwargs):
        given = {"padding": args[0]} if args else kwargs
        if isinstance(given.get("padding"), dict):
            name = type(self).__name__
            kwargs = spellings.modernized(name, {**kwargs, **given})[1]
            args = ()
            warn(f"Old spelling of {name}. Write {describe_call(name, (), kwargs)}.")
        init(self, *args, **kwargs)

    return made


_SIDED = ("ZeroPadding1D", "ZeroPadding2D")
_VARKEYWORDS = 8  # inspect.CO_VARKEYWORDS; the module takes long to import
_FIRST = ("input_shape", "batch_input_shape", "batch_size")  # every layer takes them


def open_constructor(cls: type) -> type:
    """Lets a class be made with the old names of its arguments; a decorator."""
    if cls.__init__ is object.__init__:
        return cls
    if cls.__name__ in _OLD_DEFAULTS:
        cls.__init__ = _with_default(cls.__init__, *_OLD_DEFAULTS[cls.__name__])
    if cls.__name__ in _SIDED:
        cls.__init__ = _with_sides(cls.__init__)
    more = _FIRST if hasattr(cls, "compute_output_shape") else ()
    cls.__init__ = _opened(
        cls.__init__,
        cls.__name__,
        lambda: frozenset((*configurable.argument_names(cls), *more)),
    )
    return cls


def open_attributes(**names: str):
    """Lets attributes be read and set by their old names; a decorator of classes.

    Args:
        **names: Old name -> what it is called today.
    """

    def decorated(cls: type) -> type:
        for old, modern in names.items():
            setattr(cls, old, _old_attribute(cls.__name__, old, modern))
        return cls

    return decorated


def _old_attribute(owner: str, old: str, modern: str) -> property:
    def say():
        warn(f"{owner}.{old} is {owner}.{modern} today.")

    def read(self):
        say()
        return getattr(self, modern)

    def write(self, value):
        say()
        setattr(self, modern, value)

    return property(read, write, doc=f"The old name of `{modern}`.")


def open_layer_class(cls: type) -> None:
    """Lets a layer of one's own have the methods that it had in Keras 1."""
    own = vars(cls)
    if "get_output_shape_for" in own and "compute_output_shape" not in own:
        cls.compute_output_shape = own["get_output_shape_for"]


_ADD_WEIGHT = ("name", "shape", "dtype", "initializer", "regularizer", "trainable")


def open_add_weight(method):
    """Lets `add_weight` take its arguments in the order of Keras 2: the name first."""

    @functools.wraps(method)
    def opened(self, *args, **kwargs):
        if args and isinstance(args[0], str):
            named = dict(zip((*_ADD_WEIGHT, "constraint"), args, strict=False))
            call = describe_call("self.add_weight", (), {**named, **kwargs})
            warn(f"The shape comes first today. Write {call}.")
            return method(self, **named, **kwargs)
        return method(self, *args, **kwargs)

    return opened


def open_compile(method):
    """Lets `compile` take the metrics in third place, as Keras 2 did."""

    @functools.wraps(method)
    def opened(self, *args, **kwargs):
        if len(args) > 2 and "metrics" not in kwargs and _are_metrics(args[2]):
            weights = {"loss_weights": args[3]} if len(args) > 3 else {}
            kwargs, args = {"metrics": args[2], **weights, **kwargs}, args[:2]
            warn(f"Metrics go by name. Write {describe_call('compile', args, kwargs)}.")
        return method(self, *args, **kwargs)

    return opened


def _are_metrics(value) -> bool:
    while isinstance(value, (list, tuple, dict)) and value:
        value = next(iter(value.values())) if isinstance(value, dict) else value[0]
    return isinstance(value, str) or callable(value) or hasattr(value, "update_state")


def open_initializer(cls: type) -> None:
    """Lets an initializer make a variable, as Keras 1 did: `init(shape, name="W")`."""
    draw = cls.__call__

    @functools.wraps(draw)
    def opened(self, shape, *args, **kwargs):
        if "name" not in kwargs:
            return draw(self, shape, *args, **kwargs)
        name = kwargs.pop("name")
        warn("An initializer has no name today: self.add_weight(shape, initializer).")
        backend = importlib.import_module(f"{_ROOT}.backend")
        return backend.variable(draw(self, shape, *args, **kwargs), name=name)

    cls.__call__ = opened


def initializer_of(function):
    """Returns a function `(shape, dtype)` for one of Keras 1: `(shape, name=None)`."""
    code = getattr(function, "__code__", None)
    if code is None or code.co_flags & 12:  # it takes any arguments
        return function
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    if "dtype" in names or "name" not in names:
        return function

    @functools.wraps(function)
    def drawn(shape, dtype=None):
        return function(shape)

    return drawn


def open_function(table: str, skip: int = 0):
    """Lets a function be called by the old names of its arguments; a decorator.

    Args:
        table: The function's name in the tables: `"Model.fit"`.
        skip: Arguments in front that the modern call is printed without: 1 for `self`.
    """
    return lambda function: _opened(function, table, lambda: _names(function), skip)


def _opened(function, owner: str, names_of, skip: int = 1):
    known: set[str] = set()

    @functools.wraps(function)
    def opened(*args, **kwargs):
        if not known.issuperset(kwargs):  # at the first call, nothing is known
            known.update(names_of())
            if not known.issuperset(kwargs):
                kwargs = _modern_keywords(owner, args, kwargs, skip)
                _refuse_unknown(owner, function, kwargs, known)
        return function(*args, **kwargs)

    return opened


def _refuse_unknown(owner: str, function, kwargs: dict, known: set) -> None:
    """Fails for a keyword that was never one, with the name that it is near to."""
    code = getattr(function, "__code__", None)
    takes_any = code is None or code.co_flags & _VARKEYWORDS
    name = next((x for x in kwargs if x not in known), None)
    if name is not None and not takes_any:
        raise TypeError(
            f"{owner.rpartition('.')[2]}: unknown argument {name!r}. "
            f"{checks.did_you_mean(name, known - {'self'})}"
        )


def _names(function) -> frozenset:
    code = function.__code__
    return frozenset(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])


def _modern_keywords(owner: str, args: tuple, kwargs: dict, skip: int) -> dict:
    """Returns keyword arguments in today's spelling, with a warning if they differ."""
    subject = args[0] if skip and args else None
    modern, reasons = calls.modern_call(owner, args[skip:], kwargs, subject)
    if modern.keys() != kwargs.keys():
        name = owner.rpartition(".")[2]
        call = describe_call(name, args[skip:], modern)
        warn(" ".join([f"Old spelling of {name}. Write {call}.", *reasons]))
    return modern


def describe_call(name: str, args, kwargs: dict) -> str:
    """Returns a call as source, for pasting.

    >>> describe_call("Dense", (3,), {"use_bias": False})
    'Dense(3, use_bias=False)'
    """
    parts = [_shown(x) for x in args]
    parts += [f"{key}={_shown(value)}" for key, value in kwargs.items()]
    return f"{name}({', '.join(parts)})"


def _shown(value) -> str:
    """A value as source, as far as it can be told: objects as `L2(...)`."""
    if isinstance(value, (list, tuple)):
        items = ", ".join(map(_shown, value))
        if isinstance(value, list):
            return f"[{items}]"
        return f"({items},)" if len(value) == 1 else f"({items})"
    if callable(value) and hasattr(value, "__name__"):
        return value.__name__
    if isinstance(value, dict) and "class_name" in value:
        return describe_call(value["class_name"], (), value.get("config") or {})
    if isinstance(value, (str, int, float, bool, dict, type(None))):
        text = repr(value)
        return text if len(text) <= 60 else "..."
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        return repr(value.item())
    return "..." if hasattr(value, "shape") else f"{type(value).__name__}(...)"


def renamed(owner: str, names) -> list[str]:
    """Returns what the arguments of a class are called today, without a word."""
    return [calls.modern_argument(owner, name) for name in names]


def find_word(kind: str, word: str) -> str | None:
    """Returns what an old word for a layer, loss or the like is today, or None.

    Args:
        kind: What the word stands for: "loss", "constraint".
        word: The word.
    """
    modern = calls.modern_word(kind, word)
    if modern is not None:
        warn(f"The {kind} {word!r} is called {modern!r} today.")
    return modern


def find_attribute(package: str, name: str):
    """Returns what an old name in a module of ours stands for today.

    Args:
        package: Full name of the module: `"minikeras.regularizers"`.
        name: The name that it does not have.

    Raises:
        AttributeError: it never had it.
    """
    is_dunder = name.startswith("__")
    found = MISSING if is_dunder or _is_own_import() else old_attribute(package, name)
    if found is MISSING:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    return found


def old_attribute(package: str, name: str):
    """Returns what an old name in a module of ours stands for today, or MISSING."""
    module = package.partition(".")[2]
    target = paths.target_of(module, name)
    if target is None and f"{module}.{name}".lstrip(".") in paths.MODULES:
        return importlib.import_module(f"{package}.{name}")
    if target is None:
        return MISSING
    home, modern, is_renamed = target
    if is_renamed:
        warn(f"{package}.{name} is {_ROOT}.{home}.{modern} today.")
    return getattr(importlib.import_module(f"{_ROOT}.{home}"), modern)
