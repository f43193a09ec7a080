"""Check every case again and write its reports: `python tasks/cases/judge_cases.py`.

Run it in the root of the repository; reports go to `results/cases/`.
"""

import sys
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

from rich.console import Console

import weighin
from weighin.reports.page import text as as_text
from weighin.reports.scorecard.page import scorecard_page
from weighin.reports.scorecard.report import scorecard_report
from weighin.reports.shared.formats import Format
from weighin.rules.scorecard.interface import ScorecardReport

CASES = Path("tasks/cases")
RESULTS = Path("results/cases")
WIDTH = 100


def scorecards() -> tuple[Path, ...]:
    """The scorecards of all cases: every YAML file in a folder of its own."""
    return tuple(sorted(CASES.glob("*/*.yaml")))


def report_of(scorecard: Path) -> ScorecardReport:
    """What weighin says of a scorecard."""
    return weighin.scorecard([scorecard])


def reports(scorecard: Path) -> Mapping[Path, str]:
    """The reports on a scorecard, each with its file."""
    report = report_of(scorecard)
    told = scorecard_report(report, command=("weighin", "scorecard", str(scorecard)))
    folder = RESULTS / scorecard.parent.name
    name = "report" if scorecard.stem == "scorecard" else scorecard.stem
    return {
        folder / f"{name}.txt": text(report),
        folder / f"{name}-brief.txt": text(report, brief=True),
        folder / f"{name}.md": told.told(Format.MARKDOWN),
        folder / f"{name}.html": told.told(Format.HTML),
        folder / f"{name}.json": told.told(Format.JSON),
    }


def text(report: ScorecardReport, *, brief: bool = False) -> str:
    """What `weighin scorecard` prints, without the blanks at the ends of lines."""
    paper = StringIO()
    console = Console(file=paper, width=WIDTH, highlight=False, color_system=None)
    console.print(as_text.render(scorecard_page(report), brief=brief))
    return "".join(f"{line.rstrip()}\n" for line in paper.getvalue().splitlines())


def main() -> None:
    """Write the reports of all cases."""
    for scorecard in scorecards():
        for file, content in reports(scorecard).items():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
            sys.stdout.write(f"{file}\n")


if __name__ == "__main__":
    main()
