"""Pseudonyms: what HMAC says, keys nobody else reads, and two extracts that cannot be joined."""

import hashlib
import hmac
import logging
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.governance.pseudonym import KeyFolder, KeyFolderError, pseudonymise


@pytest.fixture
def keys(tmp_path: Path) -> KeyFolder:
    return KeyFolder(tmp_path / "keys", outside=(tmp_path / "warehouse", tmp_path / "repository"))


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        con.execute("create table child as select uuid()::varchar as person_id, i as days, i % 7 as visits from range(500) t(i)")
        con.execute("insert into child values (null, 1, 1)")
        yield con


def test_a_token_is_the_hmac_of_the_person_under_the_recipients_key(con: duckdb.DuckDBPyConnection, keys: KeyFolder) -> None:
    key = keys.current("partner-a")
    con.execute("create table one as select 'b7e5d3a0-person' as person_id")
    pseudonymise(con, "one", "given", key)
    expected = hmac.new(key.secret(), b"b7e5d3a0-person", hashlib.sha256).hexdigest()
    assert con.execute("select key_id, token from given").fetchall() == [(key.key_id, expected)]


def test_two_extracts_cannot_be_joined(con: duckdb.DuckDBPyConnection, keys: KeyFolder) -> None:
    for name in ("a", "b"):
        pseudonymise(
            con, f"(select person_id, {'days' if name == 'a' else 'visits'} from child)", f"given_{name}", keys.current(f"partner-{name}")
        )
    shared = "select count(*) from given_a join given_b on given_a.token = given_b.token or given_a.key_id = given_b.key_id"
    assert con.execute(shared).fetchall() == [(0,)]
    # nor by where a row stands: neither keeps the order of the table both were made of
    assert (
        con.execute("select list(days) from given_a").fetchall()
        != con.execute("select list(days) from child where person_id is not null").fetchall()
    )
    assert "person_id" not in [row[0] for row in con.execute("describe given_a").fetchall()]


def test_one_recipient_can_follow_a_child_until_its_key_is_rotated(con: duckdb.DuckDBPyConnection, keys: KeyFolder) -> None:
    for name, key in (
        ("first", keys.current("p")),
        ("second", keys.current("p")),
        ("third", keys.rotate("p")),
        ("fourth", keys.current("p")),
    ):
        pseudonymise(con, "child", name, key)
    joined = "select count(*) from {} join {} using (token)".format
    assert [con.execute(joined(a, b)).fetchall()[0][0] for a, b in (("first", "second"), ("first", "third"), ("third", "fourth"))] == [
        500,
        0,
        500,
    ]


def test_a_destroyed_key_makes_no_token_again_and_is_never_given_out_again(con: duckdb.DuckDBPyConnection, keys: KeyFolder) -> None:
    key = keys.current("p")
    secret = key.secret().hex()
    keys.destroy("p", key.key_id)
    with pytest.raises(KeyFolderError, match="is gone"):
        pseudonymise(con, "child", "given", key)
    assert not any(secret in file.read_text() for file in keys.folder.rglob("*") if file.is_file())
    assert keys.current("p").key_id != key.key_id
    with pytest.raises(KeyFolderError, match="has no key"):
        keys.destroy("p", key.key_id)


def test_keys_are_the_hubs_alone(keys: KeyFolder) -> None:
    key = keys.current("p")
    assert {path.stat().st_mode & 0o077 for path in (keys.folder, key.path.parent, key.path)} == {0}
    key.path.chmod(0o644)
    with pytest.raises(KeyFolderError, match="read by others"):
        key.secret()


def test_a_damaged_key_is_refused_not_used(keys: KeyFolder) -> None:
    key = keys.current("p")
    key.path.write_text("abcd")
    with pytest.raises(KeyFolderError, match="damaged"):
        key.secret()


@pytest.mark.parametrize("inside", ["warehouse", "warehouse/keys", "repository/a/b"])
def test_keys_may_lie_neither_in_the_warehouse_nor_in_the_repository(tmp_path: Path, inside: str) -> None:
    with pytest.raises(KeyFolderError, match="lies inside"):
        KeyFolder(tmp_path / inside, outside=(tmp_path / "warehouse", tmp_path / "repository"))


@pytest.mark.parametrize("recipient", ["", "../up", "A", "a/b", "."])
def test_a_recipients_name_is_no_path(keys: KeyFolder, recipient: str) -> None:
    with pytest.raises(KeyFolderError, match="lower-case"):
        keys.current(recipient)


def test_no_message_and_no_log_holds_the_key(con: duckdb.DuckDBPyConnection, keys: KeyFolder, caplog: pytest.LogCaptureFixture) -> None:
    key = keys.current("p")
    with caplog.at_level(logging.DEBUG), pytest.raises(duckdb.Error) as error:
        pseudonymise(con, "(select person_id, error('no') as x from child)", "given", key)
    assert key.secret().hex() not in f"{error.value} {caplog.text} {key!r}"
