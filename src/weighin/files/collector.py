"""Reading many small things without looking for cycles among them again and again."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collector() -> Iterator[None]:
    """Without the collector of cycles meanwhile.

    Records and parsed JSON hold no cycles, and the collector looks at all of them again each time
    that their number has grown by a quarter.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
