"""What a runner of GitHub Actions makes of a log: the commands that it obeys.

After `ActionCommand.cs` of actions/runner: a command is `::name properties::data` where a line
begins with it, or `##[name]` anywhere in one.
"""

from dataclasses import dataclass

_ESCAPES = (("%0D", "\r"), ("%0A", "\n"))
_OF_PROPERTIES = (*_ESCAPES, ("%3A", ":"), ("%2C", ","))


@dataclass(frozen=True)
class Command:
    name: str
    properties: dict[str, str]
    data: str


def _unescaped(text, escapes):
    for written, meant in (*escapes, ("%25", "%")):
        text = text.replace(written, meant)
    return text


def command(line):
    """The command that a line is; `None` if a runner passes it on."""
    text = line.lstrip()
    if text.startswith("::") and (end := text.find("::", 2)) >= 0:
        name, _, told = text[2:end].partition(" ")
        pairs = (one.partition("=") for one in told.strip().split(",") if one)
        properties = {key: _unescaped(value, _OF_PROPERTIES) for key, _, value in pairs}
        return Command(name, properties, _unescaped(text[end + 2 :], _ESCAPES))
    if (start := line.find("##[")) >= 0 and (end := line.find("]", start)) >= 0:
        return Command(line[start + 3 : end].partition(" ")[0], {}, line[end + 1 :])
    return None


def commands(text):
    """All that a runner obeys, which breaks lines at CR and LF."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [found for line in lines if (found := command(line)) is not None]
