"""What a reader of X12 knows at a place in the file: written down there, taken up again at that place.

Nothing that a later segment can ask for is left out, so a reader that takes a state up goes on as if it had read the
file from its beginning.
"""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.msgpack import Decoder, Encoder

from engine.claim.model import ClaimType
from engine.intake.reading import IntakeFinding
from engine.intake.x12.envelope import Envelope
from engine.intake.x12.loop_table import LoopTable, Node, load_table
from engine.intake.x12.loops import Assembler
from engine.intake.x12.reader import DEFAULT_FORM
from engine.intake.x12.scope import Scope
from engine.intake.x12.segments import Loop, Segment, Separators, Text


class LoopState(Struct, frozen=True, array_like=True):
    """A loop without its way up."""

    id: str
    texts: tuple[Text, ...]
    first: int
    indexes: tuple[int, ...] | None
    children: tuple[LoopState, ...]


class LevelState(Struct, frozen=True, array_like=True):
    """An open level, without the levels inside it."""

    loop: LoopState
    form: str
    rank: int
    number: str
    has_child: bool
    claims: int
    told: int
    checked: bool
    findings: tuple[IntakeFinding, ...]


class EnvelopeState(Struct, frozen=True, array_like=True):
    """The envelope."""

    transaction: int
    version: str
    open: dict[str, Segment]
    inside: dict[str, int]
    seen: tuple[str, ...]
    reported: tuple[str, ...]


class Mark(Struct, frozen=True, array_like=True):
    """What splitting into segments needs: ``index`` counts the segments before this place."""

    index: int
    separators: Separators
    wrapped: bool = False


class State(Struct, frozen=True, array_like=True):
    """The whole of it; ``claims`` counts the claims read before this place."""

    mark: Mark
    envelope: EnvelopeState
    claims: int = 0
    form: str = DEFAULT_FORM
    claim_type: ClaimType | None = None
    guided: bool = False
    skipping: bool = False
    header_told: bool = False
    next_level: int = 1
    levels: tuple[LevelState, ...] = field(default=())

    def packed(self) -> bytes:
        """As bytes: equal bytes are equal states."""
        return _encode(self)


def unpacked(data: bytes) -> State:
    """The state of :meth:`State.packed`."""
    return _decode(data)


_encode = Encoder().encode
_decode = Decoder(State).decode


def envelope_state(envelope: Envelope) -> EnvelopeState:
    """The state of an envelope."""
    return EnvelopeState(
        transaction=envelope.transaction,
        version=envelope.version,
        open=dict(sorted(envelope._open.items())),
        inside=envelope._inside,
        seen=tuple(sorted(envelope._seen)),
        reported=tuple(sorted(envelope._reported)),
    )


def set_envelope(envelope: Envelope, state: EnvelopeState) -> None:
    """Take up the state of an envelope."""
    envelope.transaction, envelope.version = state.transaction, state.version
    envelope._open = dict(state.open)
    envelope._inside = dict(state.inside)
    envelope._seen = set(state.seen)
    envelope._reported = set(state.reported)


def level_states(assembler: Assembler) -> tuple[LevelState, ...]:
    """The states of the open levels; no claim may be open."""
    return tuple(
        LevelState(
            loop=_loop_state(scope.loop, [inner.loop for inner in assembler.levels]),
            form=_form_of(scope.node, assembler.table),
            rank=scope.rank,
            number=scope.number,
            has_child=scope.has_child,
            claims=scope.claims,
            told=scope.told,
            checked=scope.checked,
            findings=tuple(scope.findings),
        )
        for scope in assembler.levels
    )


def set_levels(assembler: Assembler, states: tuple[LevelState, ...]) -> None:
    """Open the levels of a state."""
    assembler.levels = []
    for state in states:
        parent = assembler.levels[-1].loop if assembler.levels else None
        loop = _loop(state.loop, parent)
        if parent is not None:
            parent.children.append(loop)
        node = load_table(state.form).levels[state.loop.id]
        scope = Scope(loop, node, state.rank, list(state.findings), state.number, state.has_child)
        scope.claims, scope.told, scope.checked = state.claims, state.told, state.checked
        assembler.levels.append(scope)
    stand(assembler)


def stand(assembler: Assembler) -> None:
    """Stand in the innermost open level, or outside."""
    if assembler.levels:
        assembler._stand(assembler.levels[-1].node, assembler.levels[-1].loop)
    else:
        assembler._stand(assembler._outside, Loop(""))


def _loop_state(loop: Loop, levels: list[Loop]) -> LoopState:
    children = [child for child in loop.children if not any(child is level for level in levels)]
    below = tuple(_loop_state(child, levels) for child in children)
    indexes = None if loop.indexes is None else tuple(loop.indexes)
    return LoopState(loop.id, tuple(loop.texts), loop.first, indexes, below)


def _loop(state: LoopState, parent: Loop | None) -> Loop:
    indexes = None if state.indexes is None else list(state.indexes)
    made = Loop(state.id, parent, list(state.texts), state.first, indexes=indexes)
    made.children = [_loop(child, made) for child in state.children]
    return made


def _form_of(node: Node, table: LoopTable) -> str:
    """The form whose table a level's node is of: that in use, or where claims tell their form, the one begun with."""
    forms = (table.form, DEFAULT_FORM)
    return next((form for form in forms if load_table(form).levels.get(node.id) is node), table.form)
