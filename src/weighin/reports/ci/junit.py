"""An answer as JUnit XML, which every continuous integration service shows."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from weighin.reports.ci.notices import Notice, Notices, Passed
from weighin.reports.shared.foreign_text import clipped, visible
from weighin.reports.shared.wording import MARKS, listed
from weighin.rules.interface import Level, Outcome

_SHOWN_PLACES: Final = 20
_LONGEST_ELSEWHERE: Final = 300
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
    not judged are skipped. What is of a lower level than `error` passes and is output. What is
    about many things is told in full at the first of them alone.
    """
    suite = ET.Element("testsuite", {"name": _name(f"weighin {notices.title}")})
    properties = ET.SubElement(suite, "properties")
    for name, value in (
        ("outcome", notices.outcome.value),
        ("exit-code", str(notices.exit_code)),
        ("file", notices.place.file),
        *notices.properties,
        *((f"head-{number}", words) for number, words in enumerate(notices.head, start=1)),
        ("does-not-prove", notices.closing),
    ):
        ET.SubElement(properties, "property", {"name": name, "value": _words(value)})
    itself = _case(suite, "weighin", notices.kind)
    if notices.outcome is not Outcome.MET:
        _answer(itself, notices.outcome, f"{_BEFORE[notices.outcome]}{notices.summary}", "")
    if notices.head:
        ET.SubElement(itself, "system-out").text = "\n".join(map(_words, notices.head))
    for (rule, subject), told in _cases(notices).items():
        address = notices.rules[rule].address if rule in notices.rules else ""
        _told(_case(suite, rule, subject), told, address)
    return _document(suite)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a test case tells of something.

    Attributes:
        notices: Worst first.
        passed: What no notice is about.
        elsewhere: The case that tells a notice in full, by the index of the notice; not there for
            one that is told here.
    """

    notices: list[Notice] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)
    elsewhere: dict[int, str] = field(default_factory=dict)


def _cases(notices: Notices) -> dict[tuple[str, str], _Told]:
    cases: dict[tuple[str, str], _Told] = {}
    for notice in notices.notices:
        if notice.is_answer or notice.is_head:
            continue
        subjects = notice.subjects or (notices.whole,)
        for subject in dict.fromkeys(subjects):
            case = cases.setdefault((notice.rule, subject), _Told())
            if subject != subjects[0]:
                case.elsewhere[len(case.notices)] = subjects[0]
            case.notices.append(notice)
    for passed in notices.passed:
        for subject in dict.fromkeys(passed.subjects or (notices.whole,)):
            cases.setdefault((passed.rule, subject), _Told()).passed.append(passed)
    return cases


def _told(case: ET.Element, told: _Told, address: str) -> None:
    """Answers a test case by the worst that moves the answer; the rest is output."""
    numbered = list(enumerate(told.notices))
    deciding = [pair for pair in numbered if _decides(pair[1])]
    aside = [pair for pair in numbered if not _decides(pair[1])]
    if deciding:
        worst = deciding[0][1].outcome
        of_worst = [pair for pair in deciding if pair[1].outcome is worst]
        before, sentences = _sentences(worst, of_worst, told)
        _answer(case, worst, f"{before}{sentences}", _text(of_worst, told, address))
        aside += [pair for pair in deciding if pair[1].outcome is not worst]
    elif not any(p.is_judged for p in told.passed) and not any(map(_is_judged, told.notices)):
        # Nothing was judged here: nobody takes it for what passed.
        said = (*(n.statement for n in told.notices), *(p.statement for p in told.passed))
        message = _words("; ".join(_short(words) for words in said))
        skipped = {"message": f"not applicable: {message}", "type": "not-applicable"}
        ET.SubElement(case, "skipped", skipped)
    if aside:
        ET.SubElement(case, "system-out").text = _text(aside, told, address)


def _decides(notice: Notice) -> bool:
    return notice.level is Level.ERROR or notice.outcome is Outcome.WAIVED


def _is_judged(notice: Notice) -> bool:
    return notice.outcome is not Outcome.NOT_APPLICABLE


def _sentences(
    worst: Outcome, numbered: Sequence[tuple[int, Notice]], told: _Told
) -> tuple[str, str]:
    """What is said of all of them first, and their sentences."""
    is_undecided = worst is Outcome.UNDECIDED and not any(n.word for _, n in numbered)
    sentences = (
        _short(said) if number in told.elsewhere else said
        for number, said in (
            (number, notice.statement if is_undecided else notice.sentence)
            for number, notice in numbered
        )
    )
    return _BEFORE[worst] if is_undecided else "", "; ".join(sentences)


def _answer(case: ET.Element, outcome: Outcome, message: str, text: str) -> None:
    attributes = {"message": _words(message), "type": outcome.value}
    ET.SubElement(case, _TAGS[outcome], attributes).text = text or None


def _text(numbered: Iterable[tuple[int, Notice]], told: _Told, address: str) -> str:
    return "\n".join(
        line
        for number, notice in numbered
        for line in _lines(notice, told.elsewhere.get(number, ""), address)
    )


def _lines(notice: Notice, elsewhere: str, address: str) -> tuple[str, ...]:
    mark = f"{MARKS[notice.outcome]} {notice.outcome} ({notice.level})"
    if elsewhere:
        return f"{mark}: {visible(_short(notice.sentence))}", f"  in full: at {_name(elsewhere)}"
    details = (
        *notice.details,
        *notice.listings,
        ("where", listed((place.words for place in notice.where), _SHOWN_PLACES)),
        ("fix", notice.fix),
        ("said at", notice.place.words),
        ("rule", address),
    )
    told = (f"  {label}: {_words(words)}" for label, words in details if words)
    return (f"{mark}: {_words(notice.sentence)}", *told)


def _short(text: str) -> str:
    return clipped(text, _LONGEST_ELSEWHERE)


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
