"""Places that a command reads or writes: paths, and URLs of object stores."""

from click import Path as PathType


class PlaceType(PathType):
    """A path or an URL, as it is typed; shown and completed like a path."""

    name = "path"


PLACE = PlaceType()
