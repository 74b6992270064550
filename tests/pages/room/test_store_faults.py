"""A store that is away, busy, full, broken or wrongly named says so, and is back when it can be."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from pages.ui.room import store as room_store
from pages.ui.room.store import Held, NoStore, StoreGone
from pages.ui.room.store import sqlite as sqlite_store
from pages.ui.room.store.sqlite import SqliteStore
from tests import redis_server
from tests.cases import for_each

ROOT = Path(__file__).parents[3]
LATER = time.time() + 10**6  # seconds, more than any run of the tests takes
#: Far more than a store waits, and far less than anybody would.
SOON = 20.0
VERBS = {
    "open": lambda store: store.open("OTHER", {"stage": "1"}, LATER, 7),
    "version": lambda store: store.version("KXQRT"),
    "read": lambda store: store.read("KXQRT"),
    "write": lambda store: store.write("KXQRT", {"stage": "2"}),
    "cast": lambda store: store.cast("KXQRT", "q", "a", "1", 7),
    "ballot": lambda store: store.ballot("KXQRT", "q"),
    "value": lambda store: store.value("KXQRT", "q", "a"),
    "drop": lambda store: store.drop("KXQRT", "q"),
    "close": lambda store: store.close("KXQRT"),
    "tidy": lambda store: store.tidy(LATER),
    "rooms": lambda store: store.rooms(),
}


def gone(store, *verbs):
    """What each verb says of a store that can't be reached; none may take long."""
    told = []
    for verb in verbs or VERBS:
        begin = time.monotonic()
        with pytest.raises(StoreGone) as raised:
            VERBS[verb](store)
        assert time.monotonic() - begin < SOON, verb
        told.append(str(raised.value))
    return told


@pytest.fixture
def path(tmp_path):
    return tmp_path / "rooms.db"


@pytest.fixture
def file(path):
    """A store in a file, with a room."""
    store = SqliteStore(path)
    store.open("KXQRT", {"stage": "1"}, LATER, 7)
    return store


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_files_are_for_their_user_alone(file, path):
    written = sorted(path.parent.iterdir())
    assert [each.name for each in written] == ["rooms.db", "rooms.db-shm", "rooms.db-wal"]
    assert [mode(each) for each in written] == [0o600] * 3


def test_a_room_that_is_past_is_deleted_where_nobody_asks_for_it(path, monkeypatch):
    monkeypatch.setattr(sqlite_store, "SWEEP", 0.01)
    store = SqliteStore(path)
    store.open("KXQRT", {"stage": "1"}, time.time() + 0.3, 7)
    store.open("OTHER", {"stage": "1"}, LATER, 7)
    files = [path, path.with_name("rooms.db-wal")]
    end = time.monotonic() + SOON
    while any(b"KXQRT" in each.read_bytes() for each in files):
        assert time.monotonic() < end
    assert any(b"OTHER" in each.read_bytes() for each in files)


