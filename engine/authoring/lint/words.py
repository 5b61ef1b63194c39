"""What rules say: to whom, about what, and how."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.authoring.corpus import Corpus
from engine.authoring.lint.remark import Check, Remark
from engine.facts.vocabulary import vocabulary
from engine.report.rule_words import template_words
from engine.rulebook.document import Node, Steps
from engine.rulebook.rule import Rule, Slot

TITLE = 90
"""Characters of a title, at most."""

_CLINICAL = re.compile(
    r"\b(diagnos[ei]s|conditions?(?! code)|procedures?|modifiers?|(?<!zip )(?<!postal )(?<!taxonomy )codes?|character"
    r"|laterality|sides?|units?|teeth|tooth|surfaces?|present[ -]on[ -]admission|recode)\b",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"\b(add|append|change|choose|correct|recode|replace|sequence|use|move|switch)\b"
    r"|\b(bill|code|enter|list|report) (it|the|one|each|a|an|another|further|to)\b",
    re.IGNORECASE,
)
_RECORD = re.compile(
    r"\b(record|documentation|documented|chart|furnished|plan of care|enrolled|member card)\b", re.IGNORECASE
)
_BRITISH = re.compile(
    r"\b(\w+isations?"
    r"|(?:un|re|de|dis)?(?:author|categor|final|general|hospital|immobil|immun|item|local|maxim|minim|normal|organ|optim|prior|priorit"
    r"|real|recogn|special|stabil|standard|steril|summar|util|visual)is(?:e|ed|es|ing)"
    r"|(?:anal|catal|paral)ys(?:e|ed|es|ing)"
    r"|(?:behavi|col|fav|hon|lab|neighb|tum)our\w*|(?:cent|fib|lit|met)res?|an?aesth\w+|\w+aemi\w+|gynaec\w+|haem\w+"
    r"|oedema\w*|orthopaed\w+|paed\w+|(?:cancel|counsel|label|model|travel)l(?:ed|ing)|enrolment|fulfil|judgement"
    r"|licence|practis\w+|programmes?|skilful|cheque|grey)\b",
    re.IGNORECASE,
)


_MONEY = re.compile(
    r"\b(paid|pay(?:s|er|ers|ment|ments)?|reimburs\w*|revenue|bill(?:ed|able|ing)?|charg\w+|den(?:y|ied|ial|ials)|rates?"
    r"|dollars?|\$|money|hcc|drg|rvu|risk[ -]adjust\w*|raf|cc/mcc|mcc|upcod\w*|downcod\w*|higher level|quality scores?"
    r"|severity of illness|audit\w*)\b",
    re.IGNORECASE,
)
_LEADING = re.compile(
    r"(?:^|(?<=[.?!] ))(?:is|was|are|were|does|did|do|has|have|could|would|should|can|may|might|will|isn't|wasn't|don't"
    r"|doesn't|didn't)\b[^.?!]*\?"
    r"|\b(?:do you agree|would you agree|agree that|please (?:document|add|change|confirm|amend|update|revise|write)"
    r"|confirm that|so that (?:we|it)|we (?:think|believe|suggest|recommend)|it appears|it seems|obviously|clearly"
    r"|you (?:should|must|need to|forgot))\b",
    re.IGNORECASE,
)
_WAY_OUT = re.compile(r"\b(?:determined?|not recorded|please say so|none|other|others|cannot)\b", re.IGNORECASE)
"""What a question to a provider must not say, and what it must leave open."""


def private(corpus: Corpus) -> Iterator[Remark]:
    """Messages that print what identifies a member: a name, a member id, a birth date."""
    kinds = vocabulary()
    for rule in corpus.rules:
        for key, template in (("says", rule.says), ("fix", rule.fix), ("query", rule.query)):
            for slot in template:
                if isinstance(slot, Slot) and not slot.name.startswith("param."):
                    kind = rule.kinds.get(slot.name, slot.name)
                    if kinds[kind].fields[slot.field].private:
                        yield Remark(
                            rule.id,
                            corpus.where(rule, "finding", key),
                            f"{{{slot.name}.{slot.field}}} would print what identifies a member",
                            "name the place and what is wrong with it, not the value",
                        )


def clinical(corpus: Corpus) -> Iterator[Remark]:
    """Fixes that change what the claim says was found or done, without saying that the record must support it."""
    for rule in corpus.rules:
        fix = template_words(rule.fix)
        sentence = next((part for part in re.split(r"(?<=[.;])\s", fix) if _leads(part)), "")
        if sentence and not _RECORD.search(fix):
            yield Remark(
                rule.id,
                corpus.where(rule, "finding", "fix"),
                f"changes what was coded: {sentence.strip()}",
                'add "if the record supports it", or "that the record supports"',
            )


def clinical_remedy(corpus: Corpus) -> Iterator[Remark]:
    """Remedies that change what the claim says was found or done, beside a fix that does not name the record."""
    for rule in corpus.rules:
        fix = template_words(rule.fix)
        if any(remedy.clinical for remedy in rule.remedies) and not _RECORD.search(fix):
            yield Remark(
                rule.id,
                corpus.where(rule, "finding", "fix"),
                f"the remedy changes what was coded, and the fix does not say that the record must support it: {fix}",
                'add "if the record supports it", or "that the record supports"',
            )


def _leads(sentence: str) -> bool:
    """Whether a sentence tells the biller to change a clinical part of the claim."""
    return bool(_CHANGES.search(sentence) and _CLINICAL.search(sentence))


def titles(corpus: Corpus) -> Iterator[Remark]:
    """Titles that do not read as one short sentence without its period."""
    for rule in corpus.rules:
        wrong = (
            "ends with a period"
            if rule.title.endswith(".")
            else f"has {len(rule.title)} characters, more than {TITLE}"
            if len(rule.title) > TITLE
            else "does not begin with a capital"
            if not (rule.title[:1].isupper() or rule.title[:1].isdigit())
            else ""
        )
        if wrong:
            yield Remark(rule.id, corpus.where(rule, "title"), f"the title {wrong}", "one short sentence, no period")


def sentences(corpus: Corpus) -> Iterator[Remark]:
    """Messages that are no sentences."""
    for rule in corpus.rules:
        for key, template in (("says", rule.says), ("fix", rule.fix), ("why", (rule.why,))):
            if not template_words(template).rstrip("\"')").endswith((".", "?", "!")):
                steps = (key,) if key == "why" else ("finding", key)
                yield Remark(
                    rule.id, corpus.where(rule, *steps), f"{key} does not end with a period", "write sentences"
                )


def spelling(corpus: Corpus) -> Iterator[Remark]:
    """British spellings: billers in the United States read these pages."""
    for rule in corpus.rules:
        for key, text in _texts(rule):
            for found in _BRITISH.finditer(text):
                where = corpus.where(rule, *key.split("."))
                yield Remark(rule.id, where, f"{found.group()} is not American spelling", "as in authorize, color")


def _texts(rule: Rule) -> Iterator[tuple[str, str]]:
    yield "title", rule.title
    yield "why", rule.why
    yield "note", rule.note
    yield "finding.says", template_words(rule.says)
    yield "finding.fix", template_words(rule.fix)
    yield "finding.query", template_words(rule.query)


def queries(corpus: Corpus) -> Iterator[Remark]:
    """Questions to providers that lead, speak of money, or leave no way out.

    Source: Guidelines for Achieving a Compliant Query Practice (AHIMA and ACDIS, 2022).
    """
    for rule in corpus.rules:
        text = "".join(part if isinstance(part, str) else "…" for part in rule.query)
        if not text:
            continue
        for pattern, says, hint in (
            (_MONEY, "speaks of payment", "a query never mentions what an answer is worth"),
            (_LEADING, "leads to an answer", "ask an open question, or list what the record allows"),
        ):
            if found := pattern.search(text):
                yield Remark(rule.id, corpus.where(rule, "finding", "query"), f"{found.group()!r} {says}", hint)
        wrong = "asks nothing" if "?" not in text else "" if _WAY_OUT.search(text) else "leaves no way out"
        if wrong:
            hint = "end with a question mark" if "nothing" in wrong else 'allow "unable to determine" or "not recorded"'
            yield Remark(rule.id, corpus.where(rule, "finding", "query"), f"the query {wrong}", hint)


def unfinished(corpus: Corpus) -> Iterator[Remark]:
    """Texts of the template that nobody has replaced."""
    for rule in corpus.rules:
        for document in (corpus.document(rule.path), corpus.twin(rule)):
            for steps, text in _scalars(document.content, ()):
                if "TODO" in text:
                    yield Remark(rule.id, document.where(*steps), f"still to be written: {text}", "fill it in")


def _scalars(node: Node, steps: Steps) -> Iterator[tuple[Steps, str]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _scalars(value, (*steps, key))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _scalars(value, (*steps, number))
    elif node is not None:
        yield steps, node


_PLACE = re.compile(
    r"\d|\b(appendix|chapter|element|file|form|item|list|loop|part|row|section|segment|table|title|update) \w"
    r"|\b(file|list|table|update)s?\b",
    re.IGNORECASE,
)
"""A place in a source: a number, or a named part."""


def locators(corpus: Corpus) -> Iterator[Remark]:
    """Sources by whose locator nobody finds the sentence."""
    for rule in corpus.rules:
        for number, citation in enumerate(rule.references):
            if not _PLACE.search(f"{citation.title} {citation.locator}"):
                yield Remark(
                    rule.id,
                    corpus.where(rule, "references", number),
                    f"the locator names no chapter, section, table or element: {citation.locator}",
                    "a reader must find the sentence",
                )


CHECKS = (
    Check("private-message", "error", "No message prints a member's name, id or birth date.", private),
    Check("clinical-fix", "error", "A fix that changes what was coded says that the record must support it.", clinical),
    Check("clinical-remedy", "error", "The fix beside a clinical remedy names the record.", clinical_remedy),
    Check("leading-query", "error", "A question to the provider is open and does not speak of payment.", queries),
    Check("unfinished", "error", "No text of the template is left.", unfinished),
    Check("reference-locator", "warning", "A locator names a chapter, section, table or element.", locators),
    Check("title", "warning", "A title is one short sentence without a period.", titles),
    Check("sentence", "warning", "Messages are sentences.", sentences),
    Check("spelling", "warning", "Texts are in American spelling.", spelling),
)
