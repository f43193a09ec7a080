"""What columns and rows hold that are no scores, by their names."""

# ruff: noqa: E501  # one pattern a line
import re
from collections.abc import Sequence
from functools import lru_cache

from weighin.sources.scorecard.tables.layout.names import MOST_KEPT, name_words, shown_label
from weighin.sources.scorecard.tables.layout.no_scores.by_form import (
    have_parts,
    is_size,
    says_nothing,
)
from weighin.sources.scorecard.tables.layout.no_scores.elsewhere import no_score_elsewhere
from weighin.sources.scorecard.tables.layout.no_scores.nouns import BY_NAME, HEADS

_COUNTED = re.compile(
    r"(?:total|number of|num|nb|count of|successful|failed|valid|invalid|empty|missing|dropped|completed|n) (?!.*\b(?:score|acc\w*|avg|average|mean|rate)\b).{1,60}"
)
_ALL_COUNTED = re.compile(
    r"(?:correct|wrong|attempts?|success(?:es)?|failures?|examples?|samples?|records?|items?|questions?|tasks?|problems?|quer(?:y|ies)"
    r"|cases?|prompts?|documents?|votes?) total|(?:records|attempts) .{1,20}|successes|attempts"
)
_RATIO = re.compile(
    r"(?:.{0,60} )?(?:compression|cache|keep|kept|prun\w{2,4}|sparsity|mix\w{0,4}|data|size|speed|drop|reduction|token|cost) ratios?"
)
_PARTICIPLE = re.compile(
    r" (?:used|taken|generated|consumed|spent|incurred|required|needed|elapsed|saved|allocated"
    r"|reserved|processed|produced|emitted|burned)$"
)
AFTER_NOUN = re.compile(
    r" (?:per|of|to|vs|versus|over|in|from|by|w r t|wrt|at|on|for|against|compared|relative|between|after|before|across|if)\b.*"
)
_UNIT = re.compile(
    r"[(\[]\s?(?:in )?(?:GB|GiB|MB|MiB|KB|TB|ms|µs|us|s|sec|secs|seconds?|min|mins|minutes?|h|hrs?|hours?|days?|\$|€|£|¥|USD|EUR"
    r"|cents?|¢|x|×|k?Wh|W|kJ|J|°C|t/s|tok(?:ens)?/s(?:ec)?|k?tokens?|toks?|bits?|bytes?|[BM] ?params|G?FLOPs|TFLOPs|pp|p\.p\.|pts?\.?"
    r"|steps?|epochs?|it/s|samples/s|req/s|/s|km|kg|秒|毫秒|分钟?|小时|天|元|美元|亿|亿参数|万|字|词|個|円|초|원)\s?[)\]]\s*$"
)
_CHANCE = re.compile(
    r"(?:(?:random|chance|majority|guess\w{0,3}|expected|naive)"
    r"(?: (?:random|chance|majority|guess\w{0,3}|class|baseline|level|acc\w{0,6}|performance"
    r"|score|perf|by))*|baseline (?:chance|random)|human(?: baseline)? chance"
    r"|\u968f\u673a(?:\u57fa\u7ebf|\u6c34\u5e73|\u731c\u6d4b|\u51c6\u786e\u7387)?"
    r"|zufall|azar|hasard)(?: %)?"
)
"""What answers would reach without a model."""
_DROP = re.compile(r"(?:Acc\w{0,6}\.? )?Drop(?: ?[(\[]?(?:%|pp|pts)[)\]]?)?")
_PLAIN = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,8})?")
_FEWEST_OF_DROP = 20
"""Differences are less, and F1 on the benchmark is more where anyone prints it in percent."""
BEHIND = re.compile(r"\s?[(\[\uff08][^()\[\]\uff08\uff09]{0,80}[)\]\uff09]\s{0,4}$")
_DEVIATIONS = re.compile(
    r"[(\[]\s?(?:std\.?|sd|stdev|stderr|se|\u03c3)\s?[)\]]\s{0,4}$", re.IGNORECASE
)
_OF_WORDS = frozenset(("links", "licences", "yes or no", "words", "names of people or houses"))
_NAMED_TEST = re.compile(
    r"[^\W_][\w+.-]{2,40}?(?:[Bb]ench|QA|Eval|Exam|Arena)(?:[-_ ]?[\w+.]{1,8})?"
)
"""A test is called after what it is about: `CostBench`."""
_WIDE = str.maketrans("\uff08\uff09\uff05\uff03", "()%#")
_NUMBERED = re.compile(r"#\s?[^\W\d_][\w .-]{0,40}")
"""`#Qs` is how many there are."""
_IN_SECONDS = re.compile(r".{2,60}[ _](?:in |in_)?m?s")
_PER = re.compile(r"([^\W\d_][\w .]{0,30}?)\s?/\s?([^\W_][\w .]{0,30})")
"""`Tok/Correct` counts tokens, and so does `Acc/1kTok`."""
_AMOUNT = re.compile(r"^(?:[0-9]{1,6} ?[kmb]?|[kmb](?=tok)) ?(?=[a-z]{2})")
_IDENTIFIER = re.compile(r"[A-Z]?[a-z0-9]{1,20}(?:_[A-Za-z0-9]{1,20}){1,8}")
_OF_IDENTIFIERS = {
    **dict.fromkeys(
        ("std", "stdev", "stderr", "ci", "ci95", "sem", "variance", "pvalue", "wilson", "iqr",
         "cohen", "significance"),
        "deviations",
    ),
    **dict.fromkeys(
        ("idx", "uuid", "hash", "sha", "sha256", "timestamp", "seed", "seeds",
         "resamples", "bootstraps", "signature"),
        "ids",
    ),
    **dict.fromkeys(("delta", "speedup", "gain", "diff", "gap", "regret"), "differences"),
    **dict.fromkeys(
        ("latency", "elapsed", "tokens", "cost", "usd", "runtime", "time", "energy", "power",
         "joules", "watts", "j", "macs", "gmacs", "saving", "savings"),
        "cost or speed",
    ),
}  # fmt: skip
"""Parts of names that programs give, wherever they stand in them."""
_OF_SCORES_LAST = frozenset(
    ("acc", "accuracy", "score", "scores", "f1", "auc", "rate", "em", "bleu", "wer", "mae", "mse")
)
"""`first_time_pass_rate` is no time."""
_OF_WEIGHTS = re.compile(r"%\s?(?:int|fp|nf|mxfp|nvfp|bf)[0-9]{1,2}\w{0,8}", re.IGNORECASE)
"""`%int4` is how much of a model is stored so."""
_GREEK = re.compile(
    r"(?:lambda|alpha|beta|gamma|tau|eps(?:ilon)?|eta|theta)(?:[_ ]\w{1,8})?"
    r"|[\u03b2\u03b3\u03bb\u03b7\u03b5\u03b8\u03c4](?:\s?/\s?[\u03b1-\u03bb])?"
)
"""In lower case a setting, in capitals perhaps a model."""
_WITH_AMOUNT = re.compile(
    r"(?:.{0,60} )?[0-9]{1,6}(?: [0-9]{1,3})?[kmbt]? (?!counts?$)([^\W\d_]{2,12})"
)
"""`8.2B tokens` is an amount, by which a run is named, and `tokens` a column of such."""
_PER_SIGN = re.compile(r"bits per (?:byte|character|char|word|token|dim)\b")
_LAST_DIGIT = re.compile(r"(?<=[a-z]{3})_?[0-9]$")
_OF_UNIT = {"pp": "differences", "p.p.": "differences"}

