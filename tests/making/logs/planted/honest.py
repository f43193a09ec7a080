"""Rows of real public logs that are varied as honest people do: nothing may become a violation."""

import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.making.logs.planted.lm_eval_rows import LM_EVAL_ROWS
from tests.making.logs.planted.other_rows import OTHER_ROWS
from tests.making.logs.planted.rows import RealRow, judged
from tests.making.logs.planted.variations import ANYWHERE, OF_LM_EVAL, OF_OTHERS, Variation

from weighin.rules.interface import Outcome, Verdict

_MOST_AT_ONCE = 6


@dataclass(frozen=True, kw_only=True)
class Case:
    """Some variations of one row at once."""

    row: RealRow
    variations: tuple[Variation, ...]

    def verdict(self, folder: Path) -> Verdict:
        """The verdict on the logs of the row, the second of them varied."""
        first, second = self.row.documents()
        for variation in self.variations:
            variation.change(second)
        for name, content in self.row.laid_out(first, 0).items():
            _write(folder / "logs" / name, content, ())
        for name, content in self.row.laid_out(second, 1).items():
            varied = name
            for variation in self.variations:
                varied = variation.name(varied)
            _write(folder / "logs" / varied, content, self.variations)
        names = tuple(
            v.alias.format(name=self.row.name, name_in_small_letters=self.row.name.lower())
            for v in self.variations
            if v.alias
        )
        return judged(self.row, folder / "logs", aliases=names)


def _write(path: Path, content: object, variations: tuple[Variation, ...]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".jsonl":
        text = "".join(json.dumps(line) + "\n" for line in content)
        if any(variation.is_packed for variation in variations):
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(text.encode()))
        else:
            path.write_text(text)
        return
    text = json.dumps(content)
    for variation in variations:
        text = variation.text(text)
    path.write_bytes(text.encode())


def _that_apply(name: str) -> tuple[Variation, ...]:
    return (*ANYWHERE, *OF_OTHERS.get(name, OF_LM_EVAL))


def single_cases() -> Iterator[tuple[str, Case]]:
    """Every variation of every row."""
    for name, row in {**LM_EVAL_ROWS, **OTHER_ROWS}.items():
        for variation in _that_apply(name):
            yield f"{name}: {variation.id}", Case(row=row, variations=(variation,))


def several_at_once(count: int) -> Iterator[tuple[str, Case]]:
    """Several variations of each row at a time, chosen at random."""
    for name, row in {**LM_EVAL_ROWS, **OTHER_ROWS}.items():
        for seed in range(count):
            chosen = random.Random(seed).sample(_that_apply(name), _MOST_AT_ONCE)
            # A model has one further name at a time.
            other_names = [variation for variation in chosen if variation.alias]
            chosen = [variation for variation in chosen if variation not in other_names[1:]]
            yield f"{name}: several, {seed}", Case(row=row, variations=tuple(chosen))


def contradictions(verdict: Verdict) -> set[tuple[str, str, str]]:
    """What is violated, and what is undecided because the evidence disagrees, by benchmark."""
    return {
        (f.rule, f.finding.facet or "", benchmark)
        for f in verdict.findings
        if f.finding.outcome is Outcome.VIOLATED
        or (f.finding.outcome is Outcome.UNDECIDED and f.finding.contradicts)
        for benchmark in f.finding.benchmarks or ("",)
    }
