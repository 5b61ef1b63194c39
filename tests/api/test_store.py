"""The store on both databases: migrations, the audit chain, sealing, rates, keys."""

import multiprocessing
import threading
from contextlib import closing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.settings import Settings
from api.store import audit
from api.store.database import Database
from api.store.keys import any_key, create_key, find_key, fits, list_keys, revoke_key
from api.store.rates import count_request
from api.store.sealing import Seal, SealError
from api.store.tables import metadata


@pytest.fixture
def database(database_url):
    with closing(Database(database_url, Seal([bytes(32)]))) as one:
        one.migrate()
        yield one


def append(database, number=1):
    for each in range(number):
        with database.writing() as connection:
            audit.append(database, connection, "test", "tried", f"thing:{each}", count=each)


def test_migrations_make_what_the_service_uses(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_migrating_again_changes_nothing(database):
    append(database)
    database.migrate()
    assert audit.verify(database).rows == 1


def test_several_processes_may_migrate_at_once(database_url):
    threads = []
    faults = []

    def migrate():
        try:
            with closing(Database(database_url)) as one:
                one.migrate()
        except Exception as error:  # noqa: BLE001 -- told below
            faults.append(error)

    for _ in range(4):
        threads.append(threading.Thread(target=migrate))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert faults == []


class TestAudit:
    def test_a_chain_that_holds(self, database):
        append(database, 5)
        found = audit.verify(database)
        assert (found.rows, found.broken_at) == (5, None)
        assert audit.verify(database, found.last).broken_at is None

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE audit SET actor = 'nobody' WHERE number = 2",
            "DELETE FROM audit WHERE number = 3",
            "DELETE FROM audit",
        ],
    )
    def test_the_database_refuses_changes(self, database, statement):
        append(database, 3)
        with pytest.raises(DBAPIError, match="append-only"), database.writing() as connection:
            connection.execute(text(statement))
        assert audit.verify(database).rows == 3

    def test_postgresql_refuses_truncate_and_sqlite_replace(self, database):
        append(database, 3)
        copied = "SELECT number, at, 'x', action, subject, detail, previous, digest FROM audit WHERE number = 2"
        statement = f"INSERT OR REPLACE INTO audit {copied}" if database.is_sqlite else "TRUNCATE audit"
        with pytest.raises(DBAPIError, match="append-only"), database.writing() as connection:
            connection.execute(text(statement))
        assert audit.verify(database).rows == 3

    @pytest.mark.parametrize(
        ("statement", "row", "because"),
        [
            ("UPDATE audit SET actor = 'nobody' WHERE number = 2", 2, "its digest is not that of its values"),
            ("DELETE FROM audit WHERE number = 3", 3, "row 3 is missing"),
            ("UPDATE audit SET previous = 'x' WHERE number = 4", 4, "does not name the digest of the row before"),
            ("UPDATE audit SET number = number + 10 WHERE number > 2", 3, "row 3 is missing"),
        ],
    )
    def test_who_gets_around_the_triggers_breaks_the_chain(self, database, statement, row, because):
        append(database, 5)
        with database.writing() as connection:
            for name in ("update", "delete", "replace") if database.is_sqlite else ("change",):
                connection.execute(text(f"DROP TRIGGER audit_no_{name}" + ("" if database.is_sqlite else " ON audit")))
            connection.execute(text(statement))
        found = audit.verify(database)
        assert found.broken_at == row
        assert because in found.because

    def test_rows_cut_off_the_end_are_noticed_with_a_noted_digest(self, database):
        append(database, 5)
        noted = audit.verify(database).last
        with database.writing() as connection:
            for name in ("update", "delete", "replace") if database.is_sqlite else ("change",):
                connection.execute(text(f"DROP TRIGGER audit_no_{name}" + ("" if database.is_sqlite else " ON audit")))
            connection.execute(text("DELETE FROM audit WHERE number = 5"))
        assert audit.verify(database).broken_at is None
        assert audit.verify(database, noted).broken_at == 5

    def test_several_processes_keep_one_chain(self, database, database_url):
        context = multiprocessing.get_context("spawn")
        processes = [context.Process(target=append_from_outside, args=(database_url, 25)) for _ in range(2)]
        for process in processes:
            process.start()
        append(database, 50)
        for process in processes:
            process.join()
            assert process.exitcode == 0
        found = audit.verify(database)
        assert (found.rows, found.broken_at) == (100, None)

    def test_what_fails_leaves_no_row(self, database):
        def fail():
            with database.writing() as connection:
                audit.append(database, connection, "test", "tried")
                raise KeyError

        with pytest.raises(KeyError):
            fail()
        assert audit.verify(database).rows == 0