_MEASURED = re.compile(
    r"\b(?:co2\w{0,4}|emissions?|emitted|kwh|gpu hours?|power consumption|wall clock"
    r"|[cg]pu (?:util\w{0,8} )?percent|costs?|latency|throughput|(?:tok(?:en)?s?|samples|requests|queries|images|it)"
    r" (?:per )?(?:s|sec|second)|time to first token|in (?:ms|seconds))\b"
)
_OF_MEMORY = re.compile(r"\b(?:rss|gpu mem(?:ory)?|peak mem(?:ory)?|in (?:mb|gb))\b")
_JOINED_UNIT = re.compile(
    r"(?!(?:acc|accuracy|f1|em|score|pass|recall)_)[A-Za-z][\w.-]{0,60}_(?:[mun]?s|secs?|seconds|hr?s?|[kmgt]i?b|usd|eur|cents|[tqr]ps|k?wh|watts|joules|toks?|bytes|flops)"
    r"|.{1,60} (?:ms|secs?|[GM]i?B|USD|tok/s|t/s|tps|qps|kWh)",
    re.IGNORECASE,
)
"""`build_s` is measured in seconds."""
_OF_SCORES = re.compile(r"(?:.{1,40} )?scores?|scores? .{1,40} (?:per|of|in|by|on) .{1,40}")
_MAY_BE_SCORED = frozenset(
    ("sizes", "memory", "cost or speed", "how it was trained", "words", "links", "dates")
)
"""What a score may be on, whatever the word before it says: `memory score`."""
_OUT_OF = re.compile(r"(.{1,60}?)[ _]?[(\[]?(?:/|out of|of|von|sur) ?([0-9]{1,5})[)\]]?")
_MOST_PERCENT = 100
_LONGEST_COUNT = 12
_SOLVED = re.compile(
    r"resolved|solved|passed|correct|success\w*|failed|complete[d]?|right|wins", re.IGNORECASE
)
_OF_SIZES = re.compile(r"\b(?:params?|parameters|layers)(?: b| m| billions?| millions?)?$")
_OF_RATIOS = re.compile(
    r"\b(?:memory|mem|vram|storage|footprint|speed ?up|flops) (?:ratio|fraction|share)$"
)
ANYWHERE = (
    ("cost or speed", _MEASURED), ("memory", _OF_MEMORY), ("sizes", _OF_SIZES),
    ("cost or speed", _OF_RATIOS),
)  # fmt: skip
_ALL_OF = frozenset(("total", "num", "number", "n", "nb"))
_THINGS = frozenset(
    (
        "tasks",
        "instances",
        "questions",
        "problems",
        "samples",
        "examples",
        "items",
        "queries",
        "passages",
        "documents",
        "sentences",
        "images",
        "utterances",
        "dialogues",
        "pairs",
        "triples",
    )
)
"""What benchmarks are made of: whole numbers below `Paper tasks` are how many there are."""
_FORMS = (
    (_GREEK, "settings of the run"), (_OF_WEIGHTS, "settings of the run"), (_IN_SECONDS, "cost or speed"),
    (_JOINED_UNIT, "cost or speed"), (_NUMBERED, "counts"),
)  # fmt: skip


