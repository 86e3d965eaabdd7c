"""A table in box characters, for `summary`: column widths, wrapping, borders."""

import re

__all__ = ["draw_table"]


def draw_table(columns: list, rows: list, cuts: list) -> str:
    """Returns a table as text.

    Args:
        columns: (header, alignment) of each column; alignments are those of format
            specs: "<", ">", "^".
        rows: Lists of texts, one per column.
        cuts: Where each column ends, in characters; the last is the table's width.

    >>> print(draw_table([("Layer", "<"), ("Params", ">")], [["fc", "12"]], [9, 19]))
    ┏━━━━━━━┳━━━━━━━━━┓
    ┃ Layer ┃  Params ┃
    ┡━━━━━━━╇━━━━━━━━━┩
    │ fc    │      12 │
    └───────┴─────────┘
    """
    widths = _widths(cuts)
    alignments = [alignment for _, alignment in columns]
    header = _row([title for title, _ in columns], widths, alignments, "┃")
    lines = [_rule("┏━┳┓", widths), header, _rule("┡━╇┩", widths)]
    for i, row in enumerate(rows):
        if i:
            lines.append(_rule("├─┼┤", widths))
        lines.append(_row(row, widths, alignments, "│"))
    return "\n".join([*lines, _rule("└─┴┘", widths)])


def _widths(cuts: list) -> list[int]:
    """Returns the columns' widths between borders, which cost one character each."""
    widths = [end - start - 1 for start, end in zip([0, *cuts], cuts, strict=False)]
    widths[-2] -= 1  # there is one border more than there are columns
    return [max(width, 3) for width in widths]


def _rule(characters: str, widths: list) -> str:
    left, line, middle, right = characters
    return left + middle.join(line * width for width in widths) + right


def _row(cells: list, widths: list, alignments: list, border: str) -> str:
    wrapped = [_wrap(cell, w - 2) for cell, w in zip(cells, widths, strict=True)]
    lines = []
    for i in range(max(map(len, wrapped))):
        texts = [
            f" {lines_[i] if i < len(lines_) else '':{alignment}{width - 2}} "
            for lines_, width, alignment in zip(
                wrapped, widths, alignments, strict=True
            )
        ]
        lines.append(border + border.join(texts) + border)
    return "\n".join(lines)


def _wrap(text: str, width: int) -> list[str]:
    """Breaks a text between words; a word that is too long ends in `…`."""
    lines = [""]
    for word in re.findall(r"\s*\S+\s*", text):
        if lines[-1] and len(lines[-1]) + len(word.rstrip()) > width:
            lines.append("")
        lines[-1] += word
    return [_clip(line.rstrip(), width) for line in lines]


def _clip(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - 1] + "…"
