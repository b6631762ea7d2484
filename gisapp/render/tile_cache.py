"""What was made lately and may be asked for again, within a bound of number or of memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Cache(Generic[T]):
    """The most recently used results, up to a bound; safe between threads.

    Two threads that want the same result at once may both compute it: both get the same.

    Parameters
    ----------
    most
        The bound: the number of results, or what their weights may sum up to.
    weigh
        Returns what a result counts, for instance its bytes; None counts each as one.
    """

    def __init__(self, most: int, weigh: Callable[[T], int] | None = None) -> None:
        self._most = most
        self._weigh = weigh
        self._items: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._sum = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the result of a key, made now if it is not there."""
        with self._lock:
            if key in self._items:
                self._items.move_to_end(key)
                return self._items[key][0]
        value = make()
        weight = self._weigh(value) if self._weigh else 1
        with self._lock:
            self._drop(key)
            self._items[key] = (value, weight)
            self._sum += weight
            while self._sum > self._most and len(self._items) > 1:
                self._drop(next(iter(self._items)))
        return value

    def keep(self, wanted: Callable[[Hashable], bool]) -> None:
        """Forget the results whose keys are not wanted."""
        with self._lock:
            for key in [key for key in self._items if not wanted(key)]:
                self._drop(key)

    def _drop(self, key: Hashable) -> None:
        held = self._items.pop(key, None)
        if held is not None:
            self._sum -= held[1]

    @property
    def weight(self) -> int:
        """What the results held count together."""
        return self._sum

    def __len__(self) -> int:
        return len(self._items)
