"""A verdict as JUnit XML, which every continuous integration service shows."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from typing import Final

from weighin.reports.shared.foreign_text import visible
from weighin.reports.shared.rule_address import rule_address
from weighin.reports.shared.wording import MARKS, listed, place
from weighin.reports.verdict.head import head_sentences
from weighin.reports.verdict.wording import DOES_NOT_PROVE, headline, weakest_evidence
from weighin.rules.interface import JudgedFinding, Level, Outcome, Verdict

_ROW: Final = "row"
_SHOWN_TENSORS: Final = 20
_NOT_MET: Final = (Outcome.VIOLATED, Outcome.UNDECIDED)
_ANSWERS: Final = {
    Outcome.VIOLATED: ("failure", ""),
    Outcome.UNDECIDED: ("error", "undecided: evidence is missing, and doubt is not success: "),
    Outcome.WAIVED: ("skipped", "waived: "),
    Outcome.PARTIAL: ("skipped", "partial: "),
    Outcome.NOT_APPLICABLE: ("skipped", "not applicable: "),
}


def render(verdict: Verdict) -> str:
    """The verdict as JUnit XML in ASCII, with a line break at the end.

    One test case for the verdict itself, so that a verdict without findings is never green; then
    one for every rule and benchmark (`row` where a finding is about all of them). Violated is a
    failure, undecided an error, waived and not applicable are skipped. Rules of a lower level
    than `error` pass and carry their finding as output.
    """
    cases: dict[tuple[str, str], list[JudgedFinding]] = {}
    for judged in verdict.findings:
        for benchmark in judged.finding.benchmarks or (_ROW,):
            cases.setdefault((judged.rule, benchmark), []).append(judged)
    suite = ET.Element("testsuite", {"name": visible(f"weighin {verdict.model}")})
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(verdict):
        ET.SubElement(properties, "property", {"name": name, "value": visible(value)})
    _answer(_case(suite, "weighin", "verdict"), verdict.outcome, headline(verdict), "")
    for (rule, benchmark), findings in cases.items():
        _told(_case(suite, rule, benchmark), findings)
    tally = {
        "tests": len(suite.findall("testcase")),
        "failures": len(suite.findall("testcase/failure")),
        "errors": len(suite.findall("testcase/error")),
        "skipped": len(suite.findall("testcase/skipped")),
    }
    numbers = {name: str(number) for name, number in tally.items()}
    suite.attrib.update(numbers)
    root = ET.Element("testsuites", {"name": "weighin", **numbers})
    root.append(suite)
    ET.indent(root)
    # ASCII with character references: right whatever the encoding of the stream it goes to.
    document: bytes = ET.tostring(root, encoding="us-ascii", xml_declaration=True)
    return document.decode("ascii") + "\n"


def _properties(verdict: Verdict) -> tuple[tuple[str, str], ...]:
    return (
        ("outcome", verdict.outcome),
        ("requirements", verdict.requirements_file),
        ("requirements-sha256", verdict.requirements_sha256),
        ("profile", verdict.profile),
        ("weakest-evidence", weakest_evidence(verdict)),
        *((f"head-{n}", words) for n, words in enumerate(head_sentences(verdict), start=1)),
        ("does-not-prove", DOES_NOT_PROVE),
        *((f"ignored-{number}", words) for number, words in enumerate(verdict.ignored, start=1)),
    )


def _case(suite: ET.Element, classname: str, name: str) -> ET.Element:
    return ET.SubElement(
        suite, "testcase", {"classname": visible(classname), "name": visible(name)}
    )


def _told(case: ET.Element, findings: list[JudgedFinding]) -> None:
    """Answers a test case by the worst of its findings; what moves no verdict is output."""
    aside = [judged for judged in findings if _is_aside(judged)]
    deciding = [judged for judged in findings if not _is_aside(judged)]
    if deciding:
        worst = _worst(deciding)
        told = [judged for judged in deciding if judged.finding.outcome is worst]
        _answer(case, worst, "; ".join(_sentence(judged) for judged in told), _text(told))
        aside += [j for j in deciding if j.finding.outcome not in {worst, Outcome.MET}]
    if aside:
        ET.SubElement(case, "system-out").text = _text(aside)


def _is_aside(judged: JudgedFinding) -> bool:
    return judged.level is not Level.ERROR and judged.finding.outcome in _NOT_MET


def _worst(findings: Iterable[JudgedFinding]) -> Outcome:
    order = tuple(Outcome)
    return min((judged.finding.outcome for judged in findings), key=order.index)


def _sentence(judged: JudgedFinding) -> str:
    statement, waiver = judged.finding.statement, judged.waiver
    if waiver is None:
        return statement
    until = waiver.expires.isoformat()
    return f"{statement} (accepted by {waiver.owner} until {until}: {waiver.reason})"


def _answer(case: ET.Element, outcome: Outcome, message: str, text: str) -> None:
    if outcome is Outcome.MET:
        return
    tag, prefix = _ANSWERS[outcome]
    attributes = {"message": visible(f"{prefix}{message}"), "type": outcome.value}
    ET.SubElement(case, tag, attributes).text = text or None


def _text(findings: Iterable[JudgedFinding]) -> str:
    return "\n".join(line for judged in findings for line in _lines(judged))


def _lines(judged: JudgedFinding) -> tuple[str, ...]:
    finding = judged.finding
    details = (
        ("expected", finding.expected),
        ("found", finding.found),
        ("tensors", listed(finding.tensors, _SHOWN_TENSORS)),
        ("where", ", ".join(place(origin) for origin in finding.where)),
        ("fix", finding.fix),
        ("required at", judged.required_at),
        ("rule", rule_address(judged.rule)),
    )
    told = [f"  {label}: {visible(words)}" for label, words in details if words]
    mark = MARKS[finding.outcome]
    first = f"{mark} {finding.outcome} ({judged.level}): {visible(_sentence(judged))}"
    return (first, *told)
