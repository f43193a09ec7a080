"""Words by which people name columns and rows, and kinds of labels by their form."""

# ruff: noqa: E501  # tables of words: a kind a line
import re

from weighin.sources.scorecard.tables.layout.kinds import NAMES, Kind
from weighin.sources.scorecard.tables.layout.names import name_words, shown_label
from weighin.sources.scorecard.tables.layout.no_scores import is_size, no_score

_OF_MEANS = re.compile(r"[ _]mean$|\s?[(\[](?:mean|avg)?\s?(?:±|\+/-)\s?\w{0,6}[)\]]$")
_METRIC = re.compile(
    r"acc(?:uracy)?(?:[ _]?norm)?\.?|em|exact[ _-]?match|f1(?:[ -]score)?|(?:macro|micro)[ -_]?(?:f1|avg)"
    r"|\+? ?(?:pass|avg|mean|maj|cons|best|any)\d{0,4}[@ ](?:k|n|\d{1,4})|bleu(?:-?\d)?|chrf(?:\+\+)?|rouge(?:-?[12l])?"
    r"|(?:roc[ _]?auc|auroc|auprc|average[ _]precision|brier|ece)(?:[ _](?:mean|score))?"
    r"|mcc|auc|mrr|recall|precision|win[ -]?rate|lc(?: win[ -]?rate)?|wr|elo|ppl|perplexity"
    r"|success rate|sr|resolved|mse|mae|rmse|wer|cer|comet|bertscore|mc1|mc2|score|scores|value|result|results"
    r"|%|percent(?:age)?|(?:macro|micro)[ _]?avg(?:/acc)?|average[/@].{1,20}|strict|loose|prompt[ -]strict"
    r"|inst(?:ruction)?[ -]strict|prompt[ -]loose|inst(?:ruction)?[ -]loose|(?:acc|em|f1|pass@1) ?[(\[]?%[)\]]?",
    re.IGNORECASE,
)
_UNBOUNDED_METRIC = re.compile(
    r"(?:(?:word|byte|token)[ _-]?)?(?:ppl|perplexity)|(?:test |val(?:idation)? |train )?loss|nll"
    r"|mse|mae|rmse|bits[ _]per[ _]byte|bpb|(?:[a-z]{1,8}[- ])?fid|kid|lpips|psnr|clip[- ]?(?:score|sim)|inception score"
    r"|(?:avg\.? )?(?:wer|cer|ter)",
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
_FAMILY = re.compile(
    r"llama|qwen|qwq|gpt|claude|gemini|gemma|palm|m[ia][sx]tral|ministral|codestral|magistral|\bphi\b|phi-?\d"
    r"|deepseek|falcon|\byi\b|yi-|olmo|smollm|pythia|\bopt-|bloom|\bmpt|vicuna|alpaca|wizard|command[- ]r|grok"
    r"|\bo[134]\b|o[134]-|nova|\bglm|kimi|minimax|internlm|internvl|baichuan|nemotron|granite|jamba|stablelm"
    r"|exaone|solar|ernie|hunyuan|doubao|seed-|t5|bert|mamba|rwkv|zephyr|tulu|hermes|orca|dolphin|starcoder"
    r"|codegen|codellama|replit|santacoder|minicpm|llava|cogvlm|pixtral|molmo|idefics|opus|sonnet|haiku|aya"
    r"|apertus|eurollm|teuken|salamandra|sonar|step-|longcat|mimo|ling-|ring-|\bhumans?\b|random|baseline|ours\b",
    re.IGNORECASE,
)
_SIZED = re.compile(
    r"(?<![a-z0-9.])\d{1,4}(?:\.\d{1,2})?[bm](?![a-z0-9])|model[ -]?(?!s\b)[a-z0-9]{1,2}\b",
    re.IGNORECASE,
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


def named_kind(label: str) -> Kind | None:
    """What a column of a name holds; `None` if its name does not say it."""
    words = name_words(label)
    named = NAMES.get(words.replace(" ", ""))
    if named is None and (last := _LAST_NAMED.fullmatch(words)) is not None and not no_score(label):
        return NAMES[last[1]]
    return named


def is_metric(label: str) -> bool:
    """Whether a label names a metric."""
    bare = _OF_MEANS.sub("", shown_label(label)).strip("()[] ")
    return _METRIC.fullmatch(bare) is not None


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


def is_language(label: str) -> bool:
    """Whether a label is a language."""
    return name_words(label) in _LANGUAGES


def is_model(label: str) -> bool:
    """Whether a label looks like the name of a model."""
    if is_size(label):
        return False
    return _FAMILY.search(label) is not None or _SIZED.search(label) is not None
