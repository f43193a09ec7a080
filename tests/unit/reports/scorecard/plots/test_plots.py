"""Plots show what the numbers say, to everybody, and obey nothing that stands in them."""

import csv
import re
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from tests.making.places import DATASETS
from tests.making.reports.drawn import Drawn, helvetica_width
from tests.making.rules.cards import (
    BLOG,
    artifact,
    case,
    judged,
    number,
    rating,
    rerun,
    scorecard,
    share,
)

from weighin.reports.scorecard.plots.all_plots import plots
from weighin.reports.scorecard.plots.svg import text_width
from weighin.rules.scorecard.judge import judge_scorecard

ARENA = DATASETS / "arena"

VARIANT = artifact("Llama-4-Maverick-03-26-Experimental", variants_tested=27)
RELEASED = artifact("Llama-4-Maverick-17B-128E-Instruct")


def snapshot(day, variant, released):
    return (
        rating(variant[0], variant[1], of=VARIANT.name, day=day),
        rating(released[0], released[1], of=RELEASED.name, day=day),
    )


# As printed on the card and in its blog, in re-runs by others, and by the arena on four days.
NUMBERS = (
    number("69.8", of=RELEASED.name),
    number("69.8", of=RELEASED.name, passes="several", source=BLOG),
    number("80.5", "MMLU Pro", of=RELEASED.name),
    number("73.4", "MMMU", of=RELEASED.name),
    rerun("71.21", of=RELEASED.name, by="Llama API, FP8", documents=198),
    rerun("80.7", "MMLU Pro", of=RELEASED.name, by="lm-eval with SGLang"),
    rerun("71.89", "MMMU", of=RELEASED.name, by="Llama API, FP8", documents=900),
    rating("1417", ("+13", "-12"), of=VARIANT.name, day="2025-04-06"),
    *snapshot("2025-04-11", ("1403", ("+12", "-9")), ("1273", ("+10", "-12"))),
    rating("1273", ("+10", "-12"), of=RELEASED.name, day="2025-04-13"),
    *snapshot("2025-08-04", ("1416", ("+4", "-4")), ("1292", ("+4", "-4"))),
)


def drawn(*numbers, artifacts=(VARIANT, RELEASED)):
    return {plot.name: plot.content for plot in plots(judged(*numbers, artifacts=artifacts))}


PLOTS = drawn(*NUMBERS)
FOREST, GRID, GAP = (
    "claims-against-runs.svg",
    "attainable-1-gpqa-diamond-69-8.svg",
    "rating-gap-1-m.svg",
)


def test_the_llama_4_numbers_have_a_plot_of_each_kind():
    assert list(PLOTS) == [FOREST, GRID, GAP]


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_is_a_picture_that_loads_and_runs_nothing(name):
    plot = Drawn(PLOTS[name])
    drawn_with = {"svg", "title", "desc", "style", "g", "rect", "line", "circle", "polygon", "text"}
    assert plot.tags <= drawn_with
    assert not re.search(r"href|url\(|@import|@font-face|\bon\w+=", PLOTS[name])


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_scales_from_the_width_of_a_phone(name):
    plot = Drawn(PLOTS[name])
    assert plot.root.attrib["viewBox"] == f"0 0 {plot.width:g} {plot.height:g}"
    # 15 units of text on 320 pixels are at least 10 pixels high.
    assert 15 * 320 / plot.width >= 10


@pytest.mark.parametrize("name", PLOTS)
def test_people_who_do_not_see_a_plot_are_told_its_numbers(name):
    plot = Drawn(PLOTS[name])
    assert plot.root.attrib["role"] == "img"
    named = plot.root.attrib["aria-labelledby"].split()
    assert [plot.root.find(f"*[@id='{each}']") is not None for each in named] == [True, True]
    told = {
        FOREST: "claim 80.5, run 80.70 (79.99 to 81.41), lm-eval with SGLang",
        GRID: "553/792\u00a0=\u00a069.82",
        GAP: f"2025-04-11 130 ± 7.8 points apart. {VARIANT.name} 1403 (+12 -9)",
    }
    assert told[name] in plot.description


@pytest.mark.parametrize("name", PLOTS)
def test_no_words_overlap_or_leave_the_paper(name):
    _assert_legible(Drawn(PLOTS[name]))


def _assert_legible(plot):
    words = plot.words
    assert all(w.left >= 0 and w.right <= plot.width for w in words)
    assert all(w.baseline < plot.height for w in words)
    pairs = [(a, b) for n, a in enumerate(words) for b in words[n + 1 :] if a.overlaps(b)]
    assert pairs == []


def test_text_is_taken_for_no_narrower_than_helvetica_sets_it():
    for words in (VARIANT.name, "claim 80.5, run 80.70 (79.99 to 81.41), lm-eval with SGLang"):
        assert text_width(words) >= helvetica_width(words)


def test_a_run_stands_where_the_axis_says():
    plot = Drawn(PLOTS[FOREST])
    runs = [plot.value_at(float(c["cx"])) for c in plot.data("circle", "run")]
    # 71.21 - 69.8, 71.89 - 73.4 and 80.7 - 80.5, those that are not resolved first.
    assert runs == pytest.approx([1.41, -1.51, 0.2], abs=0.02)


