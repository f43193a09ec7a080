"""A repository root that would run, if anybody's Python looked for modules there."""

from pathlib import Path

# What `-m venv`, `-m pip` and `-m weighin` import first, and what a Python imports at its start.
MODULES = ("venv", "pip", "ensurepip", "logging", "site", "sitecustomize", "usercustomize")
PACKAGES = ("weighin", "typer", "hatchling")


def lay(root: Path, mark: Path) -> None:
    """Write modules into a folder that leave a mark when one is run."""
    code = f"open({str(mark)!r}, 'a').write(__file__ + '\\n')\nraise SystemExit(0)\n"
    for name in MODULES:
        (root / f"{name}.py").write_text(code)
    for name in PACKAGES:
        (root / name).mkdir()
        for file in ("__init__.py", "__main__.py"):
            (root / name / file).write_text(code)


def program(of_python: str, source: Path) -> str:
    """A script as pip writes the console script of weighin, of a source tree."""
    return (
        f"#!{of_python}\nimport sys\nsys.path.insert(1, {str(source)!r})\n"
        "from weighin.cli import main\nsys.exit(main())\n"
    )
