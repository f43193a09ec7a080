"""Print the table of cases, or with `--write` put it into README.md."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.conformance.cases import HERE, ConformanceCase, all_cases

_MARKED = re.compile(r"(?<=<!-- cases -->\n\n).*?(?=\n\n<!-- end of cases -->)", re.DOTALL)


def table(cases: Sequence[ConformanceCase]) -> str:
    """The cases by incident, as the table of README.md."""
    lines = ["| incident | case | expected | rules that are not met |", "|---|---|---|---|"]
    for case in cases:
        incident, _, what = case.title.partition(": ")
        rules = ", ".join(dict.fromkeys(f"`{f.rule}`" for f in case.findings))
        link = f"[{what}](cases/{case.folder.name})"
        lines.append(f"| {incident} | {link} | {case.outcome} | {rules} |")
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Print the table, or write it."""
    told = table(all_cases())
    if arguments != ["--write"]:
        print(told)
        return 0
    readme = HERE / "README.md"
    readme.write_text(_MARKED.sub(lambda _: told, readme.read_text(encoding="utf-8")))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
