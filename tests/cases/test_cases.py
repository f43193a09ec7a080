"""The published scorecards, checked again: reports say what the facts say."""

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.making.places import ROOT
from tests.making.reports.rendered import marks_in
from weighin.reports.scorecard.facts import facts_of
from weighin.reports.scorecard.wording import rerun_sentence
from weighin.rules.scorecard.interface import ScorecardFinding, ScorecardReport, Word


def load_judge() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "judge_cases", ROOT / "tasks/cases/judge_cases.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["judge_cases"] = module
    spec.loader.exec_module(module)
    return module


JUDGE = load_judge()
SCORECARDS = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("tasks/cases/*/*.yaml"))
MOTIVES = ("fraud", "cheat", "fake", "manipul", "decei", "dishonest", "fudge", "rigged")


@pytest.fixture(autouse=True)
def in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    # Reports name files as they were given: relative to the repository.
    monkeypatch.chdir(ROOT)


def judged(case: str, scorecard: str = "scorecard") -> ScorecardReport:
    report: ScorecardReport = JUDGE.report_of(Path(f"tasks/cases/{case}/{scorecard}.yaml"))
    return report


@pytest.fixture(scope="module")
def llama() -> ScorecardReport:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return judged("llama-4")


def told(report: ScorecardReport, check: str, word: Word) -> list[ScorecardFinding]:
    return [f for c, f in report.findings if c == check and f.word is word]


def test_there_are_five_scorecards_in_four_cases():
    assert len(SCORECARDS) == 5
    assert len({Path(path).parent for path in SCORECARDS}) == 4


@pytest.mark.parametrize("path", sorted(ROOT.glob("results/cases/**/*.md")), ids=str)
def test_the_committed_markdown_reads_as_text(path: Path):
    assert marks_in(path.read_text("utf-8")) == []


@pytest.mark.parametrize("scorecard", SCORECARDS)
def test_the_committed_reports_are_what_weighin_says(scorecard: str):
    for file, content in JUDGE.reports(Path(scorecard)).items():
        assert file.read_text() == content, "run: python tasks/cases/judge_cases.py"


def test_no_report_stands_in_the_results_without_its_scorecard():
    written = {file for scorecard in SCORECARDS for file in JUDGE.reports(Path(scorecard))}

    assert {path for path in Path("results/cases").rglob("*") if path.is_file()} == written


@pytest.mark.parametrize("scorecard", SCORECARDS)
def test_every_number_of_a_case_has_a_source_with_an_address_and_a_date_or_place(scorecard: str):
    (card,) = JUDGE.report_of(Path(scorecard)).case.scorecards
    for number in card.numbers:
        assert number.source.url, number
        assert number.source.date or number.source.place, number


@pytest.mark.parametrize("scorecard", SCORECARDS)
def test_no_case_speaks_of_motives(scorecard: str):
    texts = [Path(scorecard).read_text(), (Path(scorecard).parent / "README.md").read_text()]
    texts += JUDGE.reports(Path(scorecard)).values()
    for text in texts:
        assert not [word for word in MOTIVES if word in text.lower()]


def test_every_claim_about_a_public_name_says_which_artifact_it_is_of():
    # Reference: the facts of the case; base, Instruct and 03-26-Experimental.
    (name,) = [
        f
        for f in told(judged("llama-4"), "same-artifact-across-row", Word.DIFFERENT_ARTIFACT)
        if "under the name Llama 4 Maverick" in f.statement
    ]
    assert "are of 3 different artifacts" in name.statement


def test_the_arena_row_belongs_to_weights_that_were_never_published(llama: ScorecardReport):
    findings = told(llama, "same-artifact-across-row", Word.DIFFERENT_ARTIFACT)
    (unpublished,) = [f for f in findings if "never published" in f.statement]
    assert {n.printed for n in unpublished.numbers} == {"1417", "1403", "1416"}


def test_the_price_of_one_artifact_stands_beside_the_rating_of_another(llama: ScorecardReport):
    (joined,) = told(llama, "figures-of-one-artifact", Word.DIFFERENT_ARTIFACT)
    assert "best-in-class performance to cost ratio" in joined.arithmetic


def test_the_gap_between_both_mavericks_is_130_and_then_124(llama: ScorecardReport):
    # 1403 (+12/-9) - 1273 (+10/-12); 1416 (+4/-4) - 1292 (+4/-4); half-widths over 1.96.
    gaps = [f.statement for f in told(llama, "arena-gap", Word.DIFFERENT_ARTIFACT)]
    assert len(gaps) == 2
    assert "2025-04-11" in gaps[0]
    assert "130 ± 7.8 points" in gaps[0]
    assert "2025-08-04" in gaps[1]
    assert "124 ± 2.9 points" in gaps[1]


def test_luck_in_choosing_among_27_explains_13_points_at_most(llama: ScorecardReport):
    # 12.5 / 1.96 = 6.4 points, times 1.998, the mean of the largest of 27 normal variables.
    found = told(llama, "best-of-n-inflation", Word.DIFFERENT_ARTIFACT)
    assert len(found) == 2
    assert all("best of 27 equal variants is worth +12.8 points" in f.statement for f in found)


@pytest.mark.parametrize(("printed", "passes"), [("57.2", 3), ("69.8", 4)])
def test_gpqa_needs_passes_that_the_blog_declares_and_the_card_does_not(
    llama: ScorecardReport, printed: str, passes: int
):
    undeclared = told(llama, "attainable-score", Word.UNDECLARED)
    (card,) = [f for f in undeclared if f.numbers[0].printed == printed]
    assert card.numbers[0].source.title == "Llama 4 model card"
    assert "is impossible in one pass over 198 documents" in card.statement
    assert f"{passes} passes or more can give it, as they can most numbers" in card.statement
    assert "Meta's blog on Llama 4 (2025-04-05) declares several passes in footnote 1" in (
        card.statement
    )
    assert printed in {
        f.numbers[0].printed
        for f in told(llama, "attainable-score", Word.CONSISTENT)
        if f.numbers[0].source.title == "Meta's blog on Llama 4"
    }


