"""What columns, rows and cells hold that are no scores, by their names and by their form."""

# ruff: noqa: E501, ISC004  # tables of words: a kind a line
import re
from collections.abc import Sequence
from functools import lru_cache

from weighin.sources.scorecard.tables.layout.kinds import NO_SCORES_ELSEWHERE
from weighin.sources.scorecard.tables.layout.names import name_words, shown_label

_QUALIFIERS = (
    r"(?:(?:total|activated?|active|number of|num|nb|no|model|avg|average|mean|max|min|maximum|peak"
    r"|training|trained|train|native|embedding|non embedding|output|input|gpu|file|disk|of|all|our"
    r"|the|est|estimated|open|release|released|submission|upload|upload to hub|knowledge|official"
    r"|public|eval|evaluation|trainable|wall clock|per|response|prompt|generated|relative|abs"
    r"|absolute|context|weight|s) )*"
)
_TAILS = r"(?: (?:b|m|k|gb|gib|mb|s|ms|h|hrs?|hours?|billions?|millions?|count|kg|tokens?|s)){0,3}"
_NO_SCORES: tuple[tuple[str, str], ...] = (
    ("sizes",
     r"params?|parameters?|size|sizes|layers?|hidden(?: size| dim)?|heads|vocab(?:ulary)?"
     r"(?: size)?|experts|bpw|bits|context|context (?:length|window"
     r"|size)|ctx|seq(?:uence)? len(?:gth)?|window|dimensions?|embedding (?:size|dim)|backbone size"),
    ("memory", r"memory|vram|mem|ram|storage"),
    ("deviations", r"p|p ?val(?:ue)?s?|[tz] ?(?:stat\w{0,6}|score)?|cohen s d|effect sizes?|odds ratio"),
    ("links",
     r"links?|urls?|downloads?|hf|hugging ?face|modelscope|model ?card|paper|code|github|source"
     r"|report|tech report|ckpts?|checkpoint link|weights link|demo|repo|repository|references?"
     r"|citation|arxiv|blog|collection|hub|colab"),
    ("dates",
     r"date|released?|release date|year|month|(?:knowledge )?cut ?off(?: date)?|last updated"
     r"|updated|(?:upload|submission)(?: to hub)? date|time ?stamp|submitted"),
    ("ids", r"id|ids|sha|model sha|commit|revision|hash|eval ?name|full ?name|index|uuid|run"),
    ("names of people or houses",
     r"organi[sz]ation|org|developers?|creator|provider|vendor|company|lab|authors?|affiliation"
     r"|country|institution|team|publisher|owner|maker|submitted by"),
    ("licences", r"licen[cs]e|access|availability|openness|open ?source|open ?weights?|lizenz"),
    ("ranks", r"rank|rank style ?ctrl|ranking|position|place|#|standing"),
    ("cost or speed",
     r"(?:cost|price\w{0,6}|latency|throughput|runtime)\b.*|(?:\w+ ){0,2}(?:llm|api|tool|function)? ?calls|costs|speed|speed ?up|tokens?|tokens? ?(?:per|/)? ?s(?:ec(?:ond)?)?"
     r"|tok|toks|tok s|tps|ttft|time|runtime|duration|hours|co2.*|co₂.*|flops?|gflops|tflops|compute|energy"
     r"|power|invocations|savings?|requests|length|lengths|qps|cost ?usd|\$.*|gpus?|hardware|device|fps"),
    ("how it was trained",
     r"epochs?|steps?|learning rate|lr|batch(?: size)?|seeds?|optimi[sz]er|data|data ?set size"
     r"|training (?:data|set|tokens|corpus)|pre ?training (?:data|tokens)|loss|train loss"),
    ("counts", r"correct|passed|solved|failed|answered|num correct|n correct|wrong|errors?"),
    ("settings of the run", r"temperature|temp|top ?[pk]|max (?:new )?tokens|repetition penalty"),
    ("popularity", r"likes|hub likes|stars|popularity|downloads last month|upvotes"),
    ("yes or no",
     r"available on the hub|merged|moe|flagged|official providers?|multimodal|vision|is .*"
     r"|has .*|tool use|gated|contaminated|chat template|not mixed"),
    ("words",
     r"architectures?|arch|base ?model|description|notes?|comments?|remarks?|generation|upload"
     r"|tokenizer|t|status|details|examples?|features?|use ?cases?|maintainer|evaluator|judge"
     r"|backbone|base|base llm|base vlm|vision encoder|annotations?|language model"),
    ("differences",
     r"δ.*|w rec %?|rec %?|delta|diff|difference|gain|improvement|change|gap|recovery|recovery %|%? ?recovery.*"
     r"|retention|drop from .*|vs .*|rel .*|relative .*|improv.*|abs .*|increase|decrease|∆.*"),
)  # fmt: skip
_NO_SCORE = tuple(
    (kind, re.compile(rf"{_QUALIFIERS}(?:{pattern}){_TAILS}")) for kind, pattern in _NO_SCORES
)

