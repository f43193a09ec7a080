"""Whether requirements files are valid, told. No mark or word of a verdict stands on it."""

from collections.abc import Iterator

from weighin.reports.page.model import Lines, Page, Phrase, Section, foreign
from weighin.reports.shared.wording import counted
from weighin.requirements.benchmark_labels import RequiredBenchmarks
from weighin.rules.judging.validating import ValidatedFile, Validation


def validation_page(validation: Validation) -> Page:
    """A line a mistake or remark, a line a valid file, and that nothing was judged."""
    lines = tuple(line for file in validation.files for line in _told(file))
    return Page(
        sections=(Section(blocks=(Lines(lines),)),),
        sentences=(foreign(_answer(validation)),),
    )


def nothing_judged(validation: Validation) -> str:
    """That this is no verdict, and why."""
    return f"nothing was judged: {validation.why_nothing_was_judged}"


def _answer(validation: Validation) -> str:
    return f"{_words(validation.files)}; {nothing_judged(validation)}"


def _words(files: tuple[ValidatedFile, ...]) -> str:
    if len(files) == 1:
        return _of_one(files[0])
    wrong = sum(not file.is_valid for file in files)
    if wrong:
        return f"{wrong} of {counted(len(files), 'requirements file')} not valid"
    return f"{counted(len(files), 'requirements file')} valid"


def _told(file: ValidatedFile) -> Iterator[Phrase]:
    yield from ((foreign(problem),) for problem in file.problems)
    yield from ((foreign(f"remark: {remark}"),) for remark in file.remarks)


def _of_one(file: ValidatedFile) -> str:
    requirements = file.requirements
    if requirements is None:
        return f"{file.file} is not valid"
    benchmarks = counted(len(RequiredBenchmarks(requirements.benchmarks).labels), "benchmark")
    return f"{file.file} is valid: {benchmarks} under profile {requirements.profile}"
