"""Runs every check there is, some at a time, and says at the end what passed, what failed and what could not run.

`make test` calls it; `make test-quick` (`--quick`) leaves out all that needs a server or a browser. Nothing is
skipped silently: a check that cannot run here is named, and in CI it fails.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import browser
import debian
import playwright
import psutil

ROOT = Path(__file__).resolve().parents[1]
MEMORIES = ROOT / "build" / "pytest"  # which tests failed, by check
BIN = Path(sys.executable).parent
BOOTS = ROOT / "build" / "boots"  # a line for each gunicorn that a test has started
# Playwright brings a Node of its own: a newcomer may have none.
NODE = Path(playwright.__file__).parent / "driver" / "node"


@dataclass(frozen=True)
class Need:
    """What some tests need: any one of these packages, by the place where each puts it."""

    places: Mapping[str, str | Path]
    tests: Sequence[str]

    @property
    def is_met(self) -> bool:
        return any(Path(place).exists() for place in self.places.values())


@dataclass(frozen=True)
class DebianNeed:
    """What some tests need: a program that is unpacked from a Debian package, not installed."""

    package: str
    path: str
    tests: Sequence[str]

    @property
    def places(self) -> Mapping[str, str | Path]:
        return {self.package: self.path}

    @property
    def is_met(self) -> bool:
        return debian.program(self.package, self.path) is not None


def from_npm(name: str, test: str) -> Need:
    return Need({name: ROOT / f"node_modules/{name}/package.json"}, [test])


# From Debian; the first package that can be had will do.
PROGRAMS = {
    "chromium": Need(browser.CHROMIUMS, ["tests/end_to_end/client", "tests/end_to_end/dashboard"]),
}
SHARED_SERVER = "tests/end_to_end/shared_server"
PROXIES = f"{SHARED_SERVER}/test_proxies.py"
# Unpacked, not installed. A test file that needs such a program is listed here, and gets it from debian.program().
UNPACKED = {
    "pgbouncer": DebianNeed(
        "pgbouncer", "usr/sbin/pgbouncer", ["tests/http/readiness/test_transaction_pooler.py"]
    ),
    "prometheus": DebianNeed("prometheus", "usr/bin/promtool", ["tests/unit/test_alert_rules.py"]),
    "nginx": DebianNeed(
        "nginx",
        "usr/sbin/nginx",
        ["tests/end_to_end/test_nginx_front.py", "tests/end_to_end/test_nginx_slow.py", PROXIES],
    ),
    "caddy": DebianNeed("caddy", "usr/bin/caddy", [PROXIES]),
    "haproxy": DebianNeed("haproxy", "usr/sbin/haproxy", [PROXIES]),
    "apache": DebianNeed("apache2-bin", "usr/sbin/apache2", [PROXIES]),
    "varnish": DebianNeed("varnish", "usr/sbin/varnishd", [PROXIES]),
}
PACKAGES = {
    "axe-core": from_npm("axe-core", "tests/end_to_end/dashboard/test_axe.py"),
    "react": from_npm("react", "tests/end_to_end/client/test_react.py"),
    "esbuild": from_npm("esbuild", "tests/end_to_end/dashboard/test_bundle.py"),
    "uplot": from_npm("uplot", "tests/end_to_end/dashboard/test_figure_panel.py"),
    "typescript": from_npm("typescript", "types (JavaScript)"),
    "biome": from_npm("@biomejs/biome", "lint (JavaScript)"),
}
NEEDED = PROGRAMS | UNPACKED | PACKAGES
# More at a time than there are processors: most tests wait for servers.
AT_ONCE = 4
# Where the tests' databases are while they run: in memory, as nothing that a test proves needs a power cut, and a
# disk makes each of some 30,000 commits wait. On the disk where there is less memory than that.
MEMORY = Path("/dev/shm")
MEMORY_NEEDED = 8 << 30  # bytes, both free there and available to programs
# A pytest whose failures are no more than this runs them once more, alone: what passes then is named at the end.
FEW = 3
LONGEST = 30 * 60  # seconds for a check: what hangs is a failure, and has to say so
COUNT = re.compile(r"(\d+) (passed|failed|error|errors)\b|^ℹ (pass|fail) (\d+)$", re.MULTILINE)


@dataclass(frozen=True)
class Check:
    """A command that proves something when it exits with 0."""

    name: str
    command: Sequence[str | Path]
    memory: Path | None = None  # where pytest keeps which tests failed last


@dataclass(frozen=True)
class Result:
    """How a check ended; `output` is all that it printed."""

    check: Check
    code: int
    output: str
    seconds: float


def pytest(name: str, *arguments: str) -> Check:
    memory = MEMORIES / name.split(" (")[0].replace(" ", "-").replace("/", "-of-")
    return Check(
        name, [BIN / "python", "-m", "pytest", "-q", "-o", f"cache_dir={memory}", *arguments], memory
    )


def ignoring(tests: Iterable[str]) -> list[str]:
    return [f"--ignore={path}" for path in sorted(tests) if path.startswith("tests/")]


def quick_checks() -> list[Check]:
    """Those that need no server and no browser."""
    without = {tests for name in missing() for tests in NEEDED[name].tests}
    of_javascript = [
        Check("types (JavaScript)", [NODE, "node_modules/typescript/bin/tsc", "--project", "."]),
        Check(
            "lint (JavaScript)",
            [NODE, "node_modules/@biomejs/biome/bin/biome", "lint", "--error-on-warnings"],
        ),
    ]
    return [
        pytest("unit", "tests/unit", *ignoring(without)),
        Check("JavaScript", [NODE, "--test", "tests/js/"]),
        *(check for check in of_javascript if check.name not in without),
        Check("types (Python)", [BIN / "mypy"]),
        Check("import rules", [BIN / "lint-imports"]),
        Check("lint", [BIN / "ruff", "check", "."]),
        Check("format", [BIN / "ruff", "format", "--check", "."]),
    ]


def entries(directory: str) -> list[str]:
    """The test files of a directory, and the directories of tests in it."""
    found = [
        path
        for path in (ROOT / directory).iterdir()
        if path.match("test_*.py") or (path.is_dir() and any(path.rglob("test_*.py")))
    ]
    return sorted(str(path.relative_to(ROOT)) for path in found)


def in_parts(kind: str, note: str, tests: Iterable[str], parts: int) -> list[Check]:
    """Some tests as several checks, dealt out in turn, so that neighbours, which are often alike, are apart."""
    without = {tests for name in missing() for tests in NEEDED[name].tests}
    left = sorted(set(tests) - without)
    return [
        pytest(
            f"{kind} {part + 1}/{parts} ({note})" if parts > 1 else f"{kind} ({note})",
            *left[part::parts],
            *ignoring(without),
        )
        for part in range(parts)
        if left[part::parts]
    ]


def checks() -> list[Check]:
    """All checks; the longest first, so that the quick ones run beside them."""
    in_process = set(entries("tests/integration"))
    of_launcher = {path for path in in_process if Path(path).match("test_launcher_*")}
    in_browser = set(PROGRAMS["chromium"].tests)
    alone = set(entries("tests/end_to_end")) - in_browser - {SHARED_SERVER}
    return [
        *in_parts("browser", "end to end", in_browser, 2)[::-1],
        *in_parts("make run", "embedded servers", of_launcher, 1),
        *in_parts("shared gunicorns", "end to end", [SHARED_SERVER], 1),
        *in_parts("integration", "real servers", in_process - of_launcher, 4),
        *in_parts("chaos", "whatever dies", ["tests/chaos"], 1),
        *in_parts("gunicorns of their own", "end to end, nginx", alone, 3),
        *in_parts("http", "real servers", entries("tests/http"), 3),
        *quick_checks(),
    ]


def run(check: Check) -> Result:
    started = time.monotonic()
    print(f"… {check.name}", flush=True)
    # Its own, for pytests that run beside each other trip over each other's old directories.
    with tempfile.TemporaryDirectory(prefix="pulse-", dir=scratch(), ignore_cleanup_errors=True) as home:
        os.chmod(home, 0o711)  # as root, the database's own account has to pass through
        process = subprocess.Popen(
            [str(part) for part in check.command],
            cwd=ROOT,
            env={**os.environ, "PYTEST_DEBUG_TEMPROOT": home, "TEST_BOOTS": str(BOOTS)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        output = output_of(process)
    return Result(check, process.returncode, output, time.monotonic() - started)


def scratch() -> Path | None:
    """Where tests put what they write; None for the system's usual place."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= MEMORY_NEEDED
    return MEMORY if roomy and psutil.virtual_memory().available >= MEMORY_NEEDED else None


