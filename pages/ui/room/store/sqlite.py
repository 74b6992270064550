"""Rooms in one file of SQLite, for all processes of one machine.

The file is in WAL mode, which needs memory that all its users share: it works on a disk of the
machine or a volume of its containers, **not on a network file system** (NFS, SMB). Replicas on
several machines need Redis. Deleted rooms are overwritten with zeros.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, Thread

from . import ANYHOW, BallotFull, Held, RoomsFull, SlotChanged, StoreGone

#: Seconds to wait for another writer.
PATIENCE = 2.0
#: Seconds after which rooms that are past are looked for.
SWEEP = 60.0
#: Tells our file from another program's, and from another layout.
_OURS = 0x526D7331
_TABLES = (
    "CREATE TABLE room (code TEXT PRIMARY KEY, version INTEGER NOT NULL, until REAL NOT NULL)"
    " WITHOUT ROWID",
    "CREATE TABLE slot (code TEXT, name TEXT, value TEXT NOT NULL, PRIMARY KEY (code, name))"
    " WITHOUT ROWID",
    "CREATE TABLE vote (number INTEGER PRIMARY KEY, code TEXT, ballot TEXT, token TEXT,"
    " value TEXT NOT NULL, UNIQUE (code, ballot, token))",
    f"PRAGMA application_id = {_OURS}",
)


class SqliteStore:
    """A `Store` in a file; the system's folder for passing files has it where none is named."""

    def __init__(self, path: Path | None = None) -> None:
        self._path, self._named = path or _default(), path is not None
        self._lock = Lock()
        self._db: sqlite3.Connection | None = None
        self._file = 0, 0
        self._swept = False

    def open(self, code: str, slots: Mapping[str, str], until: float, most: int) -> bool:
        """Make a room; False where the code is taken."""
        now = time.time()
        with self._used("BEGIN IMMEDIATE") as db:
            if _version(db, code, now):
                return False
            if _count(db, now) >= most:
                raise RoomsFull(most)
            _delete(db, code)  # one that is past
            db.execute("INSERT INTO room VALUES (?, 1, ?)", (code, until))
            _put(db, code, slots)
        return True

    def version(self, code: str) -> int:
        """Version of a room; 0 if there is none."""
        with self._used() as db:
            return _version(db, code, time.time())

    def read(self, code: str) -> Held | None:
        """All slots of a room; None if there is none."""
        with self._used("BEGIN") as db:
            found = db.execute(
                "SELECT version, until FROM room WHERE code = ? AND until > ?", (code, time.time())
            ).fetchone()
            slots = db.execute("SELECT name, value FROM slot WHERE code = ?", (code,)).fetchall()
        return Held(found[0], dict(slots), found[1]) if found else None

    def write(
        self,
        code: str,
        slots: Mapping[str, str | None],
        until: float | None = None,
        *,
        given: Mapping[str, str] = ANYHOW,
    ) -> int:
        """Replace these slots; None removes one."""
        with self._used("BEGIN IMMEDIATE") as db:
            found = db.execute(
                "UPDATE room SET version = version + ?, until = coalesce(?, until)"
                " WHERE code = ? AND until > ? RETURNING version",
                (bool(slots), until, code, time.time()),
            ).fetchone()
            if not found:
                return 0
            _check_slots(db, code, given)
            _put(db, code, {name: value for name, value in slots.items() if value is not None})
            gone = [(code, name) for name, value in slots.items() if value is None]
            db.executemany("DELETE FROM slot WHERE code = ? AND name = ?", gone)
            return int(found[0])

    def cast(
        self,
        code: str,
        ballot: str,
        token: str,
        value: str,
        most: int,
        *,
        given: Mapping[str, str] = ANYHOW,
    ) -> bool:
        """Put a token's value in a ballot, in place of its last."""
        place = code, ballot
        with self._used("BEGIN IMMEDIATE") as db:
            if not _version(db, code, time.time()):
                return False
            _check_slots(db, code, given)
            if db.execute(
                "UPDATE vote SET value = ? WHERE code = ? AND ballot = ? AND token = ?",
                (value, *place, token),
            ).rowcount:
                return True
            held = "SELECT count(*) FROM vote WHERE code = ? AND ballot = ?"
            if db.execute(held, place).fetchone()[0] >= most:
                raise BallotFull(most)
            db.execute(
                "INSERT INTO vote (code, ballot, token, value) VALUES (?, ?, ?, ?)",
                (*place, token, value),
            )
        return True

    def ballot(self, code: str, ballot: str) -> dict[str, str]:
        """Values by token, in the order of first casts."""
        with self._used() as db:
            cast = db.execute(
                "SELECT token, value FROM vote JOIN room USING (code)"
                " WHERE code = ? AND ballot = ? AND until > ? ORDER BY number",
                (code, ballot, time.time()),
            )
            return dict(cast.fetchall())

    def value(self, code: str, ballot: str, token: str) -> str | None:
        """Value of one token; None if it has none."""
        with self._used() as db:
            found = db.execute(
                "SELECT value FROM vote JOIN room USING (code)"
                " WHERE code = ? AND ballot = ? AND token = ? AND until > ?",
                (code, ballot, token, time.time()),
            ).fetchone()
        return str(found[0]) if found else None

    def drop(self, code: str, ballot: str, token: str | None = None) -> None:
        """Delete a token's value, or the whole ballot."""
        with self._used("BEGIN IMMEDIATE") as db:
            db.execute(
                "DELETE FROM vote WHERE code = ? AND ballot = ? AND token = coalesce(?, token)",
                (code, ballot, token),
            )

    def close(self, code: str) -> None:
        """Delete all that a room holds."""
        with self._used("BEGIN IMMEDIATE") as db:
            _delete(db, code)
        self._forget_journal()

    def tidy(self, now: float) -> int:
        """Delete the rooms whose `until` is past, and count them."""
        with self._used("BEGIN IMMEDIATE") as db:
            past = db.execute("SELECT code FROM room WHERE until <= ?", (now,)).fetchall()
            for (code,) in past:
                _delete(db, code)
        if past:
            self._forget_journal()
        return len(past)

    def rooms(self) -> int:
        """How many rooms are open."""
        with self._used() as db:
            return _count(db, time.time())

    @contextmanager
    def _used(self, begin: str = "") -> Iterator[sqlite3.Connection]:
        """Lend the connection to one thread; what it began is done whole or not at all."""
        if not self._lock.acquire(timeout=PATIENCE):
            raise StoreGone(f"The file of rooms, {self._path}, is busy")
        try:
            with self._connected() as db:  # commits what was begun, or rolls it back
                if begin:
                    db.execute(begin)
                yield db
        except (OSError, sqlite3.DatabaseError) as fault:
            self._disconnect()
            if isinstance(fault, sqlite3.ProgrammingError | sqlite3.IntegrityError):
                raise
            why = fault.strerror or fault if isinstance(fault, OSError) else fault
            raise StoreGone(f"The file of rooms, {self._path}, can't be used: {why}") from fault
        finally:
            self._lock.release()

    def _connected(self) -> sqlite3.Connection:
        """Connect to the file, or give the connection; a file that was deleted has none."""
        if self._db is None:
            if not self._named:
                _own_folder(self._path.parent)
            with suppress(FileExistsError):  # SQLite gives its files beside it the same mode
                os.close(os.open(self._path, os.O_CREAT | os.O_EXCL, 0o600))
            self._db = sqlite3.connect(
                self._path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
            )
            _prepare(self._db)
            self._begin_to_sweep()
            self._file = _identity(self._path)
        elif _identity(self._path) != self._file:
            raise OSError("it is another file now")
        return self._db

    def _begin_to_sweep(self) -> None:
        """Have rooms deleted that are past, also where nobody asks for one any more."""
        if not self._swept:
            self._swept = True
            Thread(target=_sweep, args=(weakref.ref(self),), daemon=True).start()

    def _disconnect(self) -> None:
        if self._db is not None:
            self._db.close()
        self._db = None

    def _forget_journal(self) -> None:
        """Empty the journal, which has deleted rooms in it; a busy one is emptied another time."""
        with self._used() as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _sweep(where: weakref.ref[SqliteStore]) -> None:
    """Tidy a store for as long as there is one."""
    time.sleep(SWEEP)
    while store := where():
        with suppress(StoreGone):
            store.tidy(time.time())
            store._forget_journal()
        del store
        time.sleep(SWEEP)


