"""Python source that shows itself in colours in a notebook."""

import html
import io
import keyword
import tokenize

__all__ = ["Source"]

# Dark enough for white paper, light enough for black.
_COLOURS = {"comment": "#2e7d32", "keyword": "#b34700", "string": "#0072b2"}


class Source(str):
    """Source text; a string like any other, and in notebooks a page in colours.

    >>> Source("x = 1  # one") == "x = 1  # one"
    True
    """

    __slots__ = ()

    def _repr_html_(self) -> str:
        return f"<pre>{_coloured(self)}</pre>"


def _coloured(text: str) -> str:
    lines = text.splitlines(keepends=True)
    parts, place = [], (1, 0)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        parts.append(html.escape(_between(lines, place, token.start)))
        place = token.end
        kind = _kind(token)
        word = html.escape(_between(lines, token.start, token.end))
        if kind:
            word = f'<span style="color:{_COLOURS[kind]}">{word}</span>'
        parts.append(word)
    return "".join(parts)


def _kind(token) -> str | None:
    if token.type == tokenize.COMMENT:
        return "comment"
    if token.type == tokenize.STRING:
        return "string"
    return "keyword" if keyword.iskeyword(token.string) else None


def _between(lines: list[str], start: tuple, end: tuple) -> str:
    """The text from one place to another; places are (line, column)."""
    (row, column), (last, stop) = start, end
    if row == last:
        return lines[row - 1][column:stop] if row <= len(lines) else ""
    found = [lines[row - 1][column:], *lines[row : last - 1]]
    return "".join(found) + (lines[last - 1][:stop] if last <= len(lines) else "")
