"""The document of a plan: all that is needed to score its jobs anywhere. Its digest is its id."""

from weighin.executors.planned.document.format import (
    MAX_PLAN_BYTES,
    PLAN_FORMAT,
    PlanDocument,
    PlannedFile,
    PlannedJob,
    PlannedOptions,
    PlannedPlaces,
    PlannedRequirements,
)
from weighin.executors.planned.document.reading import (
    PlannedLayout,
    contents,
    layout,
    read_plan,
)
from weighin.executors.planned.document.writing import (
    Surroundings,
    WrittenPlan,
    plan_key,
    written_plan,
)

__all__ = [
    "MAX_PLAN_BYTES",
    "PLAN_FORMAT",
    "PlanDocument",
    "PlannedFile",
    "PlannedJob",
    "PlannedLayout",
    "PlannedOptions",
    "PlannedPlaces",
    "PlannedRequirements",
    "Surroundings",
    "WrittenPlan",
    "contents",
    "layout",
    "plan_key",
    "read_plan",
    "written_plan",
]
