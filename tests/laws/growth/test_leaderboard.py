"""A leaderboard as a table, 7,169 models by 6 benchmarks, is judged within 300 MB and 10 CPU s."""

import pytest
from tests.laws.growth.costs import cost_of

MODELS = 7_169
BENCHMARKS = ("IFEval", "BBH", "MATH", "GPQA", "MUSR", "MMLU-Pro")
MOST_BYTES, MOST_SECONDS = 300_000_000, 10


def written(folder):
    path = folder / "leaderboard.csv"
    rows = (
        ",".join(
            (f"org/m{model}", *(f"{20 + (model * 7 + place * 1_237) % 7_000 / 100:.2f}"
                                for place in range(len(BENCHMARKS))))
        )
        for model in range(MODELS)
    )  # fmt: skip
    path.write_text("\n".join((f"Model,{','.join(BENCHMARKS)}", *rows)) + "\n")
    return path


@pytest.mark.soak
@pytest.mark.parametrize("told_as", ["text", "html", "json", "csv"])
def test_a_leaderboard_is_judged_leanly(told_as, tmp_path):
    found = cost_of(["scorecard", str(written(tmp_path)), "--format", told_as], tmp_path)
    print(f"{told_as}: {found.seconds:.1f} CPU s, {found.peak_bytes / 1e6:.0f} MB")
    assert found.code in {10, 11}, found.errors
    assert found.peak_bytes < MOST_BYTES
    assert found.seconds < MOST_SECONDS