_HEADS: tuple[tuple[str, str], ...] = (
    (
        "differences",
        r"gains?|savings?|improvements?|reductions?|degradations?|deltas?|diffs?|differences?|drops?|increases?|decreases?"
        r"|changes?|gaps?|uplift|boost|regret|forgetting(?: scores?)?|contam\w{0,10}|leakage|overlap|margin|[δ∆]\w*",
    ),
    (
        "deviations",
        r"std|stds|stdev|std ?dev|sd|deviations?|variances?|sigma|\u03c3|iqr|p ?values?|pvalues?|±|\+ \-",
    ),
    ("memory", r"memory|mem|vram|ram|storage"),
    ("deviations", r"divergence|kld|kl"),
    ("ranks", r"ranks?"),
    (
        "cost or speed",
        r"latency|latencies|throughput|runtime|speed|speed ?ups?|costs?|prices?|pricing|time|times|seconds|secs?|minutes|mins?|hours|hrs?"
        r"|duration|tokens?|toks?|flops|macs|energy|power|emissions|consumption|usage|overhead|budget|footprint|calls"
        r"|requests|lengths?|len|bandwidth|utili[sz]ation|fps|tps|ttft|tpot|itl|qps|rps",
    ),
    (
        "sizes",
        r"params?|parameters?|sizes?|n?layers?|n ?heads?|d ?model|bits|bpw|sparsity|dims?|dimensions?|vocab|context window|gb|mb|gib|mib",
    ),
    (
        "counts",
        r"votes|battles|runs|cases|wins|losses|ties|failures|failed|errors|timeouts|crashes|seeds|trials|counts?",
    ),
    ("how it was trained", r"epochs?|steps?|iterations|temperature"),
    ("dates", r"date|year|month"),
    ("links", r"urls?|links?"),
    ("licences", r"licen[cs]es?"),
    ("words", r"versions?"),
    ("targets", r"targets?|goals?|thresholds?|estimates?"),
)
"""Nouns that say what is counted or measured, whatever words stand before them."""
_HEAD = tuple((kind, re.compile(rf"(?:.{{0,60}} )?(?:{pattern})")) for kind, pattern in _HEADS)
_LONGEST_JOINED = 24
_COUNTED = re.compile(
    r"(?:total|number of|num|nb|count of|successful|failed|valid|completed|n) (?!.*\b(?:score|acc\w*|avg|average|mean|rate)\b).{1,60}"
)
_RATIO = re.compile(
    r"(?:.{0,60} )?(?:compression|cache|keep|kept|prun\w{2,4}|sparsity|mix\w{0,4}|data|size|speed|drop|reduction|token|cost) ratios?"
)
_AFTER_NOUN = re.compile(
    r" (?:per|of|to|vs|versus|over|in|from|by|w r t|wrt|at|on|for|against|compared|relative|between|after|before|across|if)\b.*"
)
_UNIT = re.compile(
    r"[(\[]\s?(?:in )?(?:GB|GiB|MB|MiB|KB|TB|ms|µs|us|s|sec|secs|seconds?|min|mins|minutes?|h|hrs?|hours?|days?|\$|€|£|¥|USD|EUR"
    r"|cents?|¢|x|×|k?Wh|W|kJ|J|°C|t/s|tok(?:ens)?/s(?:ec)?|k?tokens?|toks?|bits?|bytes?|[BM] ?params|G?FLOPs|TFLOPs|pp|p\.p\.|pts?\.?"
    r"|steps?|epochs?|it/s|samples/s|req/s|/s|km|kg)\s?[)\]]\s*$"
)
_DROP = re.compile(r"(?:Acc\w{0,6}\.? )?Drop(?: ?[(\[]?(?:%|pp|pts)[)\]]?)?")
_PLAIN = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,8})?")
_FEWEST_OF_DROP = 20
"""Differences are less, and F1 on the benchmark is more where anyone prints it in percent."""
_BEHIND = re.compile(r"\s?[(\[\uff08][^()\[\]\uff08\uff09]{0,80}[)\]\uff09]\s{0,4}$")
_DEVIATIONS = re.compile(
    r"[(\[]\s?(?:std\.?|sd|stdev|stderr|se|\u03c3)\s?[)\]]\s{0,4}$", re.IGNORECASE
)
_OF_UNIT = {"pp": "differences", "p.p.": "differences"}

