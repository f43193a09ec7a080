"""Fast tests stay fast: one that is not marked for it starts no process and loads no torch.

Whatever a test does so fails it, unless it is marked `child` or `model`; so does what a fixture did
that it shares with others, whichever of them came first; what a marked test imports for others is
not heard again, since whatever listens to that would be seen by the runs that are watched there.
"""

import builtins
import sys
import traceback
from collections.abc import Generator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

UNIT = Path(__file__).parent
ROOT = UNIT.parents[1]
# By the names of Python's audit events.
STARTS = ("os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "subprocess.Popen")
LOADS = frozenset({"datasets", "lm_eval", "torch", "transformers"})
# All that imports one of these; once they are loaded, no event tells that they are used.
ASKS_FOR = ("weighin.harness", *LOADS)


class Cost(NamedTuple):
    """What was done, and the marker of tests that may do it."""

    marker: str
    what: str


class Guard:
    """Hears of every process that starts and every package that is loaded, whoever asks for it."""

    def __init__(self) -> None:
        self._heard: list[Cost] = []
        self._of_fixtures: dict[object, list[Cost]] = {}
        self._import = builtins.__import__
        # Nothing removes it again: it only listens.
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "import":
            if arguments[0] in LOADS:
                self._note("model", f"loaded {arguments[0]}")
        elif event.startswith(STARTS):
            self._note("child", f"started a process by {event}")

    def _hear_import(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002  # named so by Python
        locals: Mapping[str, object] | None = None,  # noqa: A002  # as pytest names it
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> object:
        """As `__import__`, and heard though another test loaded it before."""
        importer = str((globals or {}).get("__name__"))
        if importer.startswith(("tests.", "weighin.")) and f"{name}.".startswith(
            tuple(f"{package}." for package in ASKS_FOR)
        ):
            self._note("model", f"imported {name}")
        return self._import(name, globals, locals, fromlist, level)

    def _note(self, marker: str, what: str) -> None:
        frames = [frame for frame in traceback.extract_stack() if frame.filename != __file__]
        own = [f for f in frames if f.filename.startswith((f"{UNIT.parent}/", f"{ROOT}/src/"))]
        place = f" at {own[-1].filename}:{own[-1].lineno}" if own else ""
        self._heard.append(Cost(marker, what + place))

    def _taken(self) -> list[Cost]:
        heard = list(self._heard)
        self._heard.clear()
        return heard

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(
        self, collector: pytest.Collector
    ) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        self._heard.clear()
        report = yield
        # What is imported here is imported although all of its tests are deselected.
        if isinstance(collector, pytest.Module) and _is_guarded(collector.path):
            _fail(report, self._taken())
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        self._heard.clear()
        if not _is_guarded(item.path) or item.get_closest_marker("model"):
            # It may import what it likes, and a run that is watched would name what listens.
            return (yield)
        builtins.__import__ = self._hear_import
        try:
            return (yield)
        finally:
            builtins.__import__ = self._import

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[object]
    ) -> Generator[None, object, object]:
        before = len(self._heard)
        try:
            return (yield)
        finally:
            if fixturedef.scope != "function":
                self._of_fixtures[fixturedef] = [
                    Cost(cost.marker, f"{cost.what}, for the fixture {fixturedef.argname}")
                    for cost in self._heard[before:]
                ]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        heard = self._taken()
        if call.when == "setup" and isinstance(item, pytest.Function):
            for definitions in item._fixtureinfo.name2fixturedefs.values():
                heard.extend(c for d in definitions for c in self._of_fixtures.get(d, ()))
        marks = {mark.name for mark in item.iter_markers()}
        if _is_guarded(item.path) and "model" not in marks:
            _fail(report, [cost for cost in heard if cost.marker not in marks])
        return report


def _is_guarded(path: Path) -> bool:
    # Everything of the harness is marked: it is the part that imports torch.
    return path.is_relative_to(UNIT) and not path.is_relative_to(UNIT / "harness")


def _fail(report: pytest.TestReport | pytest.CollectReport, costs: Iterable[Cost]) -> None:
    told = dict.fromkeys(f"{cost.what}: mark it {cost.marker}" for cost in costs)
    if told and report.passed:
        report.outcome = "failed"
        report.longrepr = "\n".join(["This is no fast test.", *told])


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Guard(), "guard-of-fast-tests")
