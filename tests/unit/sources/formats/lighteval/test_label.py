"""What the place of a results file says of the artifact, where the file itself does not."""

from pathlib import Path

import pytest
from tests.making.logs.lighteval import NAME, of_2025, record, with_model

from weighin.evidence.facts import FactName
from weighin.identity.facets import Grade
from weighin.sources.formats.lighteval.label import artifact_label

MODEL = "acme/solver"


@pytest.mark.parametrize(
    ("shown", "label"),
    [
        (f"logs/evals/Exp3_50/results/acme/solver/{NAME}", "Exp3_50"),
        (f"logs/overall/Exp3_50/results/acme/solver/{NAME}", "Exp3_50"),
        (f"Exp3_50/results/acme/solver/{NAME}", "Exp3_50"),
        (f"Exp3_50/{NAME}", "Exp3_50"),
        (f"data/evals/acme/solver/step-1172/results/acme/solver/{NAME}", "step-1172"),
        (f"/data/step-1172/results/acme/solver/{NAME}", "step-1172"),
        (f"org+repo__logs_evals_Exp3_50_results_acme_solver_{NAME}", "Exp3_50"),
        (f"folder/logs_overall_Exp3_50_results_acme_solver_{NAME}", "Exp3_50"),
    ],
)
def test_the_folder_above_the_results_is_the_label(shown: str, label: str):
    assert artifact_label(shown, MODEL) == label


@pytest.mark.parametrize(
    "shown",
    [
        NAME,
        f"results/acme/solver/{NAME}",
        f"data/evals/results/acme/solver/{NAME}",
        f"data/acme/solver/results/acme/solver/{NAME}",
        f"/results/acme/solver/{NAME}",
        f"org+repo__data_evals_results_acme_solver_{NAME}",
        f"org+repo__acme_solver_results_acme_solver_{NAME}",
        "metrics.json",
        "",
    ],
)
def test_names_of_collections_and_of_the_model_itself_are_no_label(shown: str):
    assert artifact_label(shown, MODEL) == ""


def test_the_label_is_a_fact_that_is_only_named(tmp_path: Path):
    fact = record(of_2025(), tmp_path, f"Exp3_50/results/acme/solver/{NAME}").fact(
        FactName.ARTIFACT_LABEL
    )
    assert fact is not None
    assert (fact.value, fact.grade) == ("Exp3_50", Grade.NAMED)


def test_a_log_that_names_a_revision_needs_no_label(tmp_path: Path):
    place = f"Exp3_50/results/acme/solver/{NAME}"
    assert record(with_model(revision="v2"), tmp_path, place).fact(FactName.ARTIFACT_LABEL) is None
    assert record(with_model(revision="main"), tmp_path, place).fact(FactName.ARTIFACT_LABEL)
