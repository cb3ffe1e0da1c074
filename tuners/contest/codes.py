"""Everything that is drawn to tell people apart: identities, tokens, codes to type, aliases.

None of it follows from a person. Of tokens and personal codes the store keeps SHA-256 hashes alone: 256 and 100
random bits cannot be guessed from those, so they need no slow hash as a password does.
"""

from __future__ import annotations

import hashlib
import secrets

#: Crockford's digits and letters: none is taken for another.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

#: What people type or read for some of them.
MEANT = str.maketrans({"O": "0", "I": "1", "L": "1"})

#: Characters of a contest's code and of a personal code (100 bits), which is written in groups of four.
JOIN_LENGTH, PERSONAL_LENGTH, GROUP = 5, 20, 4

QUALITIES = (
    "Amber", "Bold", "Brisk", "Calm", "Clever", "Coral", "Crisp", "Daring", "Dapper", "Eager", "Fleet", "Gentle",
    "Glad", "Golden", "Hardy", "Indigo", "Jolly", "Keen", "Kind", "Lively", "Lucky", "Mellow", "Merry", "Mint",
    "Nimble", "Noble", "Olive", "Patient", "Proud", "Quick", "Quiet", "Rosy", "Ruby", "Silver", "Spry", "Steady",
    "Sunny", "Swift", "Teal", "Tidy", "Vivid", "Warm", "Witty", "Zesty",
)  # fmt: skip
ANIMALS = (
    "Badger", "Beaver", "Bison", "Crane", "Curlew", "Dolphin", "Eider", "Falcon", "Ferret", "Finch", "Fox", "Gecko",
    "Gull", "Hare", "Heron", "Ibex", "Ibis", "Jackdaw", "Kestrel", "Koala", "Lark", "Lemur", "Lynx", "Magpie",
    "Marten", "Newt", "Otter", "Owl", "Panda", "Petrel", "Plover", "Puffin", "Raven", "Robin", "Salmon", "Seal",
    "Siskin", "Stoat", "Swan", "Tern", "Toad", "Turtle", "Vole", "Wren",
)  # fmt: skip


def new_id() -> str:
    """The name of a contest, a person or a practice in the store: 64 bits."""
    return secrets.token_hex(8)


def new_token() -> str:
    """What a browser holds to show whose it is: 256 bits."""
    return secrets.token_urlsafe(32)


def new_join_code() -> str:
    """What participants type to find a contest; it is no secret."""
    return "".join(secrets.choice(LETTERS[10:]) for _ in range(JOIN_LENGTH))


def new_personal_code() -> str:
    """What somebody writes down to come back or to withdraw, for example "KXQ4-7PNM-2B3D-J8RT-W5AE"."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(PERSONAL_LENGTH))
    return "-".join(drawn[place : place + GROUP] for place in range(0, PERSONAL_LENGTH, GROUP))


def new_alias() -> str:
    """For example "Nimble Otter"."""
    return f"{secrets.choice(QUALITIES)} {secrets.choice(ANIMALS)}"


def typed(code: str) -> str:
    """A code as it was meant: capitals, no separators, no letter that passes for a digit."""
    return "".join(one for one in code.upper() if one.isalnum()).translate(MEANT)


def typed_join(code: str) -> str:
    """A contest's code as it was meant; it has letters only, and none that needs a translation."""
    return "".join(one for one in code.upper() if one.isalnum())


def hashed(secret: str) -> str:
    """What the store keeps of a token or a (typed) personal code."""
    return hashlib.sha256(secret.encode()).hexdigest()
