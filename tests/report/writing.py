"""Writing a report of files, as ``check`` does."""

import gzip
import io
import json
from collections import defaultdict

from engine.findings.report import InputFinding
from engine.report.tally import Tally
from tests.cli.small import EXAMPLES, ROOT

CORPUS = ROOT.parent / "shared" / "corpus"
MUTANTS = CORPUS / "labelled" / "mutants" / "mutants_837.jsonl.gz"
CLAIMS = ROOT / "tests" / "claims"
FILES = sorted(
    path for folder in (EXAMPLES, CLAIMS) for path in folder.rglob("*.*") if path.suffix in (".837", ".json", ".ndjson")
)
"""The example claims, and those that tests start from; some are damaged on purpose."""


def written(checker, writer_of, *paths):
    """The text of a report of files; ``writer_of`` makes a writer for a stream."""
    return text_of(checker, writer_of, [(path.name, path.read_bytes()) for path in paths])


def text_of(checker, writer_of, contents):
    """The same of (name, bytes) pairs."""
    stream, tally = io.BytesIO(), Tally()
    writer = writer_of(stream)
    writer.begin(checker.tool())
    for name, content in contents:
        writer.file(name)
        for item in checker.check_with_claims(io.BytesIO(content), name):
            if isinstance(item, InputFinding):
                tally.add_input(item)
                writer.input_finding(item)
            else:
                tally.add(*item)
                writer.claim(*item)
    writer.end(tally)
    return stream.getvalue().decode()


def mutants(each):
    """Some mutants of every kind as (name, bytes)."""
    kinds = defaultdict(list)
    with gzip.open(MUTANTS, "rt") as lines:
        for line in lines:
            row = json.loads(line)
            if len(kinds[row["kind"]]) < each:
                kinds[row["kind"]].append((row["id"], row["x12"].encode()))
    return [pair for rows in kinds.values() for pair in rows]
