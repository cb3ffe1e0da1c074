"""The instructor's password and logins, and whether the dashboard is closed to everybody else.

What lies in the store is of no use to a thief: the password as a salted scrypt hash, a login as the hash of what the
instructor's browser holds. Who may open the store's file can set a new password (`python -m tuners.contest password`).
"""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from sqlalchemy import Connection, delete, insert, inspect, select, update
from sqlalchemy.exc import IntegrityError

from datasets.errors import UsageError
from tuners.contest import tables
from tuners.store import Store
from tuners.store_format import alone

#: Letters of a password.
SHORTEST, LONGEST = 8, 200

#: Seconds for which a login counts: a working day.
LOGIN_SECONDS = 12 * 3600.0

#: Of scrypt: 16 MiB of memory and some 50 ms on a laptop for each guess (RFC 7914).
COST, BLOCK, PARALLEL = 2**14, 8, 1

#: Wrong passwords that cost nothing but a second try; each one after them doubles the wait, up to a minute.
FREE_FAILURES = 3
LONGEST_WAIT = 60.0

#: Of passwords that are made up: no letter that looks like another one. Twelve of them are 58 bits.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"

ACCESS, LOGINS = tables.access, tables.logins

#: The one row.
PLACE = 1

#: By who asks and the stored password: wrong ones in a row, and until when the next one is not looked at. So a new
#: password ends the wait for an instructor whom others at the same address keep out. Kept by the process that serves the
#: pages, one for all its viewers; another process is started by somebody who has the store anyway.
_failures: dict[tuple[str, str], tuple[int, float]] = {}

#: One password at a time is hashed, so that guesses from many browsers do not take the machine's memory.
_hashing = Lock()


