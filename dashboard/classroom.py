"""A contest for a class in one command: `python -m dashboard.classroom`, or `make contest`.

Creates a contest, sets the instructor's password, closes the dashboard to everybody else and serves it. Only this machine
reaches it unless `--share` opens it to the local network.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard import processes
from datasets.command_line import Parser, positive, seed
from datasets.command_line import run as run_command
from datasets.errors import UsageError

if TYPE_CHECKING:
    from tuners.contest.access import Access
    from tuners.contest.book import Book
    from tuners.contest.record import Contest

ROOT = Path(__file__).resolve().parents[1]

PORT = 8501

#: A first password of one's own, so that none is printed.
PASSWORD = "HANDTUNE_PASSWORD"

EPILOG = f"""examples:
  python -m dashboard.classroom                       10 minutes on digits, for a look on this machine
  python -m dashboard.classroom --share               the same for a class in the same network
  python -m dashboard.classroom --share --task set-10 --minutes 15 --title "Monday's class"
  python -m dashboard.classroom --share --contest CONTEST     goes on with one, by its id or join code

Ctrl-C ends the dashboard. The contest stays as it is, its clock included; --contest goes on with it.
{PASSWORD}=... sets the first password; without it one is made up and printed once."""


def parser() -> Parser:
    p = Parser(
        prog="python -m dashboard.classroom",
        description="Create a contest of people and autotuners, and serve its pages.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    p.add_argument("--contest", metavar="CONTEST", help="go on with this one (id or join code)")
    p.add_argument("--title", help="what participants see (default: one with the date)")
    p.add_argument("--task", default="digits", metavar="NAME", help="what is tuned (default digits)")
    p.add_argument("--minutes", type=float, metavar="M", help="of the clock (default: what suits the task)")
    p.add_argument("--tuners", nargs="*", metavar="NAME", help="autotuners that take part")
    p.add_argument("--searches", type=positive, metavar="N", help="runs of each tuner")
    p.add_argument("--seed", type=seed, metavar="N")
    p.add_argument("--institution", default="", help="who runs it, in the text that people agree to")
    p.add_argument("--contact", default="", help="whom to ask, in the same text")
    p.add_argument("--store", metavar="PATH", help="file or database URL of the results (or HANDTUNE_STORE)")
    p.add_argument("--port", type=positive, default=PORT, metavar="N", help=f"default {PORT}")
    p.add_argument(
        "--share",
        action="store_true",
        help="let other machines of the local network in; without it only this machine reaches the pages",
    )
    p.add_argument(
        "--all-pages",
        action="store_true",
        help="do not close the other pages to people who are not logged in",
    )
    return p


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    args = parser().parse_args(arguments)
    _check_port(args.port, args.share)
    from tuners.contest.access import Access
    from tuners.contest.book import Book
    from tuners.store import Store, location

    where = location(args.store)
    with closing(Store(where)) as store:
        contest = _contest(Book(store), args)
        access = Access(store)
        made_up = _first_password(access)
        was_closed = access.closed()
        access.close(not args.all_pages)
    environment = {"HANDTUNE_STORE": where if "://" in where else str(Path(where).expanduser().resolve())}
    print(announcement(contest, args.port, args.share, made_up), flush=True)
    try:
        return serve(args.port, args.share, environment)
    finally:
        with closing(Store(where)) as store:
            Access(store).close(was_closed)
        print(f"\nThe contest stays as it is. Go on with: {again(contest, args)}", flush=True)


def announcement(contest: Contest, port: int, share: bool, made_up: str) -> str:
    """What is printed before the pages are there. made_up: the password, where one was made up now."""
    from dashboard.contest import addresses

    base = addresses.base(f"http://localhost:{port}", share, port, os.environ.get(addresses.VARIABLE, ""))
    lines = [
        f"{contest.title}: {contest.terms.minutes:g} minutes on {contest.terms.task}",
        "",
        f"  instructor    http://localhost:{port}/contest",
        f"  password      {made_up or '(the one that is set; forgotten: python -m tuners.contest password)'}",
        f"  projector     http://localhost:{port}/leaderboard?contest={contest.id}&projector=yes",
        f"  participants  {base}/join",
        f"  join code     {contest.join_code}",
        "",
    ]
    if share and addresses.alone(base):
        lines.append(
            "No network was found: only this machine reaches the pages. Connect it, and start again."
        )
    elif share:
        lines += [
            addresses.printed(addresses.join(base, contest.join_code)),
            "Shared: whoever is in the same network (a wireless one of a campus is large) reaches the participants' pages,",
            "unencrypted. Other pages need the password. Nothing is open to the internet unless your router forwards it.",
            "If nobody gets through: the network may keep its members apart, or a firewall may close the port "
            f"{port}; see docs/instructor.md.",
        ]
    else:
        lines.append("Only this machine reaches the pages. For a class, add --share.")
    if made_up:
        lines.append("The password is not shown again.")
    return "\n".join(lines)


def serve(port: int, share: bool, environment: Mapping[str, str]) -> int:
    """Serves the dashboard until it ends, Ctrl-C is pressed or the terminal is closed; returns its exit code."""
    before = {one: signal.signal(one, _interrupt) for one in (signal.SIGTERM, signal.SIGHUP)}
    server = None
    try:
        server = subprocess.Popen(
            command(port, share), cwd=ROOT, env=os.environ | environment, start_new_session=True
        )
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        if server is not None:
            processes.end(server)
        for one, handler in before.items():
            signal.signal(one, handler)


def command(port: int, share: bool) -> list[str]:
    """Streamlit's. It answers to this machine's own names and addresses alone, shared or not: a page elsewhere cannot reach it
    under a name of its own (DNS rebinding). Its welcome is left out, and its address is named: else it would ask a server
    on the internet for this machine's own."""
    from dashboard.contest import addresses

    words = [sys.executable, "-m", "streamlit", "run", "dashboard/app.py", "--server.headless=true"]
    words += [f"--server.port={port}", f"--server.address={'0.0.0.0' if share else '127.0.0.1'}"]
    words.append("--logger.hideWelcomeMessage=true")
    hosts = ["localhost", "127.0.0.1"]
    if share:
        own = [*addresses.named(), *addresses.of_this_machine()]
        words.append(f"--browser.serverAddress={own[0] if own else hosts[0]}")
        words += [f"--server.corsAllowedOrigins=http://{address}:{port}" for address in own[1:]]
        hosts += [*own, socket.gethostname(), f"{socket.gethostname()}.local"]
    for host in dict.fromkeys(hosts):
        words.append(f"--server.allowedHosts={host}")
    return words