@pytest.fixture
def default(tmp_path, monkeypatch):
    """The folder of the store that nobody has named."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.delenv("ROOM_STORE", raising=False)
    room_store._at.cache_clear()
    yield tmp_path / f"self-attention-lab-{os.getuid()}"
    room_store._at.cache_clear()


def test_without_a_name_it_is_a_folder_for_the_user_alone(default):
    assert room_store.store() is room_store.store()
    assert not default.exists()
    room_store.store().open("KXQRT", {}, LATER, 7)
    assert (mode(default), mode(default / "rooms.db")) == (0o700, 0o600)


@pytest.mark.parametrize("made", ["readable by others", "a link"])
def test_a_folder_that_others_may_have_made_is_refused(default, made, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    default.symlink_to(elsewhere) if made == "a link" else default.mkdir()
    if made != "a link":
        default.chmod(0o750)
    assert all("isn't this user's alone" in told for told in gone(room_store.store()))
    assert [*elsewhere.iterdir(), *default.iterdir()] == []


@pytest.mark.parametrize("how", ["deleted", "moved", "replaced"])
def test_a_file_that_vanishes_is_told_once_and_begun_anew(file, path, how):
    if how == "deleted":
        path.unlink()
    else:
        path.rename(path.with_name("moved.db"))
    if how == "replaced":
        SqliteStore(path).open("OTHER", {}, LATER, 7)
    assert str(path) in gone(file, "version")[0]
    assert file.version("KXQRT") == 0
    assert file.rooms() == int(how == "replaced")
    assert file.open("KXQRT", {"stage": "2"}, LATER, 7)
    assert SqliteStore(path).read("KXQRT") == Held(1, {"stage": "2"}, LATER)


def test_a_folder_that_is_away_is_back_with_its_rooms(file, path):
    away = path.parent.with_name("away")
    path.parent.rename(away)
    assert all(f"{path}, can't be used: No such file" in told for told in gone(file))
    away.rename(path.parent)
    assert file.read("KXQRT") == Held(1, {"stage": "1"}, LATER)


def test_a_file_that_is_locked(file, path):
    """By another program, or by a replica that hangs in the middle of a write."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    begin = time.monotonic()
    threads = [threading.Thread(target=gone, args=(file, "cast")) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - begin < SOON
    assert all("locked" in told for told in gone(file, "open", "close"))
    assert file.read("KXQRT") == Held(1, {"stage": "1"}, LATER)
    other.close()
    assert file.cast("KXQRT", "q", "a", "1", 7)


CORRUPT = {
    "no database": lambda path: path.write_bytes(b"no database" * 999),
    "cut": lambda path: os.truncate(path, 4096),
    "overwritten": lambda path: path.write_bytes(path.read_bytes()[:100] + b"\xaa" * 40_000),
}


@pytest.mark.parametrize("how", CORRUPT)
def test_a_corrupt_file(how, path):
    store = SqliteStore(path)
    store.open("KXQRT", {"stage": "1" * 20_000}, LATER, 7)
    store.close("OTHER")  # empties the journal, which would mend the file
    store._disconnect()
    CORRUPT[how](path)
    assert all(str(path) in told for told in gone(store, "version", "cast", "close"))
    path.unlink()
    assert store.open("KXQRT", {}, LATER, 7)


def test_an_empty_file_is_a_new_one(path):
    path.touch()
    assert SqliteStore(path).open("KXQRT", {}, LATER, 7)


MAKES = """
import os, sys
from pathlib import Path
from pages.ui.room.store.sqlite import SqliteStore
for number in range(41):
    store = SqliteStore(Path(sys.argv[1]) / str(number))
    assert store.open(sys.argv[2], {}, 9e9, 7)
    while store.rooms() < 3:
        os.sched_yield()
"""


def test_processes_that_make_the_file_at_once(tmp_path):
    processes = [
        subprocess.Popen([sys.executable, "-c", MAKES, str(tmp_path), str(one)], cwd=ROOT)
        for one in range(3)
    ]
    try:
        assert [process.wait(60) for process in processes] == [0, 0, 0]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_the_file_of_another_program_is_left_alone(path):
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE room (theirs TEXT)")
    other.close()
    before = path.read_bytes()
    assert all("isn't a file of rooms" in told for told in gone(SqliteStore(path)))
    assert path.read_bytes() == before
    assert [*path.parent.iterdir()] == [path]


#: A store in a process that is kept from something, and what it says of a write and a read.
KEPT_FROM = """
import os, resource, sys
from pathlib import Path
from pages.ui.room.store import StoreGone
from pages.ui.room.store.sqlite import SqliteStore
store = SqliteStore(Path(sys.argv[1]))
{}
for verb in (lambda: store.write("KXQRT", {{"stage": "x" * 100_000}}), lambda: store.rooms()):
    try:
        print(verb())
    except StoreGone as told:
        print(told)
"""
NOBODY = 65534


def kept_from(what, path):
    done = subprocess.run(
        [sys.executable, "-c", KEPT_FROM.format(what), str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_a_disk_that_is_full(file, path):
    full = "resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))"
    write, read = kept_from(full, path)
    assert write.startswith(f"The file of rooms, {path}, can't be used: ")
    assert read == "1"
    assert file.read("KXQRT") == Held(1, {"stage": "1"}, LATER)


def test_a_file_that_may_not_be_written():
    folder = Path(tempfile.mkdtemp())  # pytest's own is closed to the user who may not write
    try:
        path = folder / "rooms.db"
        SqliteStore(path).open("KXQRT", {"stage": "1"}, LATER, 7)
        path.chmod(0o444)
        folder.chmod(0o555)
        told = kept_from(f"os.getuid() or os.setuid({NOBODY})", path)
        assert told[0].startswith(f"The file of rooms, {path}, can't be used: ")
    finally:
        folder.chmod(0o700)
        shutil.rmtree(folder)


@pytest.fixture
def mortal(mortal_redis, monkeypatch):
    """A store on a Redis that may be killed, with a room and a vote."""
    monkeypatch.setenv("ROOM_STORE", mortal_redis.address)
    store = room_store.store()
    store.open("KXQRT", {"stage": "1"}, LATER, 7)
    store.cast("KXQRT", "q", "a", "1", 7)
    return store


def test_a_redis_that_was_killed_is_back_with_its_rooms(mortal, mortal_redis):
    mortal_redis.kill()
    assert all(f"Redis at 127.0.0.1:{mortal_redis.port}" in told for told in gone(mortal))
    mortal_redis.start()
    assert mortal.read("KXQRT") == Held(1, {"stage": "1"}, LATER)
    assert mortal.cast("KXQRT", "q", "b", "2", 7)
    assert mortal.ballot("KXQRT", "q") == {"a": "1", "b": "2"}


def test_a_redis_that_was_restarted_between_two_calls_is_not_noticed(mortal, mortal_redis):
    mortal_redis.kill()
    mortal_redis.start()
    assert mortal.cast("KXQRT", "q", "b", "2", 7)
    assert mortal.write("KXQRT", {"stage": "2"}) == 2


def test_a_redis_that_hangs(mortal, mortal_redis):
    with mortal_redis.stopped():
        gone(mortal, "version", "cast")
    assert mortal.write("KXQRT", {"stage": "2"}) >= 2


def test_a_redis_that_is_full(mortal, mortal_redis):
    mortal_redis.tell("CONFIG SET maxmemory 1")
    assert all("memory" in told for told in gone(mortal, "open", "write", "cast"))
    assert mortal.read("KXQRT") == Held(1, {"stage": "1"}, LATER)
    mortal.close("KXQRT")
    assert mortal.rooms() == 0


def test_redis_itself_deletes_a_room_that_is_past(shared_redis):
    """Also where no replica is left to do it."""
    shared_redis.tell("FLUSHALL")
    store = room_store._at(shared_redis.address)
    store.open("KXQRT", {"stage": "1"}, time.time() + 3000, 7)
    store.cast("KXQRT", "q1", "a", "1", 7)
    store.write("KXQRT", {"stage": "2"}, time.time() + 0.5)
    store.cast("KXQRT", "q2", "a", "1", 7)
    assert shared_redis.tell("DBSIZE") == ":4\r\n"
    end = time.monotonic() + SOON
    while shared_redis.tell("DBSIZE") != ":0\r\n":
        assert time.monotonic() < end
        time.sleep(0.01)


PASSWORD = "hunter2-%2F%40"


def test_a_password_is_used_and_never_told(needs_redis, tmp_path):
    with redis_server.running(tmp_path, "--requirepass", "hunter2-/@") as server:
        there = server.address.removeprefix("redis://")
        room_store._at(f"redis://:{PASSWORD}@{there}").open("KXQRT", {}, LATER, 7)
        assert room_store._at(f"valkey://:{PASSWORD}@{there}").rooms() == 1
        (without,) = gone(room_store._at(server.address), "rooms")
        (wrong,) = gone(room_store._at(f"redis://:{PASSWORD}x@{there}"), "rooms")
        assert "Authentication required" in without
        assert "invalid username-password" in wrong
        server.kill()
        told = gone(room_store._at(f"redis://someone:{PASSWORD}@{there}"))
    assert [each for each in (wrong, *told) if "hunter2" in each or "someone" in each] == []


@for_each(
    [
        *("sqlite://rooms.db", "sqlite:///", "rooms.db", "http://host/hunter2", "redis:host"),
        *("unix:///redis.sock", "hunter2"),
    ]
)
def test_a_store_that_is_none(address):
    with pytest.raises(NoStore) as raised:
        room_store._at(address)
    assert "ROOM_STORE should be unset, sqlite:///path, or " in str(raised.value)
    assert "hunter2" not in str(raised.value)


@pytest.mark.usefixtures("needs_redis")
@for_each(
    [
        *("redis://:hunter2/x@host:6379", "redis://:12#hunter2@host", "redis://:12?hunter2@host"),
        *("redis://host:hunter2", "rediss://host:6379/0?hunter2=1"),
        *("redis://host:6379/0?health_check_interval=hunter2",),
    ]
)
def test_an_address_that_is_none(address):
    with pytest.raises(NoStore) as raised:
        room_store._at(address)
    assert "redis://user:password@host:6379/0" in str(raised.value)
    assert "hunter2" not in f"{raised.value}{raised.value.__cause__}"


def test_whoever_starts_a_server_is_told_of_a_store_that_is_none():
    told = {}
    for address in "sqlite:///rooms.db", "redis:hunter2":
        done = subprocess.run(
            [sys.executable, "-c", "import dashboard"],
            cwd=ROOT,
            env={**os.environ, "ROOM_STORE": address},
            capture_output=True,
            text=True,
            check=True,
        )
        told[address] = [line for line in done.stderr.splitlines() if "ROOM_STORE" in line]
    assert told["sqlite:///rooms.db"] == []
    (line,) = told["redis:hunter2"]
    assert "should be unset" in line and "hunter2" not in line


def test_without_its_client_redis_is_told_to_need_one(monkeypatch):
    monkeypatch.setattr(room_store, "find_spec", lambda _package: None)
    with pytest.raises(NoStore, match=r"pip install -r requirements-room\.txt"):
        room_store._at("redis://:hunter2@host")
