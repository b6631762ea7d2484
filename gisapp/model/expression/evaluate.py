"""Expressions worked out for the rows of a layer: checked first, then in slices.

Missing values follow SQL: what is compared with nothing is neither true nor false, and a filter
lets through what is true.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from gisapp.model.expression import functions
from gisapp.model.expression.functions import DISTANCE, FUNCTIONS, VARIABLES, Function
from gisapp.model.expression.nodes import (
    Among,
    Between,
    Binary,
    Call,
    Case,
    Like,
    Literal,
    Missing,
    Name,
    Node,
    Unary,
    Variable,
)
from gisapp.model.expression.operators import (
    among,
    arithmetic,
    compared,
    conjunction,
    liked,
    negated,
)
from gisapp.model.expression.places import PLACES, Part, Run
from gisapp.model.expression.syntax import ExpressionError, parse, text_literal
from gisapp.model.expression.values import (
    Kind,
    Mask,
    Values,
    constant,
    kind_of,
    numbers,
    of_column,
    to_column,
)
from gisapp.model.features import Column, Features
from gisapp.model.feedback import Feedback
from gisapp.model.geodesy import distance_km
from gisapp.model.rows import Rows

#: Rows worked on between two looks at the cancel flag.
_SLICE: Final = 20_000


@dataclass(frozen=True, eq=False)
class _Made:
    """A part of an expression that was checked: its kind, its work, its value if it is one."""

    kind: Kind
    run: Run
    value: Any = None
    is_constant: bool = False


def kinds_of(features: Features) -> dict[str, Kind]:
    """Return the kinds of the columns by name."""
    return {name: kind_of(column) for name, column in features.columns.items()}


def kind_of_expression(text: str, kinds: Mapping[str, Kind]) -> Kind:
    """Return what an expression gives, without working it out.

    Raises
    ------
    ExpressionError
        With the place of what is wrong.
    """
    return _Check(kinds).made(parse(text)).kind


def check_condition(text: str, kinds: Mapping[str, Kind]) -> None:
    """Refuse what is no condition; raises `ExpressionError` with the place of what is wrong."""
    kind = kind_of_expression(text, kinds)
    if kind not in {Kind.TRUTH, Kind.NOTHING}:
        raise ExpressionError(
            f"This gives a {kind.value}, and a condition is wanted.",
            "Compare it with something: capacity > 1000.",
            0,
            len(text),
        )


def holding(text: str, features: Features, *, feedback: Feedback | None = None) -> Mask:
    """Return for which features a condition holds, shape (n,); raises `ExpressionError`."""
    check_condition(text, kinds_of(features))
    _, found = _work(text, features, None, feedback)
    return np.asarray(found.values.astype(bool) & found.known)


def calculated(
    text: str, features: Features, rows: Rows | None = None, *, feedback: Feedback | None = None
) -> tuple[Kind, Column]:
    """Return what an expression gives for these rows, or for all of them.

    Returns
    -------
    Kind
        Of the values.
    numpy.ndarray
        A column as features hold it, shape (n,).

    Raises
    ------
    ExpressionError
        With the place of what is wrong.
    """
    kind, found = _work(text, features, rows, feedback)
    return kind, to_column(kind, found)


def _work(
    text: str, features: Features, rows: Rows | None, feedback: Feedback | None
) -> tuple[Kind, Values]:
    made = _Check(kinds_of(features)).made(parse(text))
    feedback = feedback or Feedback()
    total = len(features) if rows is None else len(rows)
    parts: list[Values] = []
    for start in range(0, total, _SLICE):
        feedback.check(start / total, "Working out the expression")
        end = min(start + _SLICE, total)
        here = slice(start, end) if rows is None else rows[start:end]
        parts.append(made.run(Part(features, here, end - start, feedback)))
    if not parts:
        return made.kind, constant(made.kind, None, 0)
    feedback.check(1.0)
    values = np.concatenate([part.values for part in parts])
    return made.kind, Values(values, np.concatenate([part.known for part in parts]))


class _Check:
    """Makes of a tree what works it out, and refuses what does not fit together."""

    def __init__(self, kinds: Mapping[str, Kind]) -> None:
        self._kinds = kinds

    def made(self, node: Node) -> _Made:
        match node:
            case Literal():
                return _literal(node.value)
            case Name():
                return self._column(node)
            case Variable():
                return _variable(node)
            case Unary():
                return self._unary(node)
            case Binary(operator="and" | "or"):
                return self._logic(node)
            case Binary(operator="+" | "-" | "*" | "/" | "%" | "||"):
                return self._arithmetic(node)
            case Binary():
                left, right = self._comparable(node.left, node.right)
                return _truth(lambda part: compared(node.operator, left.run(part), right.run(part)))
            case Between():
                return self._between(node)
            case Among():
                return self._among(node)
            case Like():
                return self._like(node)
            case Missing():
                return self._missing(node)
            case Case():
                return self._case(node)
            case Call():
                return self._call(node)
        raise ExpressionError("This cannot be worked out.", "", node.at, node.end)

    # names

    def _column(self, node: Name) -> _Made:
        name = node.name
        if name not in self._kinds:
            alike = [known for known in self._kinds if known.lower() == name.lower()]
            if len(alike) != 1:
                raise self._unknown(node)
            name = alike[0]
        return _Made(
            self._kinds[name], lambda part: of_column(part.features.columns[name][part.rows])
        )

    def _unknown(self, node: Name) -> ExpressionError:
        near = nearest_name(node.name, self._kinds)
        text = f"Text stands in single quotes: {text_literal(node.name)}."
        hint = f"Did you mean {near}?" if near is not None and not node.quoted else text
        return ExpressionError(f"No column is called {node.name}.", hint, node.at, node.end)

    # conditions

    def _condition(self, node: Node) -> _Made:
        made = self.made(node)
        if made.kind in {Kind.TRUTH, Kind.NOTHING}:
            return made
        raise ExpressionError(
            f"A condition is wanted here, and this is a {made.kind.value}.",
            "Compare it with something: capacity > 1000.",
            node.at,
            node.end,
        )

    def _logic(self, node: Binary) -> _Made:
        left, right = self._condition(node.left), self._condition(node.right)
        both = node.operator == "and"
        return _truth(lambda part: conjunction(left.run(part), right.run(part), both=both))

    def _unary(self, node: Unary) -> _Made:
        if node.operator == "not":
            inner = self._condition(node.operand)
            return _truth(lambda part: negated(inner.run(part)))
        number = self._of(node.operand, Kind.NUMBER)
        if number.is_constant and number.value is not None:
            return _literal(-number.value)

        def run(part: Part) -> Values:
            given = number.run(part)
            return Values(-given.values, given.known)

        return _Made(Kind.NUMBER, run)

    def _comparable(self, *nodes: Node) -> tuple[_Made, ...]:
        """Return parts of one kind; a text beside dates is read as a date."""
        parts = [self.made(node) for node in nodes]
        kinds = {part.kind for part in parts} - {Kind.NOTHING}
        if kinds == {Kind.DATE, Kind.TEXT}:
            parts = [
                _date(part, node) if part.kind is Kind.TEXT else part
                for part, node in zip(parts, nodes, strict=True)
            ]
            kinds = {Kind.DATE}
        if len(kinds) > 1:
            first = next(i for i, part in enumerate(parts) if part.kind is not Kind.NOTHING)
            other = next(
                i
                for i, part in enumerate(parts)
                if part.kind not in {Kind.NOTHING, parts[first].kind}
            )
            raise ExpressionError(
                f"A {parts[first].kind.value} and a {parts[other].kind.value} cannot be compared.",
                _conversion(parts[first].kind, parts[other].kind),
                nodes[other].at,
                nodes[other].end,
            )
        kind = next(iter(kinds), Kind.NOTHING)
        return tuple(_as(part, kind) for part in parts)

    def _between(self, node: Between) -> _Made:
        value, low, high = self._comparable(node.operand, node.low, node.high)

        def run(part: Part) -> Values:
            given = value.run(part)
            above = compared(">=", given, low.run(part))
            inside = conjunction(above, compared("<=", given, high.run(part)), both=True)
            return negated(inside) if node.negated else inside

        return _truth(run)

    def _among(self, node: Among) -> _Made:
        value, *items = self._comparable(node.operand, *node.items)
        if all(item.is_constant for item in items):
            fixed = [item.value for item in items]

            def chosen(part: Part) -> Values:
                found = among(value.run(part), fixed)
                return negated(found) if node.negated else found

            return _truth(chosen)

        def run(part: Part) -> Values:
            given = value.run(part)
            found = compared("=", given, items[0].run(part))
            for item in items[1:]:
                found = conjunction(found, compared("=", given, item.run(part)), both=False)
            return negated(found) if node.negated else found

        return _truth(run)

    def _like(self, node: Like) -> _Made:
        text, pattern = self._of(node.operand, Kind.TEXT), self._of(node.pattern, Kind.TEXT)

        def run(part: Part) -> Values:
            found = liked(text.run(part), pattern.run(part), folded=node.folded)
            return negated(found) if node.negated else found

        return _truth(run)

    def _missing(self, node: Missing) -> _Made:
        inner = self.made(node.operand)

        def run(part: Part) -> Values:
            known = inner.run(part).known
            return Values(known if node.negated else ~known, np.ones(len(known), dtype=bool))

        return _truth(run)

    # values

    def _of(self, node: Node, kind: Kind) -> _Made:
        """Return a part that must be of a kind; a text is read as a date where one is wanted."""
        made = self.made(node)
        if made.kind in {kind, Kind.NOTHING}:
            return _as(made, kind)
        if kind is Kind.DATE and made.kind is Kind.TEXT:
            return _date(made, node)
        raise ExpressionError(
            f"A {kind.value} is wanted here, and this is a {made.kind.value}.",
            _conversion(kind, made.kind),
            node.at,
            node.end,
        )

    def _arithmetic(self, node: Binary) -> _Made:
        if node.operator == "||":
            left, right = self._of(node.left, Kind.TEXT), self._of(node.right, Kind.TEXT)
            join = functions.on_texts(functions.joined)
            return _Made(Kind.TEXT, lambda part: join(left.run(part), right.run(part)))
        if node.operator == "+" and self.made(node.left).kind is Kind.TEXT:
            raise ExpressionError(
                "Texts are not added with +.", "Join them with ||.", node.left.at, node.right.end
            )
        one, other = self._of(node.left, Kind.NUMBER), self._of(node.right, Kind.NUMBER)
        return _Made(
            Kind.NUMBER, lambda part: arithmetic(node.operator, one.run(part), other.run(part))
        )

    def _case(self, node: Case) -> _Made:
        conditions = [self._condition(condition) for condition, _ in node.branches]
        results = [result for _, result in node.branches]
        if node.otherwise is not None:
            results.append(node.otherwise)
        values = self._comparable(*results)
        kind = values[0].kind

        def run(part: Part) -> Values:
            given = constant(kind, None, part.count)
            held, known = given.values, given.known
            open_ = np.ones(part.count, dtype=bool)
            for condition, value in zip(conditions, values, strict=False):
                asked = condition.run(part)
                take = open_ & asked.known & asked.values.astype(bool)
                held, known = _put(held, known, take, value.run(part))
                open_ &= ~take
            if len(values) > len(conditions):
                held, known = _put(held, known, open_, values[-1].run(part))
            return Values(held, known)

        return _Made(kind, run)

    def _call(self, node: Call) -> _Made:
        if node.name == DISTANCE:
            return self._distance(node)
        function = FUNCTIONS.get(node.name)
        if function is None:
            near = nearest_name(node.name, (*FUNCTIONS, DISTANCE))
            hint = f"Did you mean {near}?" if near else "The functions are listed as you type."
            raise ExpressionError(
                f"No function is called {node.name}.", hint, node.at, node.at + len(node.name)
            )
        _check_count(
            node, function.fewest, len(function.arguments), function.signature, function.more
        )
        parts = self._arguments(node, function)
        kind = function.result
        if kind is None:
            kind = next(
                (part.kind for part in parts if part.kind is not Kind.NOTHING), Kind.NOTHING
            )
        if any(part.kind is Kind.NOTHING for part in parts) and not function.missing:
            nothing = kind
            return _Made(kind, lambda part: constant(nothing, None, part.count))
        return _Made(kind, lambda part: function.work(*(each.run(part) for each in parts)))

    def _arguments(self, node: Call, function: Function) -> list[_Made]:
        if function.more:
            return list(self._comparable(*node.arguments))
        wanted = function.arguments[: len(node.arguments)]
        return [
            self.made(given) if kind is None else self._of(given, kind)
            for given, kind in zip(node.arguments, wanted, strict=True)
        ]

    def _distance(self, node: Call) -> _Made:
        _check_count(node, 2, 2, functions.DISTANCE_SIGNATURE, False)
        lon, lat = (self._of(each, Kind.NUMBER) for each in node.arguments)

        def run(part: Part) -> Values:
            x, y = lon.run(part), lat.run(part)
            known = x.known & y.known & (np.abs(y.values) <= 90.0)
            there = np.column_stack([x.values, y.values]).astype(np.float64)
            there[~known] = np.nan
            return numbers(distance_km(part.features.lonlat[part.rows], there), known)

        return _Made(Kind.NUMBER, run)


def nearest_name(word: str, known: Any) -> str | None:
    """Return the name that a mistyped one may mean, None where none is near."""
    lower = {name.lower(): name for name in known}
    near = difflib.get_close_matches(word.lower(), lower, n=1, cutoff=0.6)
    return lower[near[0]] if near else None


def _check_count(node: Call, fewest: int, most: int, signature: str, more: bool) -> None:
    count = len(node.arguments)
    if count < max(fewest, 1) or (count > most and not more):
        raise ExpressionError(
            f"{node.name} does not take {count} values.", f"Write {signature}.", node.at, node.end
        )


def _truth(run: Run) -> _Made:
    return _Made(Kind.TRUTH, run)


def _literal(value: Any) -> _Made:
    if value is None:
        kind = Kind.NOTHING
    elif isinstance(value, bool):
        kind = Kind.TRUTH
    else:
        kind = Kind.TEXT if isinstance(value, str) else Kind.NUMBER
    return _Made(kind, lambda part: constant(kind, value, part.count), value, is_constant=True)


def _as(part: _Made, kind: Kind) -> _Made:
    """Return a part as of a kind: nothing is of any."""
    if part.kind is kind:
        return part
    return _Made(kind, lambda each: constant(kind, None, each.count), None, is_constant=True)


def _date(part: _Made, node: Node) -> _Made:
    """Return a text as a date; one that stands in the expression must be one."""
    if not part.is_constant:
        work = FUNCTIONS["date"].work
        return _Made(Kind.DATE, lambda each: work(part.run(each)))
    day = functions.day_of(part.value)
    if day is None:
        raise ExpressionError(
            f"{text_literal(part.value)} is no date.",
            "Write a date as '2024-05-31'.",
            node.at,
            node.end,
        )
    return _Made(
        Kind.DATE, lambda each: constant(Kind.DATE, day, each.count), day, is_constant=True
    )


def _conversion(wanted: Kind, given: Kind) -> str:
    if given is Kind.TEXT and wanted is Kind.NUMBER:
        return "Make a number of a text with number(\u2026)."
    if given is Kind.NUMBER and wanted is Kind.TEXT:
        return "Make a text of a number with text(\u2026), or leave out the quotes."
    return f"Write a {wanted.value} here."


def _put(held: Column, known: Mask, take: Mask, given: Values) -> tuple[Column, Mask]:
    kind = np.result_type(held, given.values)
    held = held.astype(kind) if held.dtype != kind else held
    held[take] = given.values[take]
    known[take] = given.known[take]
    return held, known


def _variable(node: Variable) -> _Made:
    if node.name not in VARIABLES:
        near = nearest_name(node.name, VARIABLES)
        raise ExpressionError(
            f"Nothing of a feature is called {node.name}.",
            f"Did you mean {near}?" if near else f"There are {', '.join(VARIABLES)}.",
            node.at,
            node.end,
        )
    return _Made(Kind.NUMBER, PLACES[node.name])
