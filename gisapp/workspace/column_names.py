"""What speaks of a column by its name follows when the name changes."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, Final, TypeVar

from gisapp.model.expression.syntax import KEYWORDS, ExpressionError, quote, tokens

T = TypeVar("T")

#: Attributes of a style that name a column.
_NAMING: Final = frozenset({"field", "label_field", "ramp", "weight", "priority"})
#: The one that names columns in braces, or is a column's name itself.
_TEMPLATE: Final = "text"


def expression_with(text: str, old: str, new: str) -> str:
    """Return an expression that reads a column under its new name."""
    try:
        found = tokens(text)
    except ExpressionError:
        return text
    for i in range(len(found) - 1, -1, -1):  # from the end, so that places hold
        token = found[i]
        called = i + 1 < len(found) and found[i + 1].is_mark("(")
        bare = token.kind == "word" and token.text.lower() not in KEYWORDS and not called
        name = token.text[1:-1].replace('""', '"') if token.kind == "quoted" else token.text
        if (bare or token.kind == "quoted") and name == old:
            text = text[: token.at] + quote(new) + text[token.end :]
    return text


def style_with(style: T, old: str, new: str) -> T:
    """Return a style, or a part of one, that reads a column under its new name."""
    if not is_dataclass(style) or isinstance(style, type):
        return style
    changes: dict[str, Any] = {}
    for each in fields(style):
        value = getattr(style, each.name)
        if each.name in _NAMING and value == old:
            changes[each.name] = new
        elif each.name == _TEMPLATE and isinstance(value, str):
            swapped = new if value == old else value.replace(f"{{{old}}}", f"{{{new}}}")
            if swapped != value:
                changes[each.name] = swapped
        elif is_dataclass(value):
            inner = style_with(value, old, new)
            if inner != value:
                changes[each.name] = inner
    return replace(style, **changes) if changes else style
