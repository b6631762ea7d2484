"""The words of a page: titles, footer, notes, and what is read to people who do not see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from gisapp.render.drawn import drawn_rows
from gisapp.render.layout import PageText
from gisapp.render.picture import Picture
from gisapp.render.scene import plain

BOUNDARIES: Final = (
    "Boundaries: Natural Earth; they imply no opinion on the legal status of any territory."
)
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


def page_text(picture: Picture) -> PageText:
    """Return the texts of a page: sources, the day it shows, and a word on boundaries."""
    return PageText(
        title=picture.title,
        subtitle=picture.subtitle,
        sources=source_line(picture.sources),
        fine_print=(f"As of {long_date(picture.as_of)}", BOUNDARIES),
    )


def source_line(sources: Sequence[str]) -> tuple[str, ...]:
    """Return sources as a footer names them."""
    if not sources:
        return ()
    return (f"{'Source' if len(sources) == 1 else 'Sources'}: {sources[0]}", *sources[1:])


def notes_text(picture: Picture) -> str:
    """Return the notes of a page: what is shown, the method, every source."""
    parts = [picture.title, picture.subtitle, picture.caption, picture.notes]
    if picture.sources:
        parts.append("Sources:\n" + "\n".join(f"- {source}" for source in picture.sources))
    parts.append(f"As of {picture.as_of.isoformat()}. Made with gisapp.")
    return plain("\n\n".join(part for part in parts if part))


def long_date(day: date) -> str:
    """Return a date as "22 Nov 2026", the same in every locale."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def alt_text(picture: Picture) -> str:
    """Return a page in words for people who do not see it."""
    layers = ", ".join(f"{len(drawn_rows(d))} {d.layer.name}" for d in picture.layers)
    return " ".join(part for part in (f"{picture.title}.", picture.subtitle, layers) if part)
