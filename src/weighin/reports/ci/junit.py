"""An answer as JUnit XML, which every continuous integration service shows."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from typing import Final

from weighin.reports.ci.notices import Notice, Notices, Passed
from weighin.reports.shared.foreign_text import clipped, visible
from weighin.reports.shared.wording import MARKS, listed
from weighin.rules.interface import Level, Outcome

_SHOWN_PLACES: Final = 20
_WHOLE: Final = "all of it"
_LONGEST_NAME: Final = 300
_LONGEST_WORDS: Final = 2_000
_TAGS: Final = {
    Outcome.VIOLATED: "failure",
    Outcome.UNDECIDED: "error",
    Outcome.NOT_APPLICABLE: "error",
    Outcome.PARTIAL: "skipped",
    Outcome.WAIVED: "skipped",
}
_BEFORE: Final = {
    Outcome.VIOLATED: "",
    Outcome.UNDECIDED: "undecided, and doubt is not success: ",
    Outcome.NOT_APPLICABLE: "nothing was judged, which is not success: ",
    Outcome.PARTIAL: "partial: ",
    Outcome.WAIVED: "waived: ",
}


def render(notices: Notices) -> str:
    """The answer as JUnit XML in ASCII, with a line break at the end.

    One test case for the answer itself, so that one without findings is never green; then one for
    every rule and what it is about. Violated is a failure, undecided an error, waived and what was
    not judged are skipped. What is of a lower level than `error` passes and is output.
    """
    suite = ET.Element("testsuite", {"name": _name(f"weighin {notices.title}")})
    properties = ET.SubElement(suite, "properties")
    for name, value in (
        ("outcome", notices.outcome.value),
        ("exit-code", str(notices.exit_code)),
        ("file", notices.place.file),
        ("does-not-prove", notices.closing),
    ):
        ET.SubElement(properties, "property", {"name": name, "value": _words(value)})
    itself = _case(suite, "weighin", notices.kind)
    if notices.outcome is not Outcome.MET:
        _answer(itself, notices.outcome, f"{_BEFORE[notices.outcome]}{notices.summary}", "")
    for (rule, subject), (told, passed) in _cases(notices).items():
        address = notices.rules[rule].address if rule in notices.rules else ""
        _told(_case(suite, rule, subject), told, passed, address)
    return _document(suite)


_Case = tuple[list[Notice], list[Passed]]


def _cases(notices: Notices) -> dict[tuple[str, str], _Case]:
    cases: dict[tuple[str, str], _Case] = {}
    for notice in notices.notices:
        if notice.is_answer:
            continue
        for subject in notice.subjects or (_WHOLE,):
            cases.setdefault((notice.rule, subject), ([], []))[0].append(notice)
    for passed in notices.passed:
        for subject in passed.subjects or (_WHOLE,):
            cases.setdefault((passed.rule, subject), ([], []))[1].append(passed)
    return cases


def _told(
    case: ET.Element, notices: Sequence[Notice], passed: Sequence[Passed], address: str
) -> None:
    """Answers a test case by the worst that moves the answer; the rest is output."""
    deciding = [notice for notice in notices if _decides(notice)]
    aside = [notice for notice in notices if not _decides(notice)]
    if deciding:
        worst = deciding[0].outcome
        told = [notice for notice in deciding if notice.outcome is worst]
        sentences = "; ".join(notice.sentence for notice in told)
        _answer(case, worst, sentences, _text(told, address))
        aside += [notice for notice in deciding if notice.outcome is not worst]
    elif passed and not notices and not any(p.is_judged for p in passed):
        message = _words("; ".join(p.statement for p in passed))
        ET.SubElement(case, "skipped", {"message": message, "type": "not-applicable"})
    if aside:
        ET.SubElement(case, "system-out").text = _text(aside, address)


def _decides(notice: Notice) -> bool:
    return notice.level is Level.ERROR or notice.outcome is Outcome.WAIVED


def _answer(case: ET.Element, outcome: Outcome, message: str, text: str) -> None:
    attributes = {"message": _words(message), "type": outcome.value}
    ET.SubElement(case, _TAGS[outcome], attributes).text = text or None


def _text(notices: Iterable[Notice], address: str) -> str:
    return "\n".join(line for notice in notices for line in _lines(notice, address))


def _lines(notice: Notice, address: str) -> tuple[str, ...]:
    details = (
        *notice.details,
        ("where", listed((place.words for place in notice.where), _SHOWN_PLACES)),
        ("fix", notice.fix),
        ("said at", notice.place.words),
        ("rule", address),
    )
    first = f"{MARKS[notice.outcome]} {notice.outcome} ({notice.level}): {_words(notice.sentence)}"
    return (first, *(f"  {label}: {_words(words)}" for label, words in details if words))


def _case(suite: ET.Element, classname: str, name: str) -> ET.Element:
    return ET.SubElement(suite, "testcase", {"classname": _name(classname), "name": _name(name)})


def _name(text: str) -> str:
    return visible(clipped(text, _LONGEST_NAME))


def _words(text: str) -> str:
    return visible(clipped(text, _LONGEST_WORDS))


def _document(suite: ET.Element) -> str:
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
