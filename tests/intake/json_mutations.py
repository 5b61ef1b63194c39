"""Random damage to JSON values and texts, for property tests."""

import copy

from hypothesis import strategies as st

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["", "NaN", "2026-02-30", "20260305", "1e5", "#", "#x", "Claim/1", "x" * 200, 10**40, -1, 0]),
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=6,
)


def places(value, path=()):
    """The path of every node."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


def mutated(draw, value):
    """``value`` with one to four nodes replaced, removed, doubled or renamed."""
    value = copy.deepcopy(value)
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(list(places(value))))
        if not path:
            continue
        node = value
        for step in path[:-1]:
            node = node[step]
        key = path[-1]
        match draw(st.sampled_from(["replace", "replace", "remove", "wrap", "rename", "move"])):
            case "replace":
                node[key] = draw(VALUES)
            case "remove":
                del node[key]
            case "wrap":
                node[key] = [node[key]]
            case "rename" if isinstance(node, dict):
                node[draw(st.text(max_size=6))] = node.pop(key)
            case "move":
                other = draw(st.sampled_from(list(places(value))))
                target = value
                for step in other:
                    target = target[step]
                node[key] = copy.deepcopy(target)
    return value


def with_flipped_bytes(draw, text):
    """``text`` with a few bytes changed, and perhaps cut."""
    changed = bytearray(text)
    for _ in range(draw(st.integers(1, 6))):
        changed[draw(st.integers(0, len(changed) - 1))] = draw(st.integers(0, 255))
    return bytes(changed[: draw(st.one_of(st.none(), st.integers(0, len(changed))))])