def test_an_interval_reaches_as_far_as_the_axis_says():
    plot = Drawn(PLOTS[FOREST])
    across = [x for x in plot.data("line", "run") if x["y1"] == x["y2"]]
    ends = [plot.value_at(float(across[0][end])) for end in ("x1", "x2")]
    # 1.96 * sqrt(.7121 * .2879 / 197) is 6.32 points to both sides of 71.21, 1.41 above the claim.
    assert ends == pytest.approx([1.41 - 6.32, 1.41 + 6.32], abs=0.03)


def test_the_margin_and_the_rounding_of_a_claim_are_as_wide_as_they_are():
    plot = Drawn(PLOTS[FOREST])
    for style, half in (("band", 2), ("claim", 0.05)):
        band = plot.data("rect", style)[0]
        left = float(band["x"])
        ends = [plot.value_at(x) for x in (left, left + float(band["width"]))]
        assert ends == pytest.approx([-half, half], abs=0.02)


def test_a_dot_stands_on_the_count_that_gives_the_number():
    plot = Drawn(PLOTS[GRID])
    (dot,) = plot.data("circle", "run")
    assert plot.value_at(float(dot["cx"])) == pytest.approx(100 * 553 / 792, abs=0.005)


def test_a_pass_that_does_not_fit_is_told_in_words():
    answers = [w.text for w in Drawn(PLOTS[GRID]).words if "fit" in w.text]
    assert answers == 3 * ["does not fit"] + ["fits"]


def test_the_counts_of_every_pass_stand_a_step_apart():
    plot = Drawn(PLOTS[GRID])
    lanes: dict[str, list[float]] = {}
    for tick in plot.data("line", "ink"):
        if float(tick["y2"]) - float(tick["y1"]) == 14:
            lanes.setdefault(tick["y1"], []).append(plot.value_at(float(tick["x1"])))
    for passes, places in enumerate(lanes.values(), 1):
        steps = [b - a for a, b in pairwise(places)]
        assert steps == pytest.approx(len(steps) * [100 / (198 * passes)], abs=0.01)
    assert len(lanes) == 4


def test_ratings_stand_where_the_axis_says():
    plot = Drawn(PLOTS[GAP])
    released = [plot.value_at(float(c["cx"])) for c in plot.data("circle", "run")]
    variant = [
        plot.value_at(float(p["points"].split()[1].split(",")[0]))
        for p in plot.data("polygon", "claim")
    ]
    assert released == pytest.approx([1273, 1273, 1292], abs=0.1)
    assert variant == pytest.approx([1417, 1403, 1416], abs=0.1)


def test_the_luck_of_choosing_starts_at_the_lower_rating():
    plot = Drawn(PLOTS[GAP])
    band = plot.data("rect", "band")[0]
    ends = [plot.value_at(float(band["x"]) + w) for w in (0, float(band["width"]))]
    # The best of 27 with a standard error of 6.4: 1.998 * 6.4 = 12.8.
    assert ends == pytest.approx([1273, 1285.8], abs=0.1)


def test_two_artifacts_differ_by_shape_and_not_by_colour_alone():
    plot = Drawn(PLOTS[GAP])
    assert len(plot.data("polygon", "")) == 3
    assert len(plot.data("circle", "")) == 3


@pytest.mark.skipif(not ARENA.exists(), reason="no arena snapshots here")
def test_the_snapshots_of_the_arena_are_drawn_legibly():
    names = {VARIANT.name.casefold(): VARIANT.name, RELEASED.name.casefold(): RELEASED.name}
    ratings = []
    for file in sorted(ARENA.glob("arena_*.csv")):
        year, month, day = file.stem[-8:-4], file.stem[-4:-2], file.stem[-2:]
        with file.open() as stream:
            ratings += [
                rating(
                    row["arena_score"],
                    tuple(row["95_pct_ci"].split("/")),
                    of=names[row["model"].casefold()],
                    day=f"{year}-{month}-{day}",
                )
                for row in csv.DictReader(stream)
                if row["model"].casefold() in names
            ]
    assert drawn(*ratings)[GAP] == PLOTS[GAP]


def test_the_same_report_gives_the_same_bytes():
    assert drawn(*NUMBERS) == PLOTS


HOSTILE = "</text><script>alert('1')</script>&amp; \"\u202egpj\x1b[31m\ufffe 模型 " + 9 * "long "