def made_up() -> str:
    """A password that is easy to read out: three groups of four letters."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


class Access:
    """Of one store. Reading works with a read-only store, and with one that has no such tables yet."""

    def __init__(self, store: Store) -> None:
        self.store = store

    # The password ---------------------------------------------------------------------------------

    def password_is_set(self) -> bool:
        """Whether this store has an instructor's password."""
        return self._password() is not None

    def set_password(self, new: str, old: str | None = None, who: str = "") -> None:
        """Sets the first password, or another one in place of `old`; whoever was logged in is so no more.

        Raises UsageError where the new one is too short or too long, or the old one is not right.
        """
        _check_length(new)
        first = not self.password_is_set()
        if not first and not (old is not None and self.check(old, who)):
            raise UsageError(
                "a password is set, and it is changed by giving the present one, which was not right; a forgotten one is "
                "replaced with: python -m tuners.contest password"
            )
        self._write(new, first=first)

    def replace_password(self, new: str) -> None:
        """The same without the old one: for a command on the machine that has the store."""
        _check_length(new)
        self._write(new, first=False)

    def check(self, password: str, who: str = "") -> bool:
        """Whether it is the password. who: from where it comes; a wrong one slows down that place alone.

        Raises UsageError while that place has to wait after several wrong ones.
        """
        stored = self._password()
        if stored is None or len(password) > LONGEST:
            return False
        with _hashing:
            place = who, stored
            count, until = _failures.get(place, (0, 0.0))
            wait = until - time.monotonic()
            if wait > 0:
                raise UsageError(
                    f"after {count} wrong passwords the next one is looked at in {math.ceil(wait)} s; wait, or set a new "
                    "one with: python -m tuners.contest password"
                )
            if _matches(password, stored):
                _failures.pop(place, None)
                return True
            count += 1
            pause = min(LONGEST_WAIT, 2.0 ** (count - FREE_FAILURES)) if count > FREE_FAILURES else 0.0
            _failures[place] = count, time.monotonic() + pause
            return False

    # Logins ---------------------------------------------------------------------------------------

    def login(self) -> str:
        """Lets whoever holds the returned token in for LOGIN_SECONDS. Ask `check` before."""
        token = secrets.token_urlsafe(32)
        now = time.time()
        with self._writing() as connection:
            connection.execute(delete(LOGINS).where(LOGINS.c.until < now))
            connection.execute(insert(LOGINS).values(token=_hash(token), until=now + LOGIN_SECONDS))
        return token

    def is_login(self, token: str | None) -> bool:
        """Whether a token is of a login that has neither ended nor grown too old."""
        if not token or not self._has(LOGINS.name):
            return False
        with self.store.engine.connect() as connection:
            found = select(LOGINS.c.until).where(LOGINS.c.token == _hash(token))
            until = connection.execute(found).scalar()
        return until is not None and time.time() < until

    def logout(self, token: str | None) -> None:
        """Ends a login; nothing for a token that is of none."""
        if token:
            with self._writing() as connection:
                connection.execute(delete(LOGINS).where(LOGINS.c.token == _hash(token)))

    # The switch -----------------------------------------------------------------------------------

    def closed(self) -> bool:
        """Whether everybody but the instructor has the participants' pages only."""
        if not self._has(ACCESS.name):
            return False
        with self.store.engine.connect() as connection:
            return bool(connection.execute(select(ACCESS.c.closed)).scalar())

    def close(self, closed: bool) -> None:
        """Raises UsageError where there is no password yet, so that nobody could open it again from a page."""
        if closed and not self.password_is_set():
            raise UsageError(
                "the other pages are closed once an instructor's password is set, and there is none; set it on the page "
                "Contest, or with: python -m tuners.contest password"
            )
        with self._writing() as connection:
            connection.execute(update(ACCESS).values(closed=int(closed)))

    # The store ------------------------------------------------------------------------------------

    def _password(self) -> str | None:
        if not self._has(ACCESS.name):
            return None
        with self.store.engine.connect() as connection:
            found = connection.execute(select(ACCESS.c.password)).scalar()
        return None if found is None else str(found)

    def _write(self, password: str, *, first: bool) -> None:
        """first: only where there is none, however many ask at this moment."""
        values = {"password": _hashed(password)}
        try:
            with self._writing() as connection:
                if first or not connection.execute(update(ACCESS).values(**values)).rowcount:
                    connection.execute(insert(ACCESS).values(place=PLACE, closed=0, **values))
                connection.execute(delete(LOGINS))
        except IntegrityError:
            raise UsageError("a password was set this very moment; log in with it") from None

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        if not self._has(LOGINS.name):  # all tables at once: readers take one of them for all
            with alone(self.store.engine) as connection:
                tables.metadata.create_all(connection)
        with alone(self.store.engine) as connection:
            yield connection

    def _has(self, table: str) -> bool:
        return inspect(self.store.engine).has_table(table)


def _check_length(password: str) -> None:
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(
            f"a password has {SHORTEST} to {LONGEST} characters, and this one has {len(password)}; choose another"
        )


def _hashed(password: str) -> str:
    """The parameters, the salt and the hash in one word, so that stored ones outlive a change of the parameters."""
    salt = secrets.token_bytes(16)
    hashed = _scrypt(password, salt, COST, BLOCK, PARALLEL)
    return f"scrypt${COST}${BLOCK}${PARALLEL}${salt.hex()}${hashed.hex()}"


def _matches(password: str, stored: str) -> bool:
    _, cost, block, parallel, salt, hashed = stored.split("$")
    found = _scrypt(password, bytes.fromhex(salt), int(cost), int(block), int(parallel))
    return hmac.compare_digest(found, bytes.fromhex(hashed))


def _scrypt(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    memory = 256 * cost * block  # twice what it needs, as the library counts a little more
    return hashlib.scrypt(password.encode(), salt=salt, n=cost, r=block, p=parallel, maxmem=memory)


def _hash(token: str) -> str:
    """Of 256 random bits, which nobody guesses, so it needs no salt and no slowness."""
    return hashlib.sha256(token.encode()).hexdigest()