@lru_cache(maxsize=MOST_KEPT)
def no_score(label: str) -> str | None:
    """Of what kind a column or row of a name is that holds no scores; `None` if it may."""
    if label.strip() in {"#", "No.", "№"}:
        return "ranks"
    if label.strip("() ") in {"\u2206", "\u0394"}:
        return "differences"
    if label.startswith("DROP"):
        # The benchmark, not a drop.
        return None
    label = label.translate(_WIDE).strip()
    if label == "P" or _NAMED_TEST.fullmatch(label) or _PER_SIGN.match(name_words(label)):
        return None
    why = _by_words(label) or _by_signs(label) or _by_words(_LAST_DIGIT.sub("", label))
    return None if why in _MAY_BE_SCORED and _OF_SCORES.fullmatch(name_words(label)) else why


def _by_words(label: str) -> str | None:
    """What is counted or measured, by the words of a name."""
    words = name_words(label)
    for kind, pattern in ANYWHERE:
        if pattern.search(words) is not None:
            return kind
    if _DEVIATIONS.search(label) is not None:
        return "deviations"
    told = next((kind for kind, pattern in BY_NAME if pattern.fullmatch(words)), None)
    # What stands in parentheses says how cells are written: `Accuracy (mean±std)`.
    bare = name_words(BEHIND.sub("", label)) or words
    return told or _by_noun(bare) or no_score_elsewhere(bare)


def _by_signs(label: str) -> str | None:
    """What is counted or measured, by the form of a name that no noun ends."""
    if (told := _by_unit(shown_label(label))) is not None:
        return told
    if (per := _PER.fullmatch(label)) is not None:
        told = no_score_elsewhere(name_words(per[1])) or _by_noun(name_words(per[1]))
        told = told or _by_noun(_AMOUNT.sub("", name_words(per[2])))
    elif _IDENTIFIER.fullmatch(label) is not None:
        parts = label.casefold().split("_")
        told = next((_OF_IDENTIFIERS[part] for part in parts if part in _OF_IDENTIFIERS), None)
        if parts[-1] == "pp" and "chrf" not in parts:
            told = "differences"
        if "time" in parts and parts[-1] in _OF_SCORES_LAST:
            told = None
        if "p" in parts and parts[-1].isalpha() and "at" not in parts:
            told = told or "deviations"
    by_form = (kind for pattern, kind in _FORMS if pattern.fullmatch(label))
    return told or next(by_form, None)


