"""`make bench`: a district of full size in a database of its own (var/bench), measured; a table in Markdown."""

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

Lines = Iterator[tuple[str, str]]
BENCH_HOME = Path(__file__).resolve().parent.parent / "var" / "bench"


def main() -> None:
    """Set up, measure what is asked for, print."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="size of the district (1: 605,529 residents)")
    parser.add_argument("--times", type=int, default=5, help="runs of which the median counts")
    parser.add_argument("--only", nargs="*", choices=list(MEASURED), help="leave out the rest")
    options = parser.parse_args()
    os.environ.setdefault("SHOUYUE_HOME", str(BENCH_HOME))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("SHOUYUE_TODAY", "2018-12-20")
    os.environ.setdefault("SHOUYUE_APP_LOG_LEVEL", "WARNING")
    from config import servers

    with servers.running():
        import django

        django.setup()
        _measure(options)


def _measure(options: argparse.Namespace) -> None:
    _set_up(options.scale)
    from benchmarks import month

    print(f"\nMachine: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"District: {month.size()}\n\n| work | measured |\n|---|---|")
    for name in options.only or MEASURED:
        for work, measured in MEASURED[name](options.times):
            print(f"| {work} | {measured} |", flush=True)


def _month(times: int) -> Lines:
    from benchmarks import month

    seconds, ratio = month.month(times)
    yield "one month", f"{seconds:.1f} s; {ratio:.1f} × a plain copy of its rows"


def _history(_times: int) -> Lines:
    from benchmarks import month

    yield "24 months", f"{month.history(24):.0f} s"


def _pages(_times: int) -> Lines:
    from benchmarks import pages

    yield from map(_of_page, pages.measure())


def _search(_times: int) -> Lines:
    from benchmarks import pages

    yield from map(_of_page, pages.searches())


def _load(_times: int) -> Lines:
    from benchmarks import load

    yield "pages, 20 requests a second", str(load.pages())


def _importing(_times: int) -> Lines:
    from benchmarks import import_residents, load

    with tempfile.TemporaryDirectory() as folder:
        kept, seconds = load.pages_while_importing(import_residents.make_file(Path(folder), seed=int(time.time())))
    yield "the same while 100,000 residents are imported", f"{kept}; checked and put in within {seconds:.0f} s"


def _signing(_times: int) -> Lines:
    from benchmarks import load

    yield "a household of four signed, 20 a second by 8 clients", str(load.signings())


def _obligations(_times: int) -> Lines:
    from benchmarks import month

    yield "obligations made anew", f"{month.obligations():.0f} s"


def _signals(_times: int) -> Lines:
    from benchmarks import signals

    kinds, seconds, peak = signals.measure()
    yield f"{kinds} signals of false signing looked for", f"{seconds:.0f} s; memory at most {peak} MB"


def _scoring(times: int) -> Lines:
    from benchmarks import scoring

    teams, scored, opened = scoring.measure(times)
    yield (
        f"score {teams} teams by {scoring.RULES} rules",
        f"{scored:.2f} s; a cycle with every score kept {opened:.2f} s",
    )


def _allocate(times: int) -> Lines:
    from benchmarks import allocate

    teams, settled, arithmetic = allocate.measure(times)
    yield f"settle a fund for {teams} teams", f"{settled:.2f} s; its arithmetic {arithmetic * 1000:.0f} ms"


def _import(_times: int) -> Lines:
    from benchmarks import import_residents

    with tempfile.TemporaryDirectory() as folder:
        measured = import_residents.measure(Path(folder), seed=int(time.time()))
    rate = f"{measured.rows_a_second:,.0f} rows a second after reading ({measured.read_seconds:.1f} s)"
    yield f"import of {measured.rows:,} residents", f"{rate}, memory {measured.before} MB, at most {measured.peak} MB"


def _export(_times: int) -> Lines:
    from benchmarks import exports

    for form in ("csv", "xlsx"):
        measured = exports.measure(form)
        file = f"{measured.seconds:.0f} s, {measured.megabytes} MB"
        yield (
            f"export of {measured.rows:,} residents, .{form}",
            f"{file}; memory {measured.before} MB, at most {measured.peak} MB",
        )


def _city(_times: int) -> Lines:
    from benchmarks import city

    rows, seconds = city.month()
    yield f"one month of a city, {rows:,} residents", f"{seconds:.0f} s; {seconds / rows * 1e6:.1f} µs a resident"


def _of_page(page: Any) -> tuple[str, str]:
    return page.name, f"median {page.median:.0f} ms, p95 {page.p95:.0f} ms, {page.queries} queries"


def _set_up(scale: float) -> None:
    from django.core.management import call_command

    from residents.models import Resident

    call_command("migrate", verbosity=0)
    if not Resident.objects.exists():
        started = time.perf_counter()
        call_command("load_demo", "yingquan", scale=scale)
        print(f"load_demo: {time.perf_counter() - started:.0f} s", file=sys.stderr)


MEASURED: Mapping[str, Callable[[int], Lines]] = {
    "month": _month,
    "history": _history,
    "pages": _pages,
    "search": _search,
    "load": _load,
    "importing": _importing,
    "signing": _signing,
    "obligations": _obligations,
    "signals": _signals,
    "scoring": _scoring,
    "allocate": _allocate,
    "import": _import,
    "export": _export,
    "city": _city,
}


if __name__ == "__main__":
    main()
