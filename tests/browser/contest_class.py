"""A class room for the browser's test of a contest: the dashboard, the browsers before it, and what they are told."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from looks import until
from playwright.sync_api import BrowserContext, Page, WebSocket, expect

from dashboard import processes, screenshots
from dashboard.contest import identity
from manual.learner import Value
from tuners.contest import clock
from tuners.contest.anonymity import K
from tuners.contest.book import Book, Joined
from tuners.contest.consent import standard
from tuners.contest.record import Background, Contest, Education, Person, Terms, Try, TryState
from tuners.store import Store

PASSWORD = "chalk and blackboard"
SAID = Background(months=6, education=Education.BACHELOR, rating=3)

#: Seconds since 1970 now and the digits of the countdown, read at one moment, after all digits that were due are drawn.
COUNTDOWN = "timer => new Promise(read => setTimeout(() => read([Date.now() / 1000, timer.textContent]), 0))"

#: All text and all attributes of a page, those within components included.
EVERYTHING = """() => {
    const all = (node) => (node.shadowRoot ? all(node.shadowRoot) : '')
        + [...(node.attributes ?? [])].map(one => one.value).join(' ')
        + [...node.childNodes].map(one => one.nodeType === 3 ? one.data : all(one)).join(' ');
    return all(document);
}"""


@dataclass
class Laptop:
    """A browser of somebody's. told: what the server sent to its first page. asked: addresses of all its pages, those
    that they asked for, and what they wrote to the console."""

    context: BrowserContext
    page: Page
    told: list[bytes] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @classmethod
    def take(cls, browse: Callable[..., BrowserContext]) -> Laptop:
        context = browse(height=1400)
        laptop = cls(context, context.new_page())
        context.on("request", lambda request: laptop.asked.append(request.url))
        context.on("console", lambda message: laptop.asked.append(message.text))
        laptop.page.on("websocket", laptop._listen)
        laptop.page.on("framenavigated", lambda frame: laptop.asked.append(frame.url))
        return laptop

    def _listen(self, socket: WebSocket) -> None:
        self.asked.append(socket.url)
        socket.on(
            "framereceived",
            lambda frame: self.told.append(frame if isinstance(frame, bytes) else frame.encode()),
        )

    def all_told(self) -> str:
        return b"\n".join(self.told).decode(errors="replace")

    def cookie(self, name: str) -> str:
        (found,) = [one for one in self.context.cookies() if one.get("name") == name]
        assert found["sameSite"] == "Strict"
        return found["value"]

    def reloads_and_counts_down_to(self, deadline: float, settle: Callable[[Page], None]) -> None:
        """The countdown of a page that is loaded anew shows this deadline, in seconds since 1970.

        It is never later, but for the second that it rounds up to; and it is early by the way of its question to the server:
        by no more than the page took to come, however fast the machine.
        """
        asked = time.time()
        self.page.reload()
        timer = self.page.get_by_role("timer")
        timer.wait_for()
        settle(self.page)
        took = time.time() - asked

        def late() -> float:
            now, digits = timer.evaluate(COUNTDOWN)
            left = 0
            for part in digits.split(":"):
                left = 60 * left + int(part)
            return float(now + left - deadline)

        until(
            lambda: -took < late() < 1.05
        )  # a busy browser may be late to draw a second, and is not with the next


class Class:
    """A contest in its lobby, the dashboard that shows it, and four browsers before it. secrets: what nobody may read."""

    def __init__(
        self,
        browse: Callable[..., BrowserContext],
        address: str,
        folder: Path,
        terms: Terms,
        settle: Callable[[Page], None],
    ) -> None:
        self.store, self.log = Store(address), folder / "dashboard.log"
        self.book = Book(self.store)
        self.id = self.book.create("Monday", terms, standard(terms)).id
        self.port = screenshots.free_port()
        self.url = f"http://localhost:{self.port}"
        self.serve()
        self.desk, self.anna, self.berta, self.carla = (Laptop.take(browse) for _ in range(4))
        self.people: dict[str, Person] = {}
        self.secrets: list[str] = []
        self.settle = settle

    def serve(self) -> None:
        self.dashboard = screenshots.start(self.port, {"HANDTUNE_STORE": self.store.address}, self.log)

    def close(self) -> None:
        processes.end(self.dashboard)
        self.store.close()

    @property
    def laptops(self) -> list[Laptop]:
        return [self.desk, self.anna, self.berta, self.carla]

    @property
    def contest(self) -> Contest:
        return self.book.contest(self.id)

    def tries(self, who: str) -> list[Try]:
        return self.book.tries(self.id, self.people[who].id)

    def submit(self, who: str, config: Mapping[str, Value]) -> None:
        self.book.submit(self.id, self.people[who].id, config)

    def trains(self, who: str) -> bool:
        """Whether a try of theirs is in a later epoch than the first."""
        one = self.tries(who)[-1]
        return one.state == TryState.RUNNING and bool(one.curve)

    def deadlines(self) -> dict[str, float | None]:
        people = {who: self.book.person(self.id, one.id) for who, one in self.people.items()}
        return {who: clock.deadline(self.contest, one) for who, one in people.items()}

    def nobody_sees_another(self, marks: Mapping[str, str]) -> None:
        """On the page where somebody takes part, and in all that the server sent to it, nobody else is.

        marks: by who, what stands in their configurations only.
        """
        for who, laptop in (("anna", self.anna), ("berta", self.berta), ("carla", self.carla)):
            shown, told = laptop.page.evaluate(EVERYTHING), laptop.all_told()
            assert self.people[who].alias in told
            assert who not in marks or marks[who] in told
            for other, person in self.people.items():
                if other != who:
                    for secret in filter(None, (person.alias, person.id, marks.get(other))):
                        assert secret not in shown, f"{other} is seen by {who}"
                        assert secret not in told, f"{other} is told to {who}"


def the_instructor_logs_in(room: Class) -> None:
    page = room.desk.page
    page.goto(f"{room.url}/contest")
    page.get_by_label("Choose the instructor's password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Set it and go on").click()
    closed = page.get_by_text("Closed: others see the participants' pages only")
    expect(closed).to_have_count(1)  # while the page is drawn again, the old one is there as well
    room.settle(page)
    closed.click()
    expect(page.get_by_role("button", name="Start the contest")).to_be_visible()
    room.settle(page)
    room.secrets += [PASSWORD, room.desk.cookie(identity.INSTRUCTOR)]


def people_join(room: Class) -> None:
    """Anna by the link and her clicks; Berta, who has joined, by her personal code; Carla's browser holds her token."""
    page, settle = room.anna.page, room.settle
    page.goto(f"{room.url}/join?code={room.contest.join_code}")
    page.get_by_text("I have read this").click()
    page.get_by_text("My results may be passed on").click()
    settle(page)
    page.get_by_role("button", name="I agree").click()
    # What was clicked is gone; who cannot see the page is told what came.
    expect(page.get_by_role("heading", name="Keep your personal code")).to_be_focused()
    page.get_by_text("I have kept it.").click()
    code = page.get_by_role("code").inner_text().strip()
    settle(page)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("spinbutton", name="Months of experience").fill("7")
    page.get_by_role("combobox", name=re.compile("Education")).click()
    page.get_by_role("option", name="Doctorate").click()
    page.get_by_text("2 · I have tried it").click()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("when the instructor opens it")).to_be_visible()
    (anna,) = room.book.people(room.id)
    token = room.anna.cookie(identity.PERSON)
    assert room.book.person_of_token(token) == anna
    assert token not in page.evaluate(EVERYTHING)

    berta, carla = _join(room, reuse=True), _join(room, reuse=False)
    for _ in range(K - 2):  # an export needs so many
        _join(room, reuse=True)
    page = room.berta.page
    page.goto(f"{room.url}/join")
    page.get_by_text("I have joined already").click()
    page.get_by_label("Personal code").fill(berta.code)
    page.get_by_role("button", name="Come back").click()
    room.carla.context.add_cookies(
        [{"name": identity.PERSON, "value": carla.token, "url": room.url, "sameSite": "Strict"}]
    )
    room.carla.page.goto(f"{room.url}/join")
    for laptop in (room.berta, room.carla):
        expect(laptop.page.get_by_text("when the instructor opens it")).to_be_visible()
    settle(page)
    room.people = {"anna": anna, "berta": berta.person, "carla": carla.person}
    room.secrets += [token, code, berta.token, berta.code, room.berta.cookie(identity.PERSON)]
    room.secrets += [carla.token, carla.code]


def _join(room: Class, *, reuse: bool) -> Joined:
    joined = room.book.join(room.id, consent_version=room.contest.consent.version, reuse=reuse)
    room.book.tell_background(room.id, joined.person.id, SAID)
    return joined


def the_contest_starts(room: Class) -> None:
    expect(room.desk.page.get_by_text(f"{K + 1} have joined")).to_be_visible()
    room.desk.page.get_by_role("button", name="Start the contest").click()
    for laptop in (room.carla, room.berta, room.anna):  # lobbies go on by themselves
        laptop.page.get_by_role("button", name="Show me the task and start my clock").click()
    for laptop in (room.carla, room.berta, room.anna):
        expect(laptop.page.get_by_role("timer")).to_be_visible()
