"""What an Inspect log says of itself was changed or withdrawn after the run.

Inspect writes into the log that a score was edited (`edit_score`), with what it was
before, and that a sample is not to be used (`invalidate_samples`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from weighin.files.json.foreign import Json, as_list, as_mapping, as_text, pointer_part

_UNCHANGED = "UNCHANGED"
_MOST_SHOWN = 20
_LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreEdited:
    """A score that is not what the scorer gave.

    Attributes:
        document: Id of the document.
        scorer: The scorer.
        before: What it was; `None` if it was added afterwards, or the log does not say.
        after: What it is.
        at: JSON pointer of the history of the score.
        by: Who changed it; empty if unknown.
        why: The reason that was given; empty if none was.
    """

    document: str
    scorer: str
    before: JsonValue
    after: JsonValue
    at: str
    by: str
    why: str


@dataclass(slots=True)
class ChangeTally:
    """What the samples seen so far say was changed.

    Attributes:
        edits: By scorer and place among its values: the edit.
        withdrawn: Samples that are withdrawn.
        withdrawn_documents: Their documents, a few of them.
        why: Why the first of them was; empty if the log does not say.
        at: JSON pointer of the first of them; empty if there is none.
    """

    edits: dict[tuple[str, int], ScoreEdited] = field(default_factory=dict)
    withdrawn: int = 0
    withdrawn_documents: list[str] = field(default_factory=list)
    why: str = ""
    at: str = ""

    def add(
        self, sample: Json, document: str, scores: Json, places: Mapping[str, int], at: str
    ) -> None:
        """Take in one sample.

        Args:
            sample: The sample.
            document: Id of its document.
            scores: Its scores by scorer.
            places: By scorer: the place of its value among those of the scorer.
            at: JSON pointer of the sample.
        """
        for scorer, score in scores.items():
            edited = _edited(as_mapping(score), sample, document, scorer, at)
            if edited is not None:
                self.edits[scorer, places[scorer]] = edited
        if sample.get("invalidation") is not None:
            self.withdrawn += 1
            if len(self.withdrawn_documents) < _MOST_SHOWN:
                self.withdrawn_documents.append(document)
            if not self.at:
                self.at = f"{at}/invalidation"
                self.why = _who_and_why(as_mapping(sample.get("invalidation")))


def sample_value(value: JsonValue) -> JsonValue:
    """What a scorer gave, without what cannot be aggregated."""
    if isinstance(value, dict):
        return {
            key: sample_value(item) for key, item in value.items() if not isinstance(item, dict)
        }
    return None if isinstance(value, list) else value


def _edited(score: Json, sample: Json, document: str, scorer: str, at: str) -> ScoreEdited | None:
    """The edit of a score; `None` if there is none, or its value is what the scorer gave."""
    history = [as_mapping(entry) for entry in as_list(score.get("history"))]
    place = f"{at}/scores/{pointer_part(scorer)}/history"
    if not history:
        # Only somebody who removed the history leaves the event alone.
        history = _edits_in_events(sample, scorer)
        place = f"{at}/events"
    if not history:
        return None
    now = sample_value(score.get("value"))
    first = sample_value(history[0].get("value"))
    # An edit puts the scorer's own value first; alone it stands where there was none.
    is_original = len(history) > 1 and history[0].get("provenance") is None and first != _UNCHANGED
    told = [value for entry in history if (value := sample_value(entry.get("value"))) != _UNCHANGED]
    # What was changed once more without a word is not what the history ends with.
    before = told[-1] if told and told[-1] != now else first if is_original else None
    if before == now and is_original:
        return None
    if not is_original and not told:
        return None
    last = as_mapping(history[-1].get("provenance"))
    return ScoreEdited(
        document=document,
        scorer=scorer,
        before=before,
        after=now,
        at=place,
        by=(as_text(last.get("author")) or "")[:_LONGEST],
        why=(as_text(last.get("reason")) or "")[:_LONGEST],
    )


def _edits_in_events(sample: Json, scorer: str) -> list[Json]:
    events = (as_mapping(event) for event in as_list(sample.get("events")))
    return [
        as_mapping(event.get("edit"))
        for event in events
        if event.get("event") == "score_edit" and event.get("score_name") == scorer
    ]


def _who_and_why(provenance: Json) -> str:
    told = (as_text(provenance.get("author")), as_text(provenance.get("reason")))
    return ": ".join(text[:_LONGEST] for text in told if text is not None)


def edits_shown(edits: Mapping[tuple[str, int], ScoreEdited]) -> list[JsonValue]:
    """A few edits, as the fact that holds them has them."""
    return [
        {
            "document": edit.document,
            "score": edit.scorer,
            "before": edit.before,
            "after": edit.after,
            "at": edit.at,
            "by": edit.by,
            "why": edit.why,
        }
        for edit in list(edits.values())[:_MOST_SHOWN]
    ]
