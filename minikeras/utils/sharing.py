"""Objects that occur twice in what is saved: written once more, known to be the same.

In a `shared_objects` block, the forms of an object that is described twice get its
number under `shared_object_id`; forms of one number become one object again.
"""

import threading
from contextlib import contextmanager

__all__ = ["find", "keep", "note", "shared_objects"]

KEY = "shared_object_id"
_local = threading.local()


@contextmanager
def shared_objects():
    """Remembers, for this block, what was described and made."""
    before = getattr(_local, "known", None)
    _local.known = {}
    try:
        yield
    finally:
        _local.known = before


def note(obj, form: dict) -> None:
    """Notes the form of an object; numbers both if there is one already."""
    known = getattr(_local, "known", None)
    if known is None:
        return
    _, first = known.setdefault(id(obj), (obj, form))
    if first is not form:
        first[KEY] = form[KEY] = id(obj)


def find(form: dict):
    """Returns the object made of another form with the same number, or None."""
    known = getattr(_local, "known", None) or {}
    return known.get(("made", form[KEY])) if KEY in form else None


def keep(form: dict, obj) -> None:
    """Notes which object was made of a form."""
    known = getattr(_local, "known", None)
    if known is not None and KEY in form:
        known["made", form[KEY]] = obj
