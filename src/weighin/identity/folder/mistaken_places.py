"""What somebody may have meant who names a place of a checkpoint at which nothing lies."""

import re
from pathlib import Path

_ON_HUB = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+", re.ASCII)
_HOME = "~"


def meant_by(written: Path | str) -> str:
    """A way out for a place where nothing lies, to be put behind `found nothing there`.

    Args:
        written: As somebody wrote it, before it was joined to a folder.

    Returns:
        A clause that begins with `; `; empty if it cannot be told what was meant.
    """
    text = str(written)
    if text == _HOME or text.startswith(f"{_HOME}/"):
        # Only a shell knows it, and only outside of quotes.
        return f"; ~ is a folder of that name here: write {Path.home()}{text.removeprefix(_HOME)}"
    if _ON_HUB.fullmatch(text):
        return f"; if it lies on the Hugging Face hub, write hf://{text}@COMMIT"
    return ""
