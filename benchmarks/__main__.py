"""`make bench`: a district of full size in a database of its own (var/bench), measured; a table in Markdown."""

import argparse
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

WORK = ["month", "history", "pages", "search", "load", "signing", "obligations", "import", "scoring", "city"]
LOADS = {"load": "pages, 20 requests a second", "signing": "a household of four signed, 20 a second by 8 clients"}
BENCH_HOME = Path(__file__).resolve().parent.parent / "var" / "bench"


def main() -> None:
    """Set up, measure what is asked for, print."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="size of the district (1: 605,529 residents)")
    parser.add_argument("--times", type=int, default=5, help="runs of which the median counts")
    parser.add_argument("--only", nargs="*", choices=WORK, help="leave out the rest")
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
    wanted = options.only or WORK
    _set_up(options.scale)
    from benchmarks import city, import_residents, load, month, pages, scoring

    print(f"\nMachine: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"District: {month.size()}\n\n| work | measured |\n|---|---|")
    if "month" in wanted:
        seconds, ratio = month.month(options.times)
        _line("one month", f"{seconds:.1f} s; {ratio:.1f} × a plain copy of its rows")
    if "history" in wanted:
        _line("24 months", f"{month.history(24):.0f} s")
    looked = (pages.measure() if "pages" in wanted else []) + (pages.searches() if "search" in wanted else [])
    for page in looked:
        _line(page.name, f"median {page.median:.0f} ms, p95 {page.p95:.0f} ms, {page.queries} queries")
    if "scoring" in wanted:
        teams, scored, opened = scoring.measure(options.times)
        _line(
            f"score {teams} teams by {scoring.RULES} rules",
            f"{scored:.2f} s; a cycle with every score kept {opened:.2f} s",
        )
    for name, under_load in (("load", load.pages), ("signing", load.signings)):
        if name in wanted:
            _line(LOADS[name], str(under_load()))
    if "obligations" in wanted:
        _line("obligations made anew", f"{month.obligations():.0f} s")
    if "city" in wanted:
        rows, seconds = city.month()
        _line(f"one month of a city, {rows:,} residents", f"{seconds:.0f} s; {seconds / rows * 1e6:.1f} µs a resident")
    if "import" in wanted:
        with tempfile.TemporaryDirectory() as folder:
            measured = import_residents.measure(Path(folder), seed=int(time.time()))
        rate = f"{measured.rows_a_second:,.0f} rows a second after reading ({measured.read_seconds:.1f} s)"
        _line(f"import of {measured.rows:,} residents", f"{rate}, peak {measured.peak_megabytes} MB")


def _set_up(scale: float) -> None:
    from django.core.management import call_command

    from residents.models import Resident

    call_command("migrate", verbosity=0)
    if not Resident.objects.exists():
        started = time.perf_counter()
        call_command("load_demo", "yingquan", scale=scale)
        print(f"load_demo: {time.perf_counter() - started:.0f} s", file=sys.stderr)


def _line(work: str, measured: str) -> None:
    print(f"| {work} | {measured} |", flush=True)


if __name__ == "__main__":
    main()
