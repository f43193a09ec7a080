"""Cases of `template-is-released`."""

from dataclasses import replace

from tests.making.rules.builders import EDITED_TEMPLATE, MET, UNDECIDED, VIOLATED, case

CASES = {
    MET: case,
    VIOLATED: lambda: replace(case(), released=EDITED_TEMPLATE),
    UNDECIDED: lambda: replace(case(), released=None, released_why_not="offline"),
}
