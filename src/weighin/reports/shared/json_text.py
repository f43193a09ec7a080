"""A document of weighin as JSON text: the one way out for all of them."""

import json
import re
from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from weighin.reports.shared.foreign_text import well_formed

# As in a log: what the machines that run CI obey wherever it stands.
_COMMAND = re.compile(r"#(?=#\w*\[)")


def json_text(
    document: BaseModel | Mapping[str, object] | Sequence[Mapping[str, object]],
) -> str:
    """One JSON document in ASCII, with a line break at the end.

    Every other character is escaped, so that the document survives any stream and cannot command
    the terminal that it is printed to or the runner of CI that logs it; lone surrogates, which no
    encoding carries, are spelled out. The order of keys is that of the document.
    """
    tree = _well_formed(document)
    text = json.dumps(tree, indent=2, ensure_ascii=True, allow_nan=False)
    return _COMMAND.sub(r"\\u0023", text) + "\n"


def _well_formed(value: object) -> object:
    match value:
        case str():
            return well_formed(value)
        case BaseModel():
            return _well_formed(value.model_dump(by_alias=True))
        case Mapping():
            return {well_formed(str(key)): _well_formed(item) for key, item in value.items()}
        case list() | tuple():
            return [_well_formed(item) for item in value]
        case _:
            return value
