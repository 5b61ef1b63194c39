"""One thread of a process does all checking, in turn: the rules engine is not thread-safe and holds the GIL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from anyio import to_thread

from api.problems import ProblemError

P = ParamSpec("P")
T = TypeVar("T")


class Turns:
    """Hands out turns.

    Args:
        most: how many requests may wait; one more is refused at once instead of waiting without end.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="check")

    async def take(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Do work of a request when its turn comes.

        Raises:
            ProblemError: too many wait already.
        """
        if self._waiting >= self._most:
            raise ProblemError("overloaded", f"{self._waiting} requests wait already.", headers={"Retry-After": "1"})
        return await self.take_anyhow(work, *args, **kwargs)

    async def take_anyhow(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Do work of the service's own when its turn comes."""
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: work(*args, **kwargs))
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """No more turns; what runs is finished."""
        self._thread.shutdown(wait=True, cancel_futures=True)


async def aside(work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Do work that waits for the store or the disk in a thread, beside the checks."""
    return await to_thread.run_sync(lambda: work(*args, **kwargs))