def failed_tests(check: Check) -> list[str]:
    """The tests that failed in its last run; none where the check itself did, or is no pytest."""
    found = check.memory and check.memory / "v" / "cache" / "lastfailed"
    return sorted(json.loads(found.read_text())) if found and found.exists() else []


def run_again(result: Result) -> Result | None:
    """What failed in a check, once more and with nothing beside it; None if that would excuse too much.

    A test that fails once in thousands of runs, because two others kept both processors busy, is a fault of the
    test that has to be mended; it is no reason to distrust what it tests. So it is named, and the run goes on.
    """
    check = result.check
    if result.code != 1 or not 0 < len(failed_tests(check)) <= FEW:
        return None
    return run(Check(f"{check.name}: again what failed", [*check.command, "--last-failed"], check.memory))


def output_of(process: subprocess.Popen[str]) -> str:
    """All that a check prints. One that takes too long is interrupted, as by Ctrl-C: pytest says in which test."""
    for seconds, end in ((LONGEST, signal.SIGINT), (60, signal.SIGKILL)):
        try:
            return process.communicate(timeout=seconds)[0]
        except subprocess.TimeoutExpired:
            process.send_signal(end)
    return f"{process.communicate()[0]}\nIt took longer than {LONGEST} s, and was ended."


def missing() -> list[str]:
    """The programs and packages that are not here."""
    return [name for name, need in NEEDED.items() if not need.is_met]


