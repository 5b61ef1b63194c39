"""The payer and its parameters: what comes from the payer folders, not from the claim."""

from __future__ import annotations

from collections.abc import Iterator

from engine.facts.derive.source import Fields
from engine.facts.fact import Value
from engine.facts.view import ClaimView, PayerProfile

Parameter = tuple[str, Value]


def parameters(view: ClaimView) -> Iterator[Parameter]:
    """Each value of each parameter in force."""
    for name, values in view.context.parameters.items():
        for value in values:
            yield name, value


def payers(view: ClaimView) -> tuple[PayerProfile]:
    """The one resolved payer."""
    return (view.context.payer,)


PARAMETER_FIELDS: Fields[Parameter] = {"name": lambda _, p: p[0], "value": lambda _, p: p[1]}

PAYER_FIELDS: Fields[PayerProfile] = {
    "slug": lambda _, p: p.slug or None,
    "name": lambda _, p: p.name or None,
    "kind": lambda _, p: p.kind or None,
}