def no_score_of(label: str, cells: Sequence[str]) -> str | None:
    """The same of one above or before some cells; scores in decimals are no words or links.

    `Code` and `Vision` above them are what models can do.
    """
    why = _of_things(label, cells) or no_score(label) or _of_count(label, cells)
    if (label.startswith("SEED") or name_words(label) == "seed") and have_parts(cells):
        # The benchmark, for no seed has a fraction.
        return None
    if why == "counts" and sum(map(is_size, cells)) * 2 > len(cells):
        # `#TP` above `33B` tells models of a family apart.
        return "sizes"
    return None if why in _OF_WORDS and have_parts(cells) else why


def is_chance(label: str) -> bool:
    """Whether a name is that of what answers would reach without a model."""
    return _CHANCE.fullmatch(name_words(label)) is not None


def _of_things(label: str, cells: Sequence[str]) -> str | None:
    """Whether whole numbers, one above a hundred, stand below a name of several words for things."""
    words = name_words(label).split()
    values = [cell.strip("*_` ").replace(",", "") for cell in cells if not says_nothing(cell)]
    are_whole = bool(values) and all(v.isascii() and v.isdecimal() for v in values)
    is_told = bool(words) and words[-1] in _THINGS and are_whole
    is_sure = is_told and len(words) > 1 and words[0] in _ALL_OF
    return "counts" if is_told and (is_sure or _most(values) > _MOST_PERCENT) else None


def _of_count(label: str, cells: Sequence[str]) -> str | None:
    """Whether a name that ends in `/50` stands above numbers of what was solved of these."""
    found = _OUT_OF.fullmatch(label.strip())
    values = [cell.strip("*_` ") for cell in cells if any(c.isdecimal() for c in cell)]
    if found is None or not values or not all(v.isascii() and v.isdecimal() for v in values):
        return None
    most = int(found[2])
    # Of 5, 10 and 100 points are as usual as documents; 21 below `/4000` may be percent.
    is_scale = (most in {5, 10, 100} or _most(values) <= _MOST_PERCENT < most) and _SOLVED.search(
        found[1]
    ) is None
    return None if is_scale or _most(values) > most else "counts"


def _most(counts: Sequence[str]) -> int:
    return max(int(count[:_LONGEST_COUNT]) for count in counts)


def is_drop(label: str, cells: Sequence[str]) -> bool:
    """Whether a name is that of a difference, and not of the benchmark DROP, by what it heads."""
    if _DROP.fullmatch(label.strip()) is None:
        return False
    found = [_PLAIN.search(cell) for cell in cells if any(c.isdecimal() for c in cell)]
    values = [float(number[0]) for number in found if number is not None]
    is_signed = any(cell.strip("*_ (")[:1] in {"+", "-", "−", "–", "↓", "↑"} for cell in cells)
    return is_signed or max(values, default=0.0) < _FEWEST_OF_DROP


def is_by_noun(label: str) -> bool:
    """Whether a name is that of no score by its last noun alone: `unique_tokens` may be a model."""
    words = name_words(label)
    return not any(pattern.fullmatch(words) for _, pattern in BY_NAME)


def _by_unit(label: str) -> str | None:
    """What is measured in the unit that stands in parentheses behind a name."""
    found = _UNIT.search(label)
    if found is None:
        return None
    bare = found[0].strip("()[] ")
    return _OF_UNIT.get(bare, "cost or speed")


def _by_noun(words: str) -> str | None:
    """What is counted or measured, by the noun before all that stands after it."""
    bare = " ".join(words.replace("%", " ").split())
    if _WITH_AMOUNT.fullmatch(bare) is not None:
        return None
    if _COUNTED.fullmatch(bare) is not None or _ALL_COUNTED.fullmatch(bare) is not None:
        return "counts"
    bare = _PARTICIPLE.sub("", bare)
    for phrase in dict.fromkeys((bare, AFTER_NOUN.sub("", bare))):
        if _RATIO.fullmatch(phrase):
            return "sizes"
        for kind, pattern in HEADS:
            if pattern.fullmatch(phrase):
                return kind
    return None