def install(names: Sequence[str]) -> None:
    """Debian's packages of these names, where we may install any."""
    if not names or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print(f"Installing {' and '.join(names)} from the system's packages", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
    subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
    for name in names:  # one by one: that one cannot be had is no reason to do without the other
        for package in PROGRAMS[name].places:
            if not PROGRAMS[name].is_met:
                subprocess.run(["apt-get", "install", "-y", "-qq", package], check=False, **quiet)


def count(results: Sequence[Result], *kinds: str) -> int:
    """Tests that ended so, over all runners; a check without a runner counts as one."""
    total = 0
    for result in results:
        found = [(m[1] or m[4], m[2] or m[3]) for m in COUNT.finditer(result.output)]
        if found:
            total += sum(int(number) for number, kind in found if kind in kinds)
        else:
            total += (result.code == 0) == ("passed" in kinds)
    return total


def main() -> int:
    quick = "--quick" in sys.argv
    if not quick:
        install([name for name in missing() if name in PROGRAMS])
    shutil.rmtree(MEMORIES, ignore_errors=True)
    BOOTS.parent.mkdir(exist_ok=True)
    BOOTS.write_text("")
    started = time.monotonic()
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        results = list(pool.map(run, quick_checks() if quick else checks()))
    unsteady = {result.check.name: failed_tests(result.check) for result in results if result.code == 1}
    repeated = {result.check.name: run_again(result) for result in results}
    mended = {name for name, result in repeated.items() if result and result.code == 0}
    results += filter(None, repeated.values())
    for result in results:
        print(f"\n── {result.check.name} ──\n{result.output.rstrip()}")
    print()
    for result in results:
        print(f"{'passed' if result.code == 0 else 'FAILED'}  {result.check.name} ({result.seconds:.0f} s)")
    for name in missing():
        need = NEEDED[name]
        places = " nor ".join(map(str, need.places.values()))
        print(f"NOT RUN  {', '.join(need.tests)}: there is no {places}, and it could not be installed")
    for test in (test for name in sorted(mended) for test in unsteady[name]):
        print(f"UNSTEADY  {test}: it failed, and passed when it ran again alone. Mend the test.")
    failed = [result for result in results if result.code != 0 and result.check.name not in mended]
    boots = len(BOOTS.read_text().splitlines())
    print(f"\nAll in {time.monotonic() - started:.0f} s, with {boots} starts of gunicorn")
    print(
        f"{count(results, 'passed', 'pass')} passed, {count(results, 'failed', 'fail', 'error', 'errors')} failed"
    )
    # A registry that cannot be reached is no fault of ours; a program is there, or was not put there.
    return (
        1
        if failed or (os.environ.get("CI") and not (PROGRAMS | UNPACKED).keys().isdisjoint(missing()))
        else 0
    )


if __name__ == "__main__":
    sys.exit(main())
