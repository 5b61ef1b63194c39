"""What would become of a claim after a change, as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.remedied import Remedied, Told
from engine.report.page import Page
from engine.report.words import VERDICTS


def write_remedied(page: Page, proposed: Iterable[Remedied], *, indent: int) -> None:
    """Each proposed change with the verdict after it; one that does not help says what stays or comes."""
    for each in proposed:
        label = "Passes if: " if each.passes else "Not yet if: "
        page.paragraph(f"{each.change} {outcome(each)}", indent=indent, label=label, label_style="bold")


def outcome(each: Remedied) -> str:
    """The claim after a change: verdict and score, what else goes, what comes."""
    word, _ = VERDICTS[each.verdict]
    said = [f"Then {word}, score {each.score}"]
    others = [told for told in each.gone if (told.rule, told.at) != (each.rule, each.at)]
    said += [f"goes too: {_named(others)}"] if others else []
    said += [f"new: {_named(each.come)}"] if each.come else []
    if (each.rule, each.at) not in {(told.rule, told.at) for told in each.gone}:
        said.append(f"{each.rule} stays")
    return f"{'; '.join(said)}."


def _named(found: Sequence[Told]) -> str:
    return ", ".join(f"{told.rule} at {told.at}" for told in found)