def test_foreign_text_is_shown_and_never_obeyed():
    bad = artifact(HOSTILE, claimed_as=HOSTILE, variants_tested=2)
    other = artifact("x" * 5000, claimed_as=HOSTILE)
    contents = drawn(
        number("69.8", "GPQA Diamond", of=bad.name),
        number("80.5", HOSTILE, of=bad.name, documents=100),
        rerun("71.2", "GPQA Diamond", of=bad.name, by=HOSTILE),
        rating("1400", ("+5", "-5"), of=bad.name, day="2025-01-01"),
        rating("1300", ("+5", "-5"), of=other.name, day="2025-01-01"),
        artifacts=(bad, other),
    )
    assert len(contents) == 4
    for name, content in contents.items():
        plot = Drawn(content)
        assert re.fullmatch(r"[a-z0-9-]{1,80}\.svg", name)
        assert "script" not in plot.tags
        assert "\u202e" not in content
        content.encode()
        _assert_legible(plot)
    assert "</text><script>alert('1')" in Drawn(contents[FOREST]).description


def test_five_hundred_rows_are_drawn_on_a_few_pages_and_the_rest_is_counted():
    names = [f"model-{n}" for n in range(500)]
    claims = [number("80.5", "MMLU Pro", of=name) for name in names]
    runs = [rerun("75.0", "MMLU Pro", of=name) for name in names]
    misfits = [number(f"{n / 10:.1f}", of="model-1") for n in range(500)]
    contents = drawn(*claims, *runs, *misfits, artifacts=())
    assert len(contents) <= 13
    assert sum(map(len, contents.values())) < 200_000
    plot = Drawn(contents[FOREST])
    assert plot.height < 2500
    assert any("480 further pairs not drawn" in w.text for w in plot.words)


@pytest.mark.parametrize(
    "numbers",
    [
        # Hardly apart, far from zero; beyond all; at the ends; without a use for any axis.
        (
            rating("999999999999.9999999", ("+0.0000001", "-0.0000001"), of="a", day="2025-01-01"),
            rating("999999999999.9999998", ("+0.0000001", "-0.0000001"), of="b", day="2025-01-01"),
        ),
        (number("150.3", of="a"), rerun("0", of="a", documents=3)),
        (number("100.0", of="a", passes=2), rerun("100", of="a", standard_error="0.0")),
        (number("0.0", of="a", passes=1_000_000_000), number("50.51", of="a", documents=10**30)),
        (share("0.123456789012345678901234567890", of="a"), rerun("57", of="a", documents=2)),
    ],
)
def test_odd_numbers_are_drawn_or_left_out_and_break_nothing(numbers):
    for content in drawn(*numbers, artifacts=(artifact("a"), artifact("b"))).values():
        _assert_legible(Drawn(content))


def test_a_claim_that_two_sources_print_in_their_own_way_is_drawn_once():
    pairs = (
        number("80.5", "MMLU Pro", of="a"),
        rerun("80.7", "MMLU Pro", of="a", by="lab"),
        share("0.805", "MMLU Pro", of="a", source=BLOG),
    )
    content = drawn(*pairs, artifacts=())[FOREST]
    assert len(Drawn(content).data("circle", "run")) == 1


def test_a_run_without_a_known_error_has_no_interval():
    contents = drawn(number("80.0", "AIME", of="a"), rerun("70.0", "AIME", of="a"), artifacts=())
    plot = Drawn(contents[FOREST])
    assert plot.data("line", "run") == []
    assert "error not known" in plot.description


def test_a_number_that_one_pass_gives_has_no_plot():
    assert drawn(number("50.5"), artifacts=()) == {}


def test_a_declared_number_of_passes_is_drawn_as_such():
    contents = drawn(number("69.8", passes=8), artifacts=())
    (content,) = contents.values()
    assert "8 passes (declared) fits" in Drawn(content).description


def test_the_margin_is_that_of_the_case():
    asked = replace(case(*NUMBERS, artifacts=(VARIANT, RELEASED)), margin=0.03)
    forest = next(p for p in plots(judge_scorecard(asked)) if p.name == FOREST)
    assert "within 3 points" in Drawn(forest.content).description


def test_numbers_of_several_scorecards_are_drawn_together():
    cards = (scorecard(number("80.5", "MMLU Pro")), scorecard(rerun("80.7", "MMLU Pro")))
    report = judge_scorecard(replace(case(), scorecards=cards))
    assert [plot.name for plot in plots(report)] == [FOREST]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_marks_stand_out_from_the_paper(scheme):
    style = Drawn(PLOTS[FOREST]).root.findtext("{http://www.w3.org/2000/svg}style") or ""
    rules = re.findall(r"\.weighin-plot\{(.*?)\}", style)
    assert len(rules) == 2
    colours = dict(
        part.split(":") for part in rules[["light", "dark"].index(scheme)].split(";") if part
    )
    # WCAG 2.2: 4.5 for text, 3 for marks.
    assert _contrast(colours["color"], colours["--paper"]) >= 4.5
    for mark in ("--claim", "--run"):
        assert _contrast(colours[mark], colours["--paper"]) >= 3
        assert _contrast(colours[mark], colours["--band"]) >= 3


def _contrast(first, second):
    lights = sorted(_luminance(colour) + 0.05 for colour in (first, second))
    return lights[1] / lights[0]


def _luminance(colour):
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    shares = [Fraction(int(digits[n : n + 2], 16), 255) for n in (0, 2, 4)]
    linear = [float(s) / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return sum(a * b for a, b in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
