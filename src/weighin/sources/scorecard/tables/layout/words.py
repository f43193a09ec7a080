"""Words by which people name columns and rows, and kinds of labels by their form."""

# ruff: noqa: E501, ISC004  # tables of words: a kind a line
import re
from functools import lru_cache

from weighin.sources.scorecard.tables.layout.kinds import NAMES, Kind

_ARROWS = re.compile(r"\(?\s?[↑↓⬆⬇➚➘▲▼→←↗↘]\s?\)?")
_PICTURES = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\u2190-\u21ff]")
_SMALL = re.compile(r"</?su[bp]>")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])")
_NOT_WORDS = re.compile(r"[^\w%@+$²]+")

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
     r"(?: size)?|experts|bpw|bits|memory|vram|mem|ram|storage|context|context (?:length|window"
     r"|size)|ctx|seq(?:uence)? len(?:gth)?|window|dimensions?|embedding (?:size|dim)|backbone size"),
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

_MEASURED = re.compile(
    r"\b(?:co2\w{0,4}|emissions?|emitted|kwh|gpu hours?|power consumption|wall clock|rss"
    r"|costs?|latency|throughput|(?:tok(?:en)?s?|samples|requests|queries|images|it)"
    r" (?:per )?(?:s|sec|second)|time to first token|(?:in|size) (?:mb|gb|ms|seconds)"
    r"|gpu memory|peak memory)\b"
)
_METRIC = re.compile(
    r"acc(?:uracy)?(?:[ _]?norm)?\.?|em|exact[ _-]?match|f1(?:[ -]score)?|(?:macro|micro)[ -_]?(?:f1|avg)"
    r"|\+? ?(?:pass|avg|mean|maj|cons|best|any)\d{0,4}[@ ](?:k|n|\d{1,4})|bleu(?:-?\d)?|chrf(?:\+\+)?|rouge(?:-?[12l])?"
    r"|mcc|auc|auroc|mrr|recall|precision|win[ -]?rate|lc(?: win[ -]?rate)?|wr|elo|ppl|perplexity"
    r"|success rate|sr|resolved|mse|mae|rmse|wer|cer|comet|bertscore|mc1|mc2|score|scores|value|result|results"
    r"|%|percent(?:age)?|(?:macro|micro)[ _]?avg(?:/acc)?|average[/@].{1,20}|strict|loose|prompt[ -]strict"
    r"|inst(?:ruction)?[ -]strict|prompt[ -]loose|inst(?:ruction)?[ -]loose|(?:acc|em|f1|pass@1) ?[(\[]?%[)\]]?",
    re.IGNORECASE,
)
_UNBOUNDED_METRIC = re.compile(
    r"(?:(?:word|byte|token)[ _-]?)?(?:ppl|perplexity)|(?:test |val(?:idation)? |train )?loss|nll"
    r"|mse|mae|rmse|bits[ _]per[ _]byte|bpb",
    re.IGNORECASE,
)
_SHARE_METRIC = re.compile(
    r"(?:(?:micro|macro|balanced|mean|avg\.?|average|overall|strict|loose|token) )?"
    r"(?:acc(?:uracy)?(?:[ _]?norm)?\.?|em|exact[ _-]?match|f1|precision|recall|success rate|sr"
    r"|solve rate|pass rate|(?:pass|avg|mean|maj|cons)[@ ](?:k|n|\d{1,4})|win[ -]?rate|resolved)"
    r"(?:[ -]score)?(?: ?[(\[]?%[)\]]?)?",
    re.IGNORECASE,
)
_LAST_NAMED = re.compile(r"(?:\w{1,20} ){1,2}(benchmarks?|models?|types?|group|category|family)")
_SHOTS = re.compile(
    r"(?:\d{1,3}|zero|one|few|two|three|four|five|k)[- _]?shots?(?:[ ,-]{1,2}(?:cot|tip|prompt(?:ing)?))?",
    re.IGNORECASE,
)
_VARIANT = re.compile(
    r"t(?:emp(?:erature)?)?\s?=\s?\d(?:\.\d{1,3})?|(?:no[nt]?[- ]?|w/?o? ?|with(?:out)? ?)?(?:thinking|think|reasoning|tools?|python|search|cot"
    r"|cot prompting|internet|base|instruct(?:ed)?|chat|sft|dpo|rl|rlhf|pt|it|pre-?trained|fine-?tuned"
    r"|low|medium|high|minimal|xhigh|max|fp16|bf16|fp8|fp32|int8|int4|fp4|nvfp4|mxfp4|awq|gptq|gguf"
    r"|w[48]a(?:8|16)(?:[- ]fp)?|q\d(?:_[a-z0-9]{1,3}){0,3}|nf4|\d{1,2}[- ]?bits?|ours|baseline"
    r"|original|quanti[sz]ed|direct|greedy|sampling|standard|default|extended|pro|mini|nano|flash)"
    r"(?: mode| effort| model)?",
    re.IGNORECASE,
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
_FAMILY = re.compile(
    r"llama|qwen|qwq|gpt|claude|gemini|gemma|palm|m[ia][sx]tral|ministral|codestral|magistral|\bphi\b|phi-?\d"
    r"|deepseek|falcon|\byi\b|yi-|olmo|smollm|pythia|\bopt-|bloom|\bmpt|vicuna|alpaca|wizard|command[- ]r|grok"
    r"|\bo[134]\b|o[134]-|nova|\bglm|kimi|minimax|internlm|internvl|baichuan|nemotron|granite|jamba|stablelm"
    r"|exaone|solar|ernie|hunyuan|doubao|seed-|t5|bert|mamba|rwkv|zephyr|tulu|hermes|orca|dolphin|starcoder"
    r"|codegen|codellama|replit|santacoder|minicpm|llava|cogvlm|pixtral|molmo|idefics|opus|sonnet|haiku|aya"
    r"|apertus|eurollm|teuken|salamandra|sonar|step-|longcat|mimo|ling-|ring-|human|random|baseline|ours\b",
    re.IGNORECASE,
)
_SIZED = re.compile(
    r"(?<![a-z0-9.])\d{1,4}(?:\.\d{1,2})?[bm](?![a-z0-9])|model[ -]?[a-z0-9]{1,2}\b", re.IGNORECASE
)
_LANGUAGES = frozenset(
    [
        "norwegian",
        "danish",
        "finnish",
        "greek",
        "hebrew",
        "ukrainian",
        "romanian",
        "hungarian",
        "tamil",
        "urdu",
        "malay",
        "persian",
        "en",
        "zh",
        "de",
        "fr",
        "es",
        "it",
        "pt",
        "ru",
        "ja",
        "ko",
        "ar",
        "hi",
        "bn",
        "th",
        "vi",
        "id",
        "tr",
        "pl",
        "nl",
        "sv",
        "cs",
        "english",
        "chinese",
        "german",
        "french",
        "spanish",
        "italian",
        "portuguese",
        "russian",
        "japanese",
        "korean",
        "arabic",
        "hindi",
        "bengali",
        "thai",
        "vietnamese",
        "indonesian",
        "turkish",
        "polish",
        "dutch",
        "swedish",
        "swahili",
        "telugu",
        "multilingual",
    ]
)


@lru_cache(maxsize=8192)
def shown_label(text: str) -> str:
    """A label without arrows and pictures, which say which way is better, or nothing."""
    bare = _PICTURES.sub("", _ARROWS.sub(" ", text))
    bare = " ".join(bare.split()).strip(" ,;:")
    return bare or " ".join(text.split())


def name_words(text: str) -> str:
    """The words of a label in lower case, one space between them."""
    bare = _CAMEL.sub(" ", _SMALL.sub(" ", shown_label(text)))
    return " ".join(_NOT_WORDS.sub(" ", bare.casefold().replace("_", " ")).split())


def named_kind(label: str) -> Kind | None:
    """What a column of a name holds; `None` if its name does not say it."""
    words = name_words(label)
    named = NAMES.get(words.replace(" ", ""))
    if named is None and (last := _LAST_NAMED.fullmatch(words)) is not None and not no_score(label):
        return NAMES[last[1]]
    return named


def no_score(label: str) -> str | None:
    """Of what kind a column or row of a name is that holds no scores; `None` if it may."""
    if label.strip() in {"#", "No.", "№"}:
        return "ranks"
    words = name_words(label)
    if _MEASURED.search(words) is not None:
        return "cost or speed"
    if _OF_SIZES.search(words) is not None:
        return "sizes"
    return next((kind for kind, pattern in _NO_SCORE if pattern.fullmatch(words)), None)


def is_metric(label: str) -> bool:
    """Whether a label names a metric."""
    return _METRIC.fullmatch(shown_label(label).strip("()[] ")) is not None


def is_unbounded_metric(label: str) -> bool:
    """Whether a label names a metric that has no largest value."""
    return _UNBOUNDED_METRIC.fullmatch(shown_label(label).strip("()[] ")) is not None


def is_share_metric(label: str) -> bool:
    """Whether a label names a metric that cannot exceed all, so that it may be in percent."""
    return _SHARE_METRIC.fullmatch(shown_label(label).strip("()[] ")) is not None


def is_shots(label: str) -> bool:
    """Whether a label says how many examples there were."""
    return _SHOTS.fullmatch(shown_label(label).strip("()[] ")) is not None


def is_variant(label: str) -> bool:
    """Whether a label says how a model was made or run."""
    return _VARIANT.fullmatch(shown_label(label).strip("()")) is not None


def is_size(text: str) -> bool:
    """Whether a text is a size, a price, a speed or a power of ten."""
    return _SIZE.fullmatch(text) is not None


def is_language(label: str) -> bool:
    """Whether a label is a language."""
    return name_words(label) in _LANGUAGES


def is_model(label: str) -> bool:
    """Whether a label looks like the name of a model."""
    if is_size(label):
        return False
    return _FAMILY.search(label) is not None or _SIZED.search(label) is not None


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