_MEASURED = re.compile(
    r"\b(?:co2\w{0,4}|emissions?|emitted|kwh|gpu hours?|power consumption|wall clock|rss"
    r"|costs?|latency|throughput|(?:tok(?:en)?s?|samples|requests|queries|images|it)"
    r" (?:per )?(?:s|sec|second)|time to first token|(?:in|size) (?:mb|gb|ms|seconds)"
    r"|gpu memory|peak memory)\b"
)
_SIZE = re.compile(
    r"[~<>≈]?\s?\$?\d{1,6}(?:[.,]\d{1,3})?\s?(?:[kKmMbBtT]|[KMGT]i?B|[kKmMbB]? ?tok(?:ens)?(?:/s)?|ms|s|h|x|×|GB|bpw|bits?|W|°C"
    r"|billion|million|[BM] ?params?)(?:\s?[x×/-]\s?[AE]?\d{1,6}(?:\.\d{1,3})?\s?[kKmMbB]?)?"
    r"|\d{1,3}x\d{1,4}(?:\.\d)?[BM]|\d(?:\.\d{1,3})?[eE×][+-]?\d{1,3}|\d(?:\.\d{1,3})?\s?[x×·]\s?10.{1,14}"
)
_DATE = re.compile(
    r"\d{4}[-/]\d{1,2}(?:[-/]\d{1,2})?(?:[T ].{1,20})?|(?:19|20)\d\d\.\d{1,2}\.\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}"
    r"|(?:\d{1,2} )?(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?,? ?(?:\d{1,2},? )?'?\d{2,4}"
    r"|(?:19|20)\d\d ?q[1-4]|q[1-4] (?:19|20)\d\d",
    re.IGNORECASE,
)
_FLAG = re.compile(
    r"√|true|false|yes|no|✓|✗|✔|✘|x|✅|❌|open|closed|proprietary|public|private", re.IGNORECASE
)
_OF_SIZES = re.compile(r"\b(?:params?|parameters|layers)(?: b| m| billions?| millions?)?$")
_PRICE = re.compile(r"[0-9][0-9.,]{0,12} ?[€£¥$](?:\s?/.{1,40})?(?: .{1,40})?")
_SHA = re.compile(r"[0-9a-f]{7,64}")
_SCORE = re.compile(
    r"[*_~`(\[↑↓⬆⬇▲▼+\-−–±$<>≈ ]{0,6}"
    r"(?:\d{1,3}(?:,\d{3}){1,3}|\d{0,6}\.\d{1,30}|\d{1,6}\.?+)\s?+%?+"
    r"(?:$|\s?[Δ∆].{0,40}$|\s?(?!-[A-Za-z])[^\w\s.].{0,80}$|[¹²³⁰⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈ].{0,60}$)"
)
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NEVER_SCORES = frozenset(("dates", "sizes", "cost or speed"))
_NOTHING = frozenset(
    ("", "-", "–", "—", "/", "n/a", "na", "none", "x", "✗", "tbd", "?", "--", "---")
)


