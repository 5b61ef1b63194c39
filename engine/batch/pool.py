"""Worker processes that may die: each has a pipe of its own, is replaced when it ends, and loses no claim by it.

The pools of the standard library are broken for good when one of their processes is killed.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from engine.batch.grounds import Grounds, grounds
from engine.batch.tables import Format
from engine.batch.unit import Packet, Slice, Unit
from engine.batch.work import BUSY, DONE, ITEM, NOTES, SLICE, STOP, StoppedError, check_unit
from engine.check import Checker
from engine.errors import CleanclaimError, EngineError, InputError, UsageError

AHEAD = 2
"""Units begun ahead of the one that is written, for each process."""

HELD = 3
"""Packets of one unit that wait to be written before its process has to wait."""

TRIES = 10
"""Processes that may end one after the other before any claim is checked."""


class CheckerSource(Protocol):
    """Makes a checker, in whatever process it is called."""

    def make(self) -> Checker:
        """The checker."""
        ...


class Stopped(Struct, frozen=True):
    """A process gave its unit up."""


class Failed(Struct, frozen=True):
    """A process cannot go on, and no other could."""

    message: str
    usage: bool = False


class Task:
    """A unit and what has come of it."""

    def __init__(self, unit: Unit) -> None:
        self.planned = unit
        self.rest = self.given = unit
        self.ready: deque[Packet] = deque()
        self.last_death: tuple[int, int, bool] | None = None

    def take(self, packet: Packet) -> None:
        """Keep a packet; a process that takes the unit over begins behind it."""
        self.ready.append(packet)
        rest = [one for one in self.rest.slices if one.file >= packet.position.file]
        if rest:
            rest[0] = replace(rest[0], skip=packet.position.skip)
        self.rest = replace(self.rest, slices=tuple(rest))

    def died(self, at: tuple[int, int, bool]) -> None:
        """A process ended at (slice, item, being checked); the second time in a row the item is passed over."""
        number, item, busy = at
        file = self.given.slices[number].file
        key = (file, item, busy)
        if self.last_death == key:
            slices = (_passing(one, item, busy=busy) if one.file == file else one for one in self.rest.slices)
            self.rest = replace(self.rest, slices=tuple(slices))
        self.last_death = key


def _passing(here: Slice, item: int, *, busy: bool) -> Slice:
    return replace(here, uncheckable=(*here.uncheckable, item)) if busy else replace(here, unreadable=item)


class Worker:
    """One process, its pipe and its notes."""

    def __init__(self, context: Any, source: CheckerSource, chosen: Format) -> None:  # noqa: ANN401 -- a context
        self.notes = context.RawArray("q", NOTES)
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, self.notes, source, chosen), daemon=True)
        self.process.start()
        theirs.close()
        self.task: Task | None = None
        self.grounds: Grounds | None = None

    def give(self, task: Task) -> None:
        """Begin a unit."""
        self.task = task
        task.given = task.rest
        self.notes[SLICE] = self.notes[ITEM] = self.notes[BUSY] = self.notes[STOP] = 0
        with suppress(OSError):  # it has just ended: found out at the next look
            self.pipe.send(task.given)

    def end(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


class Pool:
    """Checks units in several processes.

    Args:
        source: makes the checker in each process.
        chosen: the format of the packets.
        jobs: how many processes.
        told: called with the claims checked so far, several times a second while work is done.
    """

    def __init__(self, source: CheckerSource, chosen: Format, jobs: int, told: Callable[[int], None]) -> None:
        # Started afresh: the rules engine must not be copied while it runs.
        self.context = multiprocessing.get_context("spawn")
        self.source, self.chosen, self.told = source, chosen, told
        self.checked = 0
        self.early_deaths = 0
        self.agreed: Grounds | None = None
        self.workers = [self.worker() for _ in range(jobs)]

    def worker(self) -> Worker:
        """A new process."""
        return Worker(self.context, self.source, self.chosen)

    def close(self) -> None:
        """End all processes."""
        for worker in self.workers:
            worker.end()

    def grounds(self) -> Grounds:
        """What the first process that is ready says it checks with."""
        while self.agreed is None:
            self.listen([], 1)
        return self.agreed

    def run(self, units: Iterator[Unit]) -> Iterator[tuple[Unit, Packet]]:
        """The packets of all units, in order.

        Raises:
            CleanclaimError: a process cannot go on, or the processes keep ending.
        """
        window: deque[Task] = deque()
        waiting: deque[Task] = deque()
        more = True
        try:
            while True:
                while more and len(window) < len(self.workers) * (AHEAD + 1):
                    unit = next(units, None)
                    if unit is None:
                        more = False
                        break
                    task = Task(unit)
                    window.append(task)
                    waiting.append(task)
                for worker in self.workers:
                    if worker.task is None and worker.grounds is not None and waiting:
                        worker.give(waiting.popleft())
                while window and window[0].ready:
                    task = window[0]
                    packet = task.ready.popleft()
                    if packet.last:
                        window.popleft()
                    yield task.planned, packet
                if not window and not more:
                    return
                for lost in self.listen([w for w in self.workers if w.task and _wanted(w.task, window[0])], 0.2):
                    waiting.appendleft(lost)
        finally:
            self.stop()

    def stop(self) -> None:
        """Let every process give its unit up."""
        for worker in self.workers:
            worker.notes[STOP] = 1
        while busy := [worker for worker in self.workers if worker.task is not None]:
            self.listen(busy, 1)

    def listen(self, busy: list[Worker], seconds: float) -> list[Task]:
        """Hear what the processes have to say; the units of those that ended."""
        heard = [worker for worker in self.workers if worker in busy or worker.grounds is None]
        ready = wait([*(w.pipe for w in heard), *(w.process.sentinel for w in self.workers)], seconds)
        lost: list[Task] = []
        for number, worker in enumerate(self.workers):
            alive = True
            if worker.pipe in ready:
                alive = self.hear(worker)
            elif worker.process.sentinel in ready:
                while alive and worker.pipe.poll():
                    alive = self.hear(worker)
                alive = False
            if not alive:
                lost += self.replace_worker(number)
        self.told(self.checked + sum(worker.notes[DONE] for worker in self.workers))
        return lost

    def hear(self, worker: Worker) -> bool:
        """One message; false when there is nobody to send any."""
        try:
            message = worker.pipe.recv()
        except (EOFError, OSError):
            return False
        if isinstance(message, Failed):
            raise UsageError(message.message) if message.usage else InputError(message.message)
        if isinstance(message, Grounds):
            self.early_deaths = 0
            worker.grounds = message
            self.agreed = self.agreed or message
            if message != self.agreed:
                raise UsageError("the rules or tables changed while the batch ran", hint="undo it and go on")
        elif isinstance(message, Stopped):
            worker.task = None
        elif worker.task is not None:
            worker.task.take(message)
            if message.last:
                worker.task = None
        return True

    def replace_worker(self, number: int) -> list[Task]:
        """A new process for one that ended; its unit, if it had one."""
        old = self.workers[number]
        old.end()
        self.checked += old.notes[DONE]
        task = old.task
        if old.notes[DONE] == 0 and old.grounds is None:
            self.early_deaths += 1
            if self.early_deaths >= TRIES:
                raise EngineError(
                    f"{TRIES} worker processes ended before they could begin (status {old.process.exitcode})",
                    hint="is there memory enough? fewer --jobs need less",
                )
        self.workers[number] = self.worker()
        if task is None or old.notes[STOP]:
            return []
        task.died((old.notes[SLICE], old.notes[ITEM], bool(old.notes[BUSY])))
        return [task]


def _wanted(task: Task, first: Task) -> bool:
    """Whether to take more of a unit: always of the one that is written next, of others only a few packets."""
    return task is first or len(task.ready) < HELD


def _serve(pipe: Connection, notes: Any, source: CheckerSource, chosen: Format) -> None:  # noqa: ANN401 -- an array
    """The life of a worker process: it ends when nobody is at the other end of its pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        try:
            checker = source.make()
            pipe.send(grounds(checker))
            while True:
                unit = pipe.recv()
                try:
                    for packet in check_unit(checker, unit, chosen, notes):
                        pipe.send(packet)
                except StoppedError:
                    pipe.send(Stopped())
        except CleanclaimError as error:
            pipe.send(Failed(str(error), usage=isinstance(error, UsageError)))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except OSError as error:
        pipe.send(Failed(f"{error.filename or 'input'}: {error.strerror or error}"))