def _default() -> Path:
    user = str(os.getuid()) if hasattr(os, "getuid") else "user"
    return Path(tempfile.gettempdir()) / f"self-attention-lab-{user}" / "rooms.db"


def _own_folder(folder: Path) -> None:
    """Make a folder for this user alone; whoever else made it before may read what is in it."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if hasattr(os, "getuid") and (found.st_uid != os.getuid() or found.st_mode & 0o77):
        raise OSError(f"the folder {folder} isn't this user's alone")


def _prepare(db: sqlite3.Connection) -> None:
    """Make the tables of a new file; refuse another program's."""
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA secure_delete = ON")
    end = time.monotonic() + PATIENCE
    while not _is_ours(db):
        try:
            _make_tables(db)
        except sqlite3.OperationalError as fault:
            # SQLite waits for others by itself, but not with the step to WAL.
            if fault.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
            time.sleep(0.001)


def _make_tables(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("BEGIN IMMEDIATE")
    if not _is_ours(db):  # another process may have been faster
        for statement in _TABLES:
            db.execute(statement)
    db.execute("COMMIT")


def _is_ours(db: sqlite3.Connection) -> bool:
    """Tell a file of rooms from a new one."""
    named, tables = db.execute(
        "SELECT application_id, (SELECT count(*) FROM sqlite_master) FROM pragma_application_id"
    ).fetchone()
    if named != _OURS and (named or tables):
        raise OSError("it isn't a file of rooms")
    return bool(tables)


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def _version(db: sqlite3.Connection, code: str, now: float) -> int:
    found = db.execute(
        "SELECT version FROM room WHERE code = ? AND until > ?", (code, now)
    ).fetchone()
    return int(found[0]) if found else 0


def _count(db: sqlite3.Connection, now: float) -> int:
    return int(db.execute("SELECT count(*) FROM room WHERE until > ?", (now,)).fetchone()[0])


def _check_slots(db: sqlite3.Connection, code: str, given: Mapping[str, str]) -> None:
    """Refuse what was meant for other slots; what was begun is rolled back."""
    for name, value in given.items():
        found = db.execute("SELECT value FROM slot WHERE code = ? AND name = ?", (code, name))
        if found.fetchone() != (value,):
            raise SlotChanged(name)


def _put(db: sqlite3.Connection, code: str, slots: Mapping[str, str]) -> None:
    rows = [(code, name, value) for name, value in slots.items()]
    db.executemany("INSERT OR REPLACE INTO slot VALUES (?, ?, ?)", rows)


def _delete(db: sqlite3.Connection, code: str) -> None:
    for table in "slot", "vote", "room":
        db.execute(f"DELETE FROM {table} WHERE code = ?", (code,))
