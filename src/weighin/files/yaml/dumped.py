"""Documents written as YAML by a library, the same to readers of YAML 1.1 and 1.2."""

from collections.abc import Mapping
from io import StringIO

from pydantic import JsonValue

from weighin.files.yaml.written import as_yaml

# A value stays on its line, however long.
_WIDTH = 1 << 20


def yaml_text(document: Mapping[str, JsonValue]) -> str:
    """A document in ASCII, in the order of its keys, with a line break at the end.

    Args:
        document: What is written. Texts must be Unicode: no byte of a file name stands for itself.
    """
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.default_flow_style = False
    yaml.allow_unicode = False
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = StringIO()
    yaml.dump(_quoted(document), stream)
    return stream.getvalue()


def _quoted(value: JsonValue | Mapping[str, JsonValue]) -> object:
    """The same, with quotes where some reader would take a text for something else."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(value, str):
        return value if as_yaml(value) == value else DoubleQuotedScalarString(value)
    if isinstance(value, Mapping):
        return {_quoted(key): _quoted(each) for key, each in value.items()}
    return [_quoted(each) for each in value] if isinstance(value, list) else value
