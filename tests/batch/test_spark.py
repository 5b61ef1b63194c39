"""The Spark runner gives what the local one gives; a real session on this machine."""

import shutil

import pytest
from msgspec.structs import replace

from engine.batch.pool import Pool
from engine.batch.spark import SparkRunner
from engine.errors import UsageError
from tests.batch.small import Source, run_batch
from tests.batch.trials import content

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::FutureWarning"),
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs a Java runtime; there is none"),
]


@pytest.fixture(scope="module")
def spark(home):
    runner = SparkRunner(Source(home), "ndjson", "local[2]", lambda _: None)
    yield runner
    runner.close()


@pytest.mark.parametrize("chosen", ["ndjson", "parquet"])
def test_spark_gives_what_the_local_runner_gives(home, claims, tmp_path, spark, chosen):
    files = claims(12)
    run_batch(home, tmp_path / "local", files, chosen)
    spark.chosen = chosen
    checked, given_up = spark.checked, spark.given_up
    tally = run_batch(home, tmp_path / "spark", files, chosen, runner=spark)
    assert content(tmp_path / "spark", chosen) == content(tmp_path / "local", chosen)
    assert tally.claims > 100
    assert spark.checked - checked >= tally.claims
    assert spark.given_up == given_up


def test_a_claim_that_ends_its_process_is_set_aside(home, claims, tmp_path, spark):
    files = claims(6)[:1]
    files[0].write_text(files[0].read_text().replace("A2-", "KILL2-", 1))
    spark.chosen = "ndjson"
    given_up = spark.given_up
    tally = run_batch(home, tmp_path / "spark", files, runner=spark)
    assert tally.poisoned == 1
    assert spark.given_up == given_up + 1
    pool = Pool(Source(home), "ndjson", 1, lambda _: None)
    try:
        run_batch(home, tmp_path / "local", files, runner=pool)
    finally:
        pool.close()
    assert content(tmp_path / "spark", "ndjson") == content(tmp_path / "local", "ndjson")


def test_an_executor_with_other_rules_is_refused(home, claims, tmp_path, spark):
    own = spark.grounds()
    try:
        spark.own = replace(own, tables=())
        with pytest.raises(UsageError, match="other rules"):
            run_batch(home, tmp_path / "out", claims(2), runner=spark)
    finally:
        spark.own = own
