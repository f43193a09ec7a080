"""The types of request that lm-eval makes of a model."""

from collections.abc import Iterable

_REQUEST_TYPES = {"multiple_choice": "loglikelihood"}


def request_types(output_types: Iterable[str]) -> set[str]:
    """The request types of lm-eval that tasks of some output types make."""
    return {_REQUEST_TYPES.get(output_type, output_type) for output_type in output_types}