def test_re_runs_confirm_mmlu_pro_and_resolve_neither_gpqa_nor_mmmu(llama: ScorecardReport):
    confirmed = told(llama, "claim-against-rerun", Word.CONSISTENT)
    assert sorted(f.numbers[0].printed for f in confirmed) == ["74.3", "74.3", "80.5", "80.5"]
    unresolved = told(llama, "claim-against-rerun", Word.UNRESOLVED)
    assert sorted(f.numbers[0].printed for f in unresolved) == ["57.2", "69.4", "69.8", "73.4"]
    assert not [f for _, f in llama.findings if f.word is Word.OVERSTATED]


def test_claims_are_counted_and_not_the_re_runs_that_each_is_held_against(llama: ScorecardReport):
    # Four numbers of GPQA and MMMU are not resolved; 74.3 and 80.5 were each re-run twice.
    assert rerun_sentence(llama).startswith("6 claims held against a re-run: 2 confirmed")


def test_all_that_follows_from_the_unpublished_variant_is_one_fact(llama: ScorecardReport):
    (fact,) = [f for f in facts_of(llama) if f.finding.word is Word.DIFFERENT_ARTIFACT]
    assert {check for check, _ in fact.below} == {
        "same-artifact-across-row",
        "figures-of-one-artifact",
        "arena-gap",
        "best-of-n-inflation",
    }
    assert any('"an experimental chat version scoring' in told for told in fact.beside)
    assert len({told for told in fact.in_short if "points above" in told}) == 2


def test_the_two_scouts_stand_under_headings_of_their_own(llama: ScorecardReport):
    (note,) = told(llama, "same-artifact-across-row", Word.NOTE)
    assert "the name Llama 4 Scout" in note.statement
    assert "is headed 'pre-trained models'" in note.statement


def test_labels_that_changed_while_the_value_stayed_are_named(llama: ScorecardReport):
    drifts = [f.statement for f in told(llama, "label-drift", Word.UNDECLARED)]
    assert any(
        "53.8, 61.6, 58.2, 62.9 % on MMLU-Pro: the name of the metric changed" in d for d in drifts
    )
    assert any("68.9 % on MMLU Pro: the number of shots changed" in d for d in drifts)


def test_one_row_mixes_single_passes_with_means_of_several(llama: ScorecardReport):
    rows = [f.arithmetic for f in told(llama, "row-compares-alike", Word.UNDECLARED)]
    assert "50.5, 49.0 fit one pass, 57.2, 69.8 cannot come from one" in rows


def test_the_competitor_is_the_model_that_has_its_scores(llama: ScorecardReport):
    (tie,) = told(llama, "duplicates-across-names", Word.UNUSUAL)
    assert "DeepSeek v3.1 and DeepSeek-V3-0324 have the same printed score on 3 of the 3" in (
        tie.statement
    )


def test_nothing_but_identity_decides_against_the_llama_4_card(llama: ScorecardReport):
    assert {f.word for _, f in llama.findings} == {
        Word.DIFFERENT_ARTIFACT,
        Word.UNDECLARED,
        Word.UNUSUAL,
        Word.UNRESOLVED,
        Word.NOTE,
        Word.VOID,
        Word.CONSISTENT,
    }


def test_the_copy_of_an_aggregator_mixes_base_and_instruct():
    findings = told(
        judged("llama-4", "aggregator-copy"), "same-artifact-across-row", Word.DIFFERENT_ARTIFACT
    )
    assert ["of 2 different artifacts" in f.statement for f in findings] == [True]


def test_o3_as_previewed_and_o3_as_released_are_two_artifacts():
    report = judged("o3")
    assert report.worst is Word.DIFFERENT_ARTIFACT
    assert "o3-preview (5 numbers), o3-2025-04-16 (3 numbers)" in report.findings[0][1].statement


def test_the_headline_of_gemini_ultra_compares_a_vote_with_none():
    (row,) = told(judged("gemini-ultra"), "row-compares-alike", Word.UNDECLARED)
    assert row.arithmetic == "votes 32 for Gemini Ultra, not declared for GPT-4"


def test_reflection_70b_is_overstated_where_its_trainer_says_the_code_was_wrong():
    report = judged("reflection-70b")
    overstated = [f.numbers[0].benchmark for _, f in report.findings if f.word is Word.OVERSTATED]
    assert overstated == ["MATH", "GSM8K"]


def test_the_command_prints_the_committed_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    from weighin.cli.application import run_application

    monkeypatch.setenv("COLUMNS", str(JUDGE.WIDTH))
    monkeypatch.setattr("sys.argv", ["weighin", "scorecard", "tasks/cases/llama-4/scorecard.yaml"])

    assert run_application() == 10
    printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert printed == Path("results/cases/llama-4/report.txt").read_text().splitlines()


def test_the_json_report_of_every_case_says_what_is_firmest():
    worst = {
        path.parent.name: json.loads(path.read_text())["worst"]
        for path in Path("results/cases").glob("*/report.json")
    }
    assert worst == {
        "gemini-ultra": "UNDECLARED",
        "llama-4": "DIFFERENT ARTIFACT",
        "o3": "DIFFERENT ARTIFACT",
        "reflection-70b": "OVERSTATED",
    }