def no_score(label: str) -> str | None:
    """Of what kind a column or row of a name is that holds no scores; `None` if it may."""
    if label.strip() in {"#", "No.", "№"}:
        return "ranks"
    if label.startswith("DROP"):
        # The benchmark, not a drop.
        return None
    words = name_words(label)
    if _MEASURED.search(words) is not None:
        return "cost or speed"
    if _OF_SIZES.search(words) is not None:
        return "sizes"
    told = next((kind for kind, pattern in _NO_SCORE if pattern.fullmatch(words)), None)
    if _DEVIATIONS.search(label) is not None:
        return "deviations"
    # What stands in parentheses says how cells are written: `Accuracy (mean±std)`.
    bare = name_words(_BEHIND.sub("", label)) or words
    return told or _by_unit(shown_label(label)) or _by_noun(bare) or _elsewhere(bare)


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
    return not any(pattern.fullmatch(words) for _, pattern in _NO_SCORE)


def _by_unit(label: str) -> str | None:
    """What is measured in the unit that stands in parentheses behind a name."""
    found = _UNIT.search(label)
    if found is None:
        return None
    bare = found[0].strip("()[] ")
    return _OF_UNIT.get(bare, "cost or speed")


def _elsewhere(words: str) -> str | None:
    """What is counted or measured, by a noun of another language."""
    parts = words.split()
    for word in (*parts[:1], *parts[-1:]):
        if (kind := NO_SCORES_ELSEWHERE.get(word)) is not None:
            return kind
    if not parts or parts[-1].isascii():
        return None
    # Where nouns are joined, the last tells what the whole is.
    last = parts[-1]
    return next(
        (
            NO_SCORES_ELSEWHERE[last[place:]]
            for place in range(1, min(len(last), _LONGEST_JOINED))
            if last[place:] in NO_SCORES_ELSEWHERE and len(last) - place > 1
        ),
        None,
    )


def _by_noun(words: str) -> str | None:
    """What is counted or measured, by the noun before all that stands after it."""
    bare = " ".join(words.replace("%", " ").split())
    if _COUNTED.fullmatch(bare) is not None:
        return "counts"
    for phrase in (bare, _AFTER_NOUN.sub("", bare)):
        if _RATIO.fullmatch(phrase):
            return "sizes"
        for kind, pattern in _HEAD:
            if pattern.fullmatch(phrase):
                return kind
    return None


def is_size(text: str) -> bool:
    """Whether a text is a size, a price, a speed or a power of ten."""
    return _SIZE.fullmatch(text) is not None


@lru_cache(maxsize=8192)
def content_kind(text: str) -> str | None:
    """What a cell holds that is no score, by its form; `None` where it has none of these."""
    bare = text.strip()
    for kind, pattern in (("dates", _DATE), ("yes or no", _FLAG), ("sizes", _SIZE)):
        if pattern.fullmatch(bare):
            return kind
    if bare.startswith(("http://", "https://", "hf.co/", "arxiv.org")):
        return "links"
    if bare.startswith(("$", "€", "£", "¥")) or _PRICE.fullmatch(bare):
        return "cost or speed"
    if _SHA.fullmatch(bare) and not bare.isdecimal():
        return "ids"
    return None


@lru_cache(maxsize=8192)
def looks_like_score(text: str) -> bool:
    """Whether a cell may hold a score: it begins with a number that is no year and no size."""
    bare = _EMOJI.sub("", text).strip("*_` ()")
    return (
        _SCORE.match(bare) is not None
        and not _YEAR.fullmatch(bare)
        and content_kind(bare) not in _NEVER_SCORES
    )


def says_nothing(text: str) -> bool:
    """Whether a cell says that there is no number."""
    return text.strip("*_` ").casefold() in _NOTHING