def append_from_outside(url, number):
    with closing(Database(url)) as database:
        append(database, number)


class TestKeys:
    def test_a_key_is_kept_as_a_hash_only(self, database):
        key = create_key(database, "front desk", ("check",), None, "test")
        _, key_id, secret = key.split("_", 2)
        found = find_key(database, key_id)
        assert fits(found, secret)
        assert not fits(found, secret + "x")
        assert secret not in str(found)
        assert found.hash.startswith("$argon2id$")
        assert any_key(database)

    def test_revoking(self, database):
        key_id = create_key(database, "x", ("check",), None, "test").split("_")[1]
        assert revoke_key(database, key_id, "test")
        assert not revoke_key(database, key_id, "test")
        assert not revoke_key(database, "nothing", "test")
        assert list_keys(database)[0].revoked_at
        assert [entry.action for entry in audit.entries(database)] == ["key.created", "key.revoked"]


def test_workers_count_requests_together(database, database_url):
    with closing(Database(database_url)) as other:
        made = [count_request(one, "key:a")[0] for one in (database, other, database)]
    assert sorted(made) in ([1, 2, 3], [1, 1, 2], [1, 2, 1])  # a minute may have ended in between
    assert made[2] <= 3
    assert count_request(database, "key:b")[0] == 1
    assert 0 < count_request(database, "key:b")[1] <= 60


class TestSeal:
    def test_each_sealing_differs_and_opens(self):
        seal = Seal([bytes(32)])
        one, two = seal.close(b"claim", "here"), seal.close(b"claim", "here")
        assert one != two
        assert seal.open(one, "here") == seal.open(two, "here") == b"claim"
        assert b"claim" not in one

    def test_a_changed_byte_or_place_does_not_open(self):
        seal = Seal([bytes(32)])
        sealed = seal.close(b"claim", "batch a part 1")
        for spoiled, place in (
            (sealed[:-1] + b"\0", "batch a part 1"),
            (sealed, "batch a part 2"),
            (sealed, "batch b part 1"),
        ):
            with pytest.raises(SealError, match="changed"):
                seal.open(spoiled, place)
        for junk in (b"", b"\x01", b"\x02" + sealed[1:]):
            with pytest.raises(SealError):
                seal.open(junk, "batch a part 1")

    def test_keys_are_rotated(self):
        old, new = Seal([bytes(32)]), Seal([b"\1" * 32, bytes(32)])
        assert new.open(old.close(b"x", "p"), "p") == b"x"
        with pytest.raises(SealError, match="not among"):
            old.open(new.close(b"x", "p"), "p")

    def test_the_index_tells_nothing_without_the_key(self):
        one, two = Seal([bytes(32)]), Seal([b"\1" * 32])
        assert one.blind("member") == one.blind("member")
        assert one.blind("member") != two.blind("member")


class TestSettings:
    @pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
    def test_loopback(self, host):
        assert Settings(host=host).loopback

    @pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.5", "::", "example.org", ""])  # noqa: S104 -- that is the point
    def test_not_loopback(self, host):
        assert not Settings(host=host).loopback

    @pytest.mark.parametrize("key", ["short", "A" * 43, "é" * 44, "A" * 44])
    def test_a_malformed_content_key_is_refused_without_being_told(self, key):
        with pytest.raises(ValueError, match="openssl rand") as error:
            _ = Settings(content_key=key).content_keys
        assert key not in str(error.value)

    def test_a_content_key_from_a_file(self, tmp_path):
        path = tmp_path / "key"
        path.write_text("A" * 43 + "=\n")
        assert Settings(content_key_file=path).content_keys == (bytes(32),)

    def test_secrets_are_not_printed(self):
        assert "A" * 43 not in repr(Settings(content_key="A" * 43 + "="))
