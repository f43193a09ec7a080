"""A record told: what was asked, what answered, what came out, and how it ran."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from pydantic import JsonValue

from weighin.evidence.jobs.shown import Example, ShownRecord
from weighin.evidence.records import Asked, Record
from weighin.files.canonical import canonical_json
from weighin.identity.facets import FACETS_OF_LOGS, Facet
from weighin.reports.page.model import (
    Column,
    Fact,
    Facts,
    Gist,
    Guide,
    Lines,
    Meaning,
    Page,
    Section,
    Table,
    foreign,
    name,
    ours,
)
from weighin.reports.shared.wording import (
    GRADES_MEAN,
    counted,
    duration_words,
    facet_name,
    metric_words,
    score_words,
    size_words,
)
from weighin.rules.interface import Outcome

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_SHOWN_LINES: Final = 16
_SHOWN_FILES: Final = 6
_DIGITS: Final = 6
_MOST_CHOICES: Final = 26
_MOST_OF_A_TEXT: Final = 2_000
_MOST_OF_A_PROMPT: Final = 50_000


def record_page(shown: ShownRecord) -> Page:
    """A section for each question that a record answers."""
    record = shown.record
    first = next((s for s in record.scores if s.task == record.asked.task), None)
    told = f" on {record.asked.task}: {metric_words(first)} {score_words(first)}".rstrip()
    return Page(
        title=(name(record.model), foreign(told)),
        lead=(Facts(tuple(_standing(shown))),),
        sections=(
            Section(title=(ours("What was asked"),), blocks=(Facts(tuple(_asked(record))),)),
            Section(title=(ours("What answered"),), blocks=(Facts(tuple(_answered(record))),)),
            Section(title=(ours("What came out"),), blocks=(_scores(record),)),
            *(_example(example) for example in shown.examples),
            Section(title=(ours("How it ran"),), blocks=(Facts(tuple(_ran(record))),)),
            Section(title=(ours("Files beside it"),), blocks=(_files(shown),)),
            _problems(shown),
        ),
        guide=Guide(
            title="Record",
            answer=Gist(
                question=f"What was {record.model} asked on {record.asked.task}, what answered, "
                "and what came out?",
                answer=ours("Nothing is judged here: `weighin check` judges."),
            ),
            meanings=tuple(Meaning(word=g, words=words) for g, words in GRADES_MEAN.items()),
        ),
    )


def _standing(shown: ShownRecord) -> Iterator[Fact]:
    if (job := shown.job) is not None:
        why = f": {job.why}" if job.why else ""
        other = "" if shown.stands else "; another attempt stands for the job"
        attempts = f", {job.attempts} attempts" if job.attempts > 1 else ""
        yield _fact("job", f"{job.job_id[:12]}, {job.state}{why}{attempts}{other}")
    yield _fact("record", shown.file)
    yield _fact("written by", shown.record.origin.producer)


def _asked(record: Record) -> Iterator[Fact]:
    asked = record.asked
    version = f", version {asked.task_version}" if asked.task_version else ""
    yield _fact("benchmark", f"{asked.task}{version}")
    yield _fact("documents", _documents(record))
    yield _fact("dataset", _dataset(asked))
    yield _fact("shots", _text(asked.num_fewshot))
    yield _fact("repeats", _text(asked.repeats))
    yield _fact("generation", _text(dict(asked.decoding)) if asked.decoding else "")
    yield _fact("seeds", ", ".join(f"{of} {seed}" for of, seed in sorted(asked.seeds.items())))
    if record.in_force is not None:
        yield _fact("longest input", _text(record.in_force.max_length))
    yield _fact("configuration", _digest(asked.config_digest))
    yield _fact("prompts", _digest(asked.prompts_digest))


def _documents(record: Record) -> str:
    asked = record.asked
    if asked.documents_scored is None:
        return ""
    total = "" if asked.documents_total is None else f" of {asked.documents_total}"
    partial = ", partial" if record.is_partial else ""
    digest = f", {_digest(asked.documents_digest)}" if asked.documents_digest else ""
    return f"{asked.documents_scored}{total} scored{partial}{digest}"


def _dataset(asked: Asked) -> str:
    if asked.dataset_path is None:
        return ""
    return (
        f"{asked.dataset_path} at {asked.dataset_revision or 'whatever stood there: no revision'}"
    )


def _answered(record: Record) -> Iterator[Fact]:
    yield _fact("checkpoint", record.checkpoint_id or "")
    yield _fact("lay at", record.location or "")
    if (loaded := record.loaded) is not None:
        on_disk = loaded.exactly_on_disk + loaded.on_disk_after_cast
        yield _fact(
            "in memory",
            f"{_digest(loaded.digest_before)}, {counted(loaded.tensors, 'tensor')}, {on_disk} of "
            f"them as on disk, by {loaded.loader}",
        )
        if loaded.digest_after != loaded.digest_before:
            words = f"{_digest(loaded.digest_after)}: it changed while it answered"
            yield Fact(ours("afterwards"), (foreign(words, Outcome.VIOLATED),))
    for facet in Facet if record.is_own else FACETS_OF_LOGS:
        seen = record.observation(facet)
        if not seen.applies:
            continue
        how = f"; {seen.how_to_record}" if seen.how_to_record else ""
        yield Fact(ours(facet_name(facet)), (foreign(f"{seen.summary}{how}"),), grade=seen.grade)
    for fact in record.facts:
        yield _fact(fact.name.value.replace("-", " ").replace("_", " "), _words(fact.value))


def _scores(record: Record) -> Table:
    tasks = {score.task for score in record.scores}
    has_tasks = tasks != {record.asked.task}
    columns = (
        *((Column("task"),) if has_tasks else ()),
        Column("metric"),
        Column("score", is_number=True),
        Column("documents", is_number=True),
        Column("aggregated by"),
    )
    rows = tuple(
        (
            *((name(score.task),) if has_tasks else ()),
            name(metric_words(score)),
            ours(score_words(score)),
            ours(_text(score.documents)),
            name(score.aggregation or ""),
        )
        for score in record.scores
    )
    return Table(columns, rows, noun="score")


def _example(example: Example) -> Section:
    of = "" if example.filter == "none" else f", {example.filter}"
    scores = ", ".join(f"{metric} {value:g}" for metric, value in example.scores.items())
    lines = _cut(example.prompt, _MOST_OF_A_PROMPT).split("\n")
    prompt = Lines(tuple((foreign(line),) for line in lines), _SHOWN_LINES)
    choices = example.choices[:_MOST_CHOICES]
    more = len(example.choices) - len(choices)
    return Section(
        title=(ours("Document "), name(example.document)),
        label=f"{example.task}{of}",
        blocks=(
            prompt,
            Facts(
                (
                    *(_choice(choice.text, choice.loglikelihood) for choice in choices),
                    _fact("", f"and {more} more choices" if more else ""),
                    *(_fact("response", _cut(r)) for r in example.responses[:_MOST_CHOICES]),
                    _fact("answer", _cut(example.answer or "")),
                    _fact("right is", _cut(_target(example))),
                    _fact("score", scores),
                )
            ),
        ),
    )


def _target(example: Example) -> str:
    """What was right; of choices, tasks often state the number alone."""
    target, texts = example.target or "", [choice.text for choice in example.choices]
    if target.isdecimal() and len(target) < _DIGITS and int(target) < len(texts) > 1:
        return f"{target}: {texts[int(target)]}"
    return target


def _choice(text: str, loglikelihood: float | None) -> Fact:
    words = "no number" if loglikelihood is None else f"{loglikelihood:.4f}"
    return _fact("log-likelihood", f"{words}  {_cut(text)}" if text else words)


def _ran(record: Record) -> Iterator[Fact]:
    run = record.run
    yield _fact("started", run.started)
    yield _fact("finished", f"{run.finished}{_took(run.started, run.finished)}")
    yield _fact("harness", run.harness)
    yield _fact("engine", run.engine)
    yield _fact("command", run.command)
    yield _fact("host", run.host)
    yield _fact("versions", ", ".join(f"{n} {v}" for n, v in sorted(run.versions.items())))
    yield _fact("settings", ", ".join(f"{n} {_text(v)}" for n, v in sorted(run.settings.items())))


def _took(started: str, finished: str) -> str:
    try:
        span = datetime.fromisoformat(finished) - datetime.fromisoformat(started)
    except (ValueError, TypeError):
        return ""
    seconds = span.total_seconds()
    return f", after {duration_words(seconds)}" if seconds >= 0 else ""


def _files(shown: ShownRecord) -> Lines:
    files = shown.record.files
    told = (f"{f.path}: {size_words(f.size_bytes)}, sha256 {f.sha256[:12]}" for f in files)
    return Lines(tuple((foreign(words),) for words in told), shown=_SHOWN_FILES)


def _problems(shown: ShownRecord) -> Section:
    broken = (
        (foreign(f"{b.file}: expected {b.expected}, found {b.found}", Outcome.VIOLATED),)
        for b in shown.broken
    )
    notes = ((foreign(note),) for note in shown.notes)
    return Section(
        title=(ours("Not as it was recorded", Outcome.VIOLATED),),
        blocks=(Lines((*broken, *notes)),),
    )


def _cut(text: str, most: int = _MOST_OF_A_TEXT) -> str:
    """The beginning of a text of which nobody reads all; JSON has the whole."""
    if len(text) <= most:
        return text
    return f"{text[:most]}… and {len(text) - most} more characters"


def _fact(label: str, words: str) -> Fact:
    return Fact(ours(label), (foreign(words),))


def _digest(digest: str | None) -> str:
    return "" if digest is None else f"sha256:{digest[:12]}"


def _words(value: JsonValue) -> str:
    """Names with what belongs to them, and digests by their beginning; JSON has the whole."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {_within(each)}" for key, each in sorted(value.items()))
    if isinstance(value, list):
        return ", ".join(map(_within, value))
    return _text(value)


def _within(value: JsonValue) -> str:
    if value is None:
        return "none"
    if isinstance(value, str) and _SHA256.fullmatch(value):
        return value[:12]
    return _text(value)


def _text(value: JsonValue) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else canonical_json(value).decode()
