"""Moments as evidence writes them."""

from datetime import UTC, datetime

from pydantic import JsonValue


def moment(value: JsonValue) -> datetime | None:
    """A moment in UTC; `None` if it is no RFC 3339 text with a time zone."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
        return None if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
