"""Answers that were typed by hand before a table was read, and how a table compares with them."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from weighin.evidence.scorecard import Scorecard, ScorecardNumber

FOLDER = Path(__file__).parent / "public"
UNSEEN = Path(__file__).parent / "unseen"
"""Tables that this reader met for the first time with their answers typed."""
_LINE = re.compile(r"(?P<label>.+?) \[(?P<id>[^\]]*)\] (?P<values>[^{]+?)\s*(?:\{(?P<more>.*)\})?")


@dataclass(frozen=True)
class Answer:
    """One number, and what must be understood of it; `None` where nothing was typed."""

    model: str
    benchmark: str
    registered_as: str
    printed: str
    unit: str
    more: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Answers:
    """All numbers of a table, and what must be named as passed over.

    `refused` is in the message, where a table must be refused with what to change.
    """

    numbers: tuple[Answer, ...]
    passed_over: tuple[str, ...]
    refused: str = ""


def cases(folder: Path = FOLDER) -> list[Path]:
    """The folders of tables."""
    return sorted(path.parent for path in folder.glob("*/*/answers.txt"))


def table_of(folder: Path) -> Path:
    """The table in a folder."""
    (path,) = (path for path in folder.iterdir() if path.name != "answers.txt")
    return path


def answers_of(folder: Path) -> Answers:
    """The answers for the table in a folder."""
    unit, models, refused = "percent", [""], ""
    numbers: list[Answer] = []
    passed: list[str] = []
    for line in (folder / "answers.txt").read_text("utf-8").splitlines():
        word, _, rest = line.partition(" ")
        if word == "unit":
            unit = rest
        elif word == "models":
            models = [model.strip() for model in rest.split(" | ")]
        elif word == "refused":
            refused = rest
        elif word == "passed":
            passed.append(rest)
        else:
            numbers.extend(_numbers(line, models, unit))
    return Answers(tuple(numbers), tuple(passed), refused)


def _numbers(line: str, models: list[str], unit: str) -> list[Answer]:
    found = _LINE.fullmatch(line)
    assert found is not None, line
    more = dict(part.partition("=")[::2] for part in (found["more"] or "").split())
    values = found["values"].split()
    assert len(values) == len(models), line
    return [
        Answer(
            model=model,
            benchmark=found["label"],
            registered_as=found["id"],
            printed=value,
            unit=more.get("unit", unit),
            more=tuple(sorted((k, v) for k, v in more.items() if k != "unit")),
        )
        for model, value in zip(models, values, strict=True)
        if value != "."
    ]


def differences(scorecard: Scorecard, answers: Answers) -> list[str]:
    """What of a scorecard is otherwise than the answers; empty if nothing is."""
    told: list[str] = []
    rest = list(scorecard.numbers)
    for answer in answers.numbers:
        found = next((number for number in rest if _is(number, answer)), None)
        if found is None:
            near = [n for n in rest if n.printed == answer.printed]
            told.append(f"missing: {answer}; found {[_shown(n) for n in near[:2]]}")
        else:
            rest.remove(found)
    told.extend(f"surplus: {_shown(number)}" for number in rest)
    over = "\n".join(scorecard.passed_over)
    told.extend(
        f"not named: {name!r} in {over!r}" for name in answers.passed_over if name not in over
    )
    return told


def _is(number: ScorecardNumber, answer: Answer) -> bool:
    facts = {
        "shots": str(number.protocol.shots),
        "votes": str(number.protocol.votes),
        "passes": str(number.protocol.passes),
        "metric": number.metric,
        "se": number.standard_error,
        "n": str(number.documents),
    }
    return (
        (number.artifact, number.benchmark, number.printed)
        == (answer.model, answer.benchmark, answer.printed)
        and answer.registered_as in {"any", number.registered_as}
        and answer.unit in {"any", number.unit.value}
        and all(
            value in number.source.place if key == "place" else facts[key] == value
            for key, value in answer.more
        )
    )


def _shown(number: ScorecardNumber) -> str:
    return (
        f"{number.artifact} | {number.benchmark} [{number.registered_as}] {number.printed} "
        f"{number.unit} shots={number.protocol.shots} metric={number.metric} "
        f"se={number.standard_error} n={number.documents} place={number.source.place}"
    )


def counted(folder: Path = FOLDER) -> Counter[str]:
    """Tables a syntax."""
    return Counter(case.parent.name for case in cases(folder))
