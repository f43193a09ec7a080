"""One assertion for tests that guard a scorecard, and a pytest plugin for who asks for one.

    from weighin.pytest_plugin import assert_same_checkpoint

    def test_the_scorecard_is_of_one_checkpoint():
        assert_same_checkpoint("requirements.yaml", "results")

pytest does not load this module by itself. With `-p weighin.pytest_plugin` there is a fixture of
the same name, and the summary of a session has a line for each verdict that it gave.
"""

from collections.abc import Callable, Iterable
from datetime import date
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pytest

    from weighin.rules.interface import Verdict

PathLike = str | Path

_PROPERTY: Final = "weighin"
_WIDTH: Final = 100


def assert_same_checkpoint(  # noqa: PLR0913  # each is a choice of whoever asks
    requirements: PathLike,
    *evidence: PathLike,
    reference: Iterable[PathLike] = (),
    fail_on: str = "undecided",
    skip_unreadable: bool = False,
    waivers: bool = True,
    today: date | None = None,
) -> "Verdict":
    """Judge evidence by a requirements file; anything but what holds fails the test.

    Args:
        requirements: The requirements file.
        evidence: Files and folders, at least one.
        reference: Further evidence that is not judged, to compare with.
        fail_on: As for `weighin check --fail-on`: `violated`, `undecided`, `warning` or `waived`.
        skip_unreadable: Name files that cannot be read as evidence in the verdict instead of
            raising.
        waivers: Whether waivers apply.
        today: The day on which waivers must hold; the current day (UTC) by default.

    Returns:
        The verdict.

    Raises:
        AssertionError: It does not hold, or is not demonstrated; the message is the report.
        WeighinError: The requirements or the evidence cannot be read.
        TypeError: What should be a path is something else, such as a list of paths.
        ValueError: There is no evidence, or `fail_on` is none of the four.
    """
    __tracebackhide__ = True
    reference = _paths("reference", reference)
    if not _paths("evidence", evidence):
        raise ValueError("expected at least one path of evidence, found none")
    from weighin import api
    from weighin.reports.shared.fail_on import FailOn
    from weighin.reports.verdict.exit_code import verdict_exit_code

    least = FailOn(fail_on)
    verdict = api.check(
        requirements,
        evidence,
        reference=reference,
        skip_unreadable=skip_unreadable,
        waivers=waivers,
        today=today,
    )
    if verdict_exit_code(verdict, least) != 0:
        raise AssertionError(_first_look(verdict))
    return verdict


def _paths(name: str, given: object) -> tuple[PathLike, ...]:
    if isinstance(given, str | bytes | Path) or not isinstance(given, Iterable):
        raise TypeError(f"{name}: expected a list of paths, found {given!r}")
    paths = tuple(given)
    for path in paths:
        if not isinstance(path, str | Path):
            found = type(path).__name__
            raise TypeError(f"{name}: expected paths, found a {found}; give a list as *paths")
    return paths


def _first_look(verdict: "Verdict") -> str:
    from rich.console import Console

    from weighin.reports.page import text
    from weighin.reports.shared.foreign_text import unobeyed
    from weighin.reports.verdict.page import verdict_page

    paper = StringIO()
    console = Console(file=paper, width=_WIDTH, highlight=False, color_system=None)
    console.print(text.render(verdict_page(verdict), full=False))
    return unobeyed(paper.getvalue()).rstrip("\n")


def pytest_configure(config: "pytest.Config") -> None:
    """Add the fixture, which needs pytest to be imported; the assertion alone does not."""
    import pytest

    class Fixtures:
        @pytest.fixture(name="assert_same_checkpoint")
        def _asserting(self, request: pytest.FixtureRequest) -> "Callable[..., Verdict]":
            """`weighin.pytest_plugin.assert_same_checkpoint`, told in the summary too."""
            return _told_to(request.node.user_properties)

    config.pluginmanager.register(Fixtures(), "weighin-fixtures")


def _told_to(properties: list[tuple[str, object]]) -> "Callable[..., Verdict]":
    def judged(*arguments: PathLike, **options: object) -> "Verdict":
        __tracebackhide__ = True
        ask: Callable[..., Verdict] = assert_same_checkpoint
        try:
            verdict = ask(*arguments, **options)
        except AssertionError as failure:
            properties.append((_PROPERTY, str(failure).partition("\n")[0]))
            raise
        properties.append((_PROPERTY, _first_look(verdict).partition("\n")[0]))
        return verdict

    return judged


def pytest_terminal_summary(terminalreporter: "pytest.TerminalReporter") -> None:
    """A line for each verdict, whichever process of pytest-xdist asked for it."""
    lines = [
        f"{told}  ({report.nodeid})"
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, told in report.user_properties
        if name == _PROPERTY
    ]
    if lines:
        terminalreporter.section("weighin")
        for line in lines:
            terminalreporter.line(line)
