"""The parts that an expression is made of, and where each stands in the text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Node:
    """A part of an expression; `at` and `end` are the slice of the text that it came from."""

    at: int
    end: int


@dataclass(frozen=True)
class Literal(Node):
    """A number, a text, true, false or null."""

    value: int | float | str | bool | None


@dataclass(frozen=True)
class Name(Node):
    """A column; `quoted` where it stood in double quotes."""

    name: str
    quoted: bool = False


@dataclass(frozen=True)
class Variable(Node):
    """What follows from the place of a feature: `$area_km2`."""

    name: str


@dataclass(frozen=True)
class Unary(Node):
    """`not` or `-` before something."""

    operator: str
    operand: Node


@dataclass(frozen=True)
class Binary(Node):
    """Two parts and what stands between them."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True)
class Among(Node):
    """`x in (a, b)`, or `not in`."""

    operand: Node
    items: tuple[Node, ...]
    negated: bool


@dataclass(frozen=True)
class Between(Node):
    """`x between low and high`, both ends included, or `not between`."""

    operand: Node
    low: Node
    high: Node
    negated: bool


@dataclass(frozen=True)
class Like(Node):
    """`x like pattern`: % stands for any letters, _ for one; `folded` takes any case."""

    operand: Node
    pattern: Node
    negated: bool
    folded: bool


@dataclass(frozen=True)
class Missing(Node):
    """`x is null`, or `is not null`."""

    operand: Node
    negated: bool


@dataclass(frozen=True)
class Case(Node):
    """`case when a then b ... else c end`; without `else` the rest is missing."""

    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node | None


@dataclass(frozen=True)
class Call(Node):
    """A function and what it is given."""

    name: str
    arguments: tuple[Node, ...]


def children(node: Node) -> tuple[Node, ...]:
    """Return the parts that a part of an expression is made of."""
    match node:
        case Unary(operand=operand) | Missing(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return left, right
        case Among(operand=operand, items=items):
            return operand, *items
        case Between(operand=operand, low=low, high=high):
            return operand, low, high
        case Like(operand=operand, pattern=pattern):
            return operand, pattern
        case Case(branches=branches, otherwise=otherwise):
            both = tuple(part for branch in branches for part in branch)
            return both if otherwise is None else (*both, otherwise)
        case Call(arguments=arguments):
            return arguments
    return ()