def again(contest: Contest, args: argparse.Namespace) -> str:
    """The command that goes on with the contest."""
    words = ["python -m dashboard.classroom", "--contest", contest.join_code]
    words += ["--share"] if args.share else []
    words += ["--all-pages"] if args.all_pages else []
    words += ["--port", str(args.port)] if args.port != PORT else []
    words += ["--store", args.store] if args.store else []
    return " ".join(words)


def _contest(book: Book, args: argparse.Namespace) -> Contest:
    """The one that is named, else a new one."""
    from tuners.contest.command_list import found
    from tuners.contest.consent import standard
    from tuners.contest.record import Terms
    from tuners.contest.task import task

    if args.contest is not None:
        return found(book, args.contest)
    usual = Terms()
    terms = Terms(
        task=args.task,
        minutes=task(args.task).minutes if args.minutes is None else args.minutes,
        seed=usual.seed if args.seed is None else args.seed,
        tuners=usual.tuners if args.tuners is None else tuple(args.tuners),
        searches=args.searches or usual.searches,
    )
    title = args.title or f"Tuning contest, {date.today().day} {date.today():%B %Y}"
    return book.create(title, terms, standard(terms, args.institution, args.contact))


def _first_password(access: Access) -> str:
    """Sets it where there is none; returns it where it was made up, to be printed."""
    from tuners.contest.access import made_up

    given = os.environ.get(PASSWORD, "")
    if access.password_is_set():
        return ""
    password = given or made_up()
    access.set_password(password)
    return "" if given else password


def _check_port(port: int, share: bool) -> None:
    """Raises UsageError where it is taken, before a contest is created for nothing."""
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0" if share else "127.0.0.1", port))
        except OSError:
            raise UsageError(
                f"port {port} is taken, perhaps by another dashboard; end that one, or choose another with --port {port + 1}"
            ) from None


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(run_command(main))
