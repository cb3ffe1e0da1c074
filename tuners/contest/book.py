"""The book of contests: everything that pages and commands read of them and change about them.

Every change is one transaction that names the state it starts from, and one at a time (`tuners.store_format.alone`), so
that thirty browsers and a server may do what they like at once. Every refusal is a UsageError with the rule, the value and the way out.
"""

from __future__ import annotations

from tuners.contest.book_contests import Contests
from tuners.contest.book_drafts import Drafts
from tuners.contest.book_people import Joined, People
from tuners.contest.book_tries import Tries

__all__ = ["Book", "Joined"]


class Book(People, Tries, Drafts, Contests):
    """The contests of one store. Reading works read-only, and where there never was a contest."""
