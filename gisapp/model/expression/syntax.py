"""The language of expressions: text to a tree. Nothing here is ever run as code.

It is the part of SQL that people know from filters: comparisons, `and`, `or`, `not`, `in`, `like`,
`between`, `is null`, arithmetic, `||`, `case when` and functions. Column names stand bare or in
double quotes, text in single ones, `$name` is what follows from a feature's place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

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
    children,
)
from gisapp.model.feedback import GisappError

#: Longest text that is read and how deep its parentheses may go: both bound what it costs.
LONGEST: Final = 10_000
DEEPEST: Final = 40
#: So many parts may hang on one another: what works on the tree is recursive too.
TALLEST: Final = 150

KEYWORDS: Final = frozenset(
    {
        *("and", "or", "not", "in", "like", "ilike", "between", "is", "null", "true", "false"),
        *("case", "when", "then", "else", "end"),
    }
)
_TOKEN: Final = re.compile(
    r"""\s*(?:
    (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<text>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*")
    | (?P<variable>\$\w*)
    | (?P<word>[^\W\d]\w*)
    | (?P<mark>\|\||<=|>=|<>|!=|==|[-+*/%(),=<>])
    )""",
    re.VERBOSE,
)
_COMPARED: Final = {"==": "=", "!=": "<>"}
_COMPARISONS: Final = frozenset({"=", "<>", "<", "<=", ">", ">="})


class ExpressionError(GisappError):
    """An expression that cannot be understood; it says where.

    Parameters
    ----------
    at, end
        Where in the text the fault stands, as a slice of it.
    """

    def __init__(self, message: str, hint: str = "", at: int = 0, end: int = 0) -> None:
        super().__init__("bad_expression", message, hint)
        self.at, self.end = at, max(end, at + 1)


@dataclass(frozen=True)
class Token:
    """A word, number, text or mark of the expression, and where it stands."""

    kind: str
    text: str
    at: int
    end: int

    def is_word(self, *words: str) -> bool:
        """Return whether this is one of these keywords, in any case."""
        return self.kind == "word" and self.text.lower() in words

    def is_mark(self, *marks: str) -> bool:
        """Return whether this is one of these marks."""
        return self.kind == "mark" and self.text in marks


@lru_cache(maxsize=256)
def parse(text: str) -> Node:
    """Return the tree of an expression.

    Raises
    ------
    ExpressionError
        Where the text is no expression, with the place of the fault.
    """
    tree = _Parser(text).whole()
    level: list[Node] = [tree]
    for _ in range(TALLEST):
        level = [below for node in level for below in children(node)]
        if not level:
            return tree
    raise ExpressionError(
        "The expression has too many parts one after another.",
        "Write several values as a list: country in ('AUS', 'CAN').",
        level[0].at,
        level[0].end,
    )


def names_in(text: str) -> frozenset[str]:
    """Return the names of columns that an expression reads; raises as `parse` does."""
    found, level = set(), [parse(text)]
    while level:
        found |= {node.name for node in level if isinstance(node, Name)}
        level = [below for node in level for below in children(node)]
    return frozenset(found)


def quote(name: str) -> str:
    """Return a column's name as it stands in an expression."""
    plain = re.fullmatch(r"[^\W\d]\w*", name) and name.lower() not in KEYWORDS
    return name if plain else '"' + name.replace('"', '""') + '"'


def text_literal(value: str) -> str:
    """Return a text as it stands in an expression."""
    return "'" + value.replace("'", "''") + "'"


def tokens(text: str) -> tuple[Token, ...]:
    """Return the words of an expression; raises `ExpressionError` at what is none."""
    if len(text) > LONGEST:
        raise ExpressionError(f"The expression is longer than {LONGEST} characters.", "Shorten it.")
    found: list[Token] = []
    place, end = 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None or match.lastgroup is None:
            raise _unknown(text, len(text[:place]) + len(text[place:]) - len(text[place:].lstrip()))
        kind = match.lastgroup
        found.append(Token(kind, match[kind], match.start(kind), match.end(kind)))
        place = match.end()
    return tuple(found)


def _unknown(text: str, at: int) -> ExpressionError:
    mark = text[at]
    if mark in "'\"":
        return ExpressionError(
            "The text in quotes has no end.", f"Close it with {mark}.", at, len(text)
        )
    return ExpressionError(f"{mark} has no meaning here.", "Remove it.", at, at + 1)


class _Parser:
    """Recursive descent, one method for each step of precedence, the loosest first."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = tokens(text)
        self._place = 0
        self._depth = 0

    def whole(self) -> Node:
        if not self._tokens:
            raise ExpressionError("The expression is empty.", "Type a condition or a formula.")
        node = self._either()
        left = self._here
        if left.kind != "end":
            hint = "Join two conditions with and, or with or."
            if left.kind in {"word", "quoted", "text", "number"}:
                raise ExpressionError(
                    f"Something is missing before {left.text}.", hint, left.at, left.end
                )
            raise ExpressionError(
                f"{left.text} is one too many, or stands in the wrong place.", "", left.at, left.end
            )
        return node

    @property
    def _here(self) -> Token:
        if self._place < len(self._tokens):
            return self._tokens[self._place]
        end = len(self._text.rstrip())
        return Token("end", "", end, end)

    def _step(self) -> Token:
        token = self._here
        self._place += 1
        return token

    def _take_word(self, *words: str) -> Token | None:
        return self._step() if self._here.is_word(*words) else None

    def _take_mark(self, *marks: str) -> Token | None:
        return self._step() if self._here.is_mark(*marks) else None

    def _need(self, mark: str, what: str) -> Token:
        token = self._take_mark(mark)
        if token is None:
            raise self._lacking(what)
        return token

    def _lacking(self, what: str) -> ExpressionError:
        here = self._here
        where = "at the end" if here.kind == "end" else f"before {here.text}"
        return ExpressionError(f"{what} is missing {where}.", "", here.at, here.end)

    def _either(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            here = self._here
            raise ExpressionError(
                "The expression is nested too deeply.", "Split it in two.", here.at, here.end
            )
        node = self._both()
        while self._take_word("or"):
            node = self._joined("or", node, self._both())
        self._depth -= 1
        return node

    def _both(self) -> Node:
        node = self._negation()
        while self._take_word("and"):
            node = self._joined("and", node, self._negation())
        return node

    def _joined(self, operator: str, left: Node, right: Node) -> Node:
        return Binary(left.at, right.end, operator, left, right)

    def _negation(self) -> Node:
        signs = []
        while token := self._take_word("not"):
            signs.append(token)
        node = self._comparison()
        for token in reversed(signs):
            node = Unary(token.at, node.end, "not", node)
        return node

    def _comparison(self) -> Node:
        node = self._sum()
        while True:
            here = self._here
            sign = _COMPARED.get(here.text, here.text)
            if here.kind == "mark" and sign in _COMPARISONS:
                self._step()
                node = self._joined(sign, node, self._sum())
            elif here.is_word("is"):
                self._step()
                negated = self._take_word("not") is not None
                last = self._take_word("null")
                if last is None:
                    raise self._lacking("null")
                node = Missing(node.at, last.end, node, negated)
            elif here.is_word("in", "like", "ilike", "between", "not"):
                negated = self._take_word("not") is not None
                node = self._member(node, negated)
            else:
                return node

    def _member(self, node: Node, negated: bool) -> Node:
        if self._take_word("in"):
            self._need("(", "(")
            items = self._listed()
            last = self._need(")", ")")
            if not items:
                raise ExpressionError("The list after in is empty.", "", last.at, last.end)
            return Among(node.at, last.end, node, items, negated)
        if self._take_word("between"):
            low = self._sum()
            if not self._take_word("and"):
                raise self._lacking("and")
            high = self._sum()
            return Between(node.at, high.end, node, low, high, negated)
        word = self._take_word("like", "ilike")
        if word is None:
            raise self._lacking("in, like or between")
        pattern = self._sum()
        return Like(node.at, pattern.end, node, pattern, negated, word.text.lower() == "ilike")

    def _listed(self) -> tuple[Node, ...]:
        if self._here.is_mark(")"):
            return ()
        items = [self._either()]
        while self._take_mark(","):
            items.append(self._either())
        return tuple(items)

    def _sum(self) -> Node:
        node = self._product()
        while sign := self._take_mark("+", "-", "||"):
            node = self._joined(sign.text, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._signed()
        while sign := self._take_mark("*", "/", "%"):
            node = self._joined(sign.text, node, self._signed())
        return node

    def _signed(self) -> Node:
        negative, first = False, self._here
        while sign := self._take_mark("-", "+"):
            negative ^= sign.text == "-"
        node = self._single()
        return Unary(first.at, node.end, "-", node) if negative else node

    def _single(self) -> Node:
        token = self._here
        if token.kind == "end" or (token.kind == "mark" and token.text != "("):
            raise self._lacking("A column or a value")
        if token.kind == "word" and token.text.lower() in KEYWORDS:
            return self._keyword()
        self._step()
        if token.kind == "mark":
            node = self._either()
            self._need(")", ")")
            return node
        if token.kind == "number":
            plain = token.text.isdecimal() and len(token.text) < 19
            value = int(token.text) if plain else float(token.text)
            return Literal(token.at, token.end, value)
        if token.kind == "text":
            return Literal(token.at, token.end, token.text[1:-1].replace("''", "'"))
        if token.kind == "quoted":
            return Name(token.at, token.end, token.text[1:-1].replace('""', '"'), quoted=True)
        if token.kind == "variable":
            return Variable(token.at, token.end, token.text.lower())
        if self._take_mark("("):
            arguments = self._listed()
            last = self._need(")", ")")
            return Call(token.at, last.end, token.text.lower(), arguments)
        return Name(token.at, token.end, token.text)

    def _keyword(self) -> Node:
        token = self._step()
        word = token.text.lower()
        if word in {"true", "false", "null"}:
            value = {"true": True, "false": False, "null": None}[word]
            return Literal(token.at, token.end, value)
        if word == "case":
            return self._cases(token)
        raise ExpressionError(
            f"{token.text} stands in the wrong place.",
            f'A column of this name is written "{token.text}".',
            token.at,
            token.end,
        )

    def _cases(self, first: Token) -> Node:
        branches: list[tuple[Node, Node]] = []
        while self._take_word("when"):
            condition = self._either()
            if not self._take_word("then"):
                raise self._lacking("then")
            branches.append((condition, self._either()))
        if not branches:
            raise self._lacking("when")
        otherwise = self._either() if self._take_word("else") else None
        last = self._take_word("end")
        if last is None:
            raise self._lacking("end")
        return Case(first.at, last.end, tuple(branches), otherwise)
