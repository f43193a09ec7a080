"""The base of every record that is read from a file: what is not declared is refused."""

from pydantic import BaseModel, ConfigDict


class StrictModel(BaseModel):
    """Base of every record: immutable, no coercion, no unknown fields, no NaN."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        # What is written holds every field, also one that may be missing in what is read.
        json_schema_serialization_defaults_required=True,
    )
