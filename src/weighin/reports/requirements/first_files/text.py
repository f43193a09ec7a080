"""The first files, as lines."""

import shlex
from collections.abc import Callable, Iterator, Sequence

from weighin.reports.requirements.first_files.made import FirstFiles
from weighin.reports.shared.foreign_text import visible
from weighin.reports.shared.wording import counted
from weighin.sources.command_lines.described import Carried, Harness, LeftOut

_LABEL = 12
_MOST_TASKS = 8
_WIDE = 60
_NEXT = "next: "


def render(made: FirstFiles, wrapped: Callable[[str, str], str] | None = None) -> str:
    """What was understood, what was not, and what to do next; foreign text is never obeyed.

    Args:
        made: What is told.
        wrapped: Breaks a line, given what stands before its further lines; `None` for none.
    """
    lines = map(visible, _lines(made))
    if wrapped is None:
        return "".join(f"{line}\n" for line in lines)
    return "".join(f"{wrapped(line, _margin(line))}\n" for line in lines)


def _margin(line: str) -> str:
    """What stands before the further lines of one: below a list, or below what a label names."""
    if line.startswith(_NEXT):
        return ""
    return "    " if line.startswith("  ") else " " * _LABEL


def _lines(made: FirstFiles) -> Iterator[str]:
    described = made.described
    yield _fact("model", f"{made.model}: {made.checkpoint}")
    if made.pinned_by:
        yield _fact("pinned by", made.pinned_by)
    shown = ", ".join(described.tasks[:_MOST_TASKS])
    more = len(described.tasks) - _MOST_TASKS
    yield _fact("benchmarks", f"{shown} and {more} more" if more > 0 else shown)
    if described.harness is not Harness.WEIGHIN:
        yield from _carried(described.carried)
        yield from _left_out(described.left_out)
    for line in made.to_fill:
        yield _fact("to fill", f"{line.place}: {line.what}")
    if made.files.written:
        yield _fact("written", ", ".join(map(str, made.files.written)))
    if made.files.unchanged:
        yield _fact("as it was", ", ".join(map(str, made.files.unchanged)))
    yield f"{_NEXT}{_first_filled(made)}{shlex.join(made.command)}"


def _first_filled(made: FirstFiles) -> str:
    """What must be filled in before the requirements file can be used."""
    places = [f.place for f in made.to_fill if f.place.startswith(f"{made.requirements}:")]
    return f"fill in {', '.join(places)}, then " if places else ""


def _carried(carried: Sequence[Carried]) -> Iterator[str]:
    rows: dict[tuple[str, str], dict[str, None]] = {}
    for each in carried:
        rows.setdefault((each.flag, told_keys(each)), {})[each.given] = None
    if rows:
        yield "carried over"
        told = {f"{flag} {','.join(given)}".rstrip(): keys for (flag, keys), given in rows.items()}
        wide = min(max(map(len, told)), _WIDE)
        yield from (f"  {flag:<{wide}}  {keys}" for flag, keys in told.items())


def told_keys(carried: Carried) -> str:
    """Where a value stands: `benchmarks.*.num_fewshot`."""
    keys = ["*" if isinstance(key, int) else key for key in carried.keys]
    return ".".join(keys).removesuffix(".*")


def _left_out(left_out: Sequence[LeftOut]) -> Iterator[str]:
    left_out = tuple(dict.fromkeys(left_out))
    of_scores = [each for each in left_out if each.may_change_scores]
    if of_scores:
        what = counted(len(of_scores), "setting")
        yield f"not carried over: {what}, with which the scores may be others"
        yield from (f"  {each.told}: {each.why}" for each in of_scores)
    if others := [each for each in left_out if not each.may_change_scores]:
        yield "not needed"
        yield from (f"  {each.told}: {each.why}" for each in others)


def _fact(label: str, text: str) -> str:
    return f"{label:<{_LABEL}}{text}"
