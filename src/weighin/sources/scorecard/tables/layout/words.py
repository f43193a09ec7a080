"""Words by which people name columns and rows, and kinds of labels by their form."""

# ruff: noqa: E501  # tables of words: a kind a line
import re
from functools import lru_cache

from weighin.sources.scorecard.tables.layout.kinds import NAMES, Kind
from weighin.sources.scorecard.tables.layout.names import (
    MOST_KEPT,
    name_words,
    shown_label,
    simplified,
)
from weighin.sources.scorecard.tables.layout.no_scores import is_size, may_be_negative, no_score
from weighin.sources.scorecard.tables.layout.no_scores.scales import (
    ends_in_bounded,
    ends_in_unbounded,
    is_of_scale,
)

_OF_MEANS = re.compile(r"[ _]mean$|\s?[(\[](?:mean|avg)?\s?(?:±|\+/-)\s?\w{0,6}[)\]]$")
_METRIC = re.compile(
    r"(?:map|ndcg|recall|p|success|recip[_ ]rank|iprec)(?:[_ ]cut)?[_.]\d{1,4}|recip(?:rocal)?[_ ]rank|bpref"
    r"|(?:ndcg|mrr|map|hits?|hit rate|precision|recall|pass|acc|accuracy|success|r|p)[ _]at[ _]\d{1,4}|acc(?:uracy)?(?:[ _]?n(?:orm)?)?\.?|em|exact[ _-]?match|f1(?:[ -]score)?|(?:macro|micro)[ -_]?(?:f1|avg)"
    r"|\+? ?(?:pass|avg|mean|maj|cons|best|any|acc|hits?|recall|precision|ndcg|mrr|map|success|solve|r|p)\d{0,4}[@ ](?:k|n|\d{1,4})|(?:code)?bleu(?:-?\d)?|chrf(?:\+\+)?|rouge(?:-?[12l])?"
    r"|(?:roc[ _]?auc|auroc|auprc|average[ _]precision|brier|ece)(?:[ _](?:mean|score))?"
    r"|mcc|auc|mrr|recall|precision|win[ -]?rate|lc(?: win[ -]?rate)?|wr|elo|ppl|perplexity"
    r"|success rate|sr|resolved|mse|mae|rmse|wer|cer|comet|bertscore|mc1|mc2|score|scores|value|result|results"
    r"|%|percent(?:age)?|(?:macro|micro)[ _]?avg(?:/acc)?|average[/@].{1,20}|strict|loose|prompt[ -]strict"
    r"|inst(?:ruction)?[ -]strict|prompt[ -]loose|inst(?:ruction)?[ -]loose|(?:acc|em|f1|pass@1) ?[(\[]?%[)\]]?"
    r"|(?:(?:overall|mean|avg\.?|average|macro|micro|weighted|balanced|strict|relaxed|exact|final|test|val(?:idation)?|dev|top[- ]?\d{1,2}"
    r"|clean|robust|adversarial|natural|certified|token|answer|centered|centred|normali[sz]ed|raw|zero[- ]shot|per[- ]\w{3,10})[ _-]){1,2}"
    r"(?:acc(?:uracy)?\.?|f1|precision|recall|em|score|match|pass[ -]?rate|success[ -]?rate)"
    r"|centered|centred|top-?\d{1,2}|(?:resolved?|resolution|solved?|pass(?:ing)?|success|completion|hit|refusal|hallucination|compliance"
    r"|error|failure|fail|valid(?:ity)?|attack success|accuracy|violation|agreement|detection|acceptance|correct(?:ness)?|execution)[ _-]rate"
    r"|(?:accuracy|precision|recall|f1|resolved|solved|success rate|pass rate|win rate|score) ?[(\[]?(?:%|pct|percent)[)\]]?"
    r"|asr|(?:n?dcg|map|spearman|pearson|kendall|kappa|cohen'?s kappa|r2|r²|ssim|iou|miou|bleurt|meteor|cider|spice|anls|jga|uas|las)(?:@\d{1,4})?"
    r"|(?:spearman|pearson)(?:'s)? (?:r|\u03c1|rho|correlation)|rouge-?[12l](?:sum)?|sacre ?bleu|f-?1|f[_ ]1|f(?:0\.5|2)"
    r"|(?:平均|总体|整体|综合)?(?:准确率|正确率|精确率|精确度|精度|召回率|胜率|通过率|成功率|错误率|拒答率|幻觉率|解决率|命中率|完成率|得分率|[fF]1 ?[值分]数?|准确度)"
    r"|перплексия|困惑度|perplexität|perplexité|perplejidad|perplexidade|perplessità|正解率|適合率|再現率|정확도|정밀도|재현율|genauigkeit|exactitude|précision|rappel|exactitud|precisión|acurácia|precisão|accuratezza|точность|полнота|dokładność|doğruluk",
    re.IGNORECASE,
)
_UNBOUNDED_METRIC = re.compile(
    r"(?:(?:word|byte|token)[ _-]?)?(?:ppl|perplexity)|перплексия|困惑度|perplexität|perplexité|perplejidad|perplexidade|perplessità|(?:test |val(?:idation)? |train )?loss|nll"
    r"|mse|mae|rmse|bits[ _]per[ _]byte|bpb|(?:[a-z]{1,8}[- ])?fid|kid|lpips|psnr|clip[- ]?(?:score|sim)|inception score"
    r"|(?:avg\.?[ _])?(?:wer|cer|ter)(?:[ _]?\(?%\)?)?",
    re.IGNORECASE,
)
_SHARE_METRIC = re.compile(
    r"(?:(?:micro|macro|balanced|mean|avg\.?|average|overall|strict|loose|token|weighted|exact|final|test|val(?:idation)?|dev|answer|top[- ]?\d{1,2})[ _-]){0,2}"
    r"(?:acc(?:uracy)?(?:[ _]?norm)?\.?|em|exact[ _-]?match|f-?1|precision|recall|success[ _-]rate|sr|asr|top-?\d{1,2}"
    r"|(?:ndcg|mrr|map|hits?|precision|recall|pass|acc|accuracy|success)[ _]at[ _]\d{1,4}"
    r"|(?!.{0,40}(?:learning|sampl|frame|bit|data|token|exchange|heart|refresh|clock|growth|word|char|byte|speed|compression|discount|interest)).{1,40}[ _]rate"
    r"|(?:solve|pass|resolved?|resolution|completion|hit|refusal|hallucination|compliance|error|failure|attack success|accuracy|success)[ _-]rate"
    r"|(?:pass|avg|mean|maj|cons|acc|hits?|recall|precision|r|p)[@ ](?:k|n|\d{1,4})|win[ _-]?rate|resolved|solved)"
    r"(?:[ _-]score)?(?: ?[(\[]?(?:%|pct)[)\]]?)?"
    r"|(?:平均|总体|整体|综合)?(?:准确率|正确率|精确率|精确度|召回率|胜率|通过率|成功率|错误率|拒答率|幻觉率|解决率|命中率|完成率|得分率|准确度)"
    r"|.{1,40}[ _-](?:acc(?:uracy)?\.?|f-?1|(?:success|pass|win|solve|hit)[ _-]rate|pass@\d{1,3})(?: ?[(\[]?(?:%|pct)[)\]]?)?"
    r"|正解率|適合率|再現率|정확도|genauigkeit|exactitude|exactitud|acurácia|accuratezza|точность|dokładność|doğruluk",
    re.IGNORECASE,
)
_LAST_WITHIN = re.compile(r"[(\[]([^()\[\]]{1,30})[)\]]?$")
_ERRORS = re.compile(r"(?:\S{1,20} ){1,3}(?:se|std ?err|standard error)(?: %)?")
_LAST_NAMED = re.compile(
    r"(?:(?!(?:pre ?)?train|fine ?tun|sft|source|calib|input|num|file)\w{1,20} ){1,2}(benchmarks?|models?|types?|group|category|family|datasets?)"
)
_SHOTS = re.compile(
    r"(?:\d{1,3}(?:\s?[/,]\s?\d{1,3}){0,3}|zero|one|few|two|three|four|five|k)[- _]?shots?(?:[ ,-]{1,2}(?:cot|tip|prompt(?:ing)?))?",
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
    r"|whisper|wav2vec|hubert|[cz]ip(?:form|enc)er|conformer|resnet|\bvit\b|\bvit-|convnext|\bswin|\bdeit|dinov?\d?\b|siglip|\bbge\b|\bbge-|\bgte-|\be5-|codet5|incoder|colbert|splade|\bbm25|flamingo|codegen|codellama|replit|santacoder|minicpm|llava|cogvlm|pixtral|molmo|idefics|opus|sonnet|haiku|aya"
    r"|minilm|mpnet|parakeet|nllb|m2m-?100|seamless|jina|nomic-|voyage-|arctic-embed|chatgpt"
    r"|apertus|eurollm|teuken|salamandra|sonar|step-|longcat|mimo|ling-|ring-|\bhumans?\b|random|baseline|ours\b",
    re.IGNORECASE,
)
_SIZED = re.compile(
    r"(?<![a-z0-9.])\d{1,4}(?:\.\d{1,2})?[bm](?![a-z0-9])|model[ -]?(?!s\b)[a-z0-9]{1,2}\b",
    re.IGNORECASE,
)
_TEST = re.compile(r"(?<!model )(?:bench|[ -]eval)(?:mark)?s?(?![a-z])", re.IGNORECASE)
"""Tests are called after families of models: `LLaVA-Bench`."""
_LAST_OF_SCORES = frozenset(
    ("score", "scores", "accuracy", "acc", "f1", "em", "precision", "recall", "rate", "auc")
)
_BASES = frozenset(
    ("base", "base model", "base llm", "base lm", "base vlm", "backbone", "backbones", "backbone llm", "backbone model", "llm backbone",
     "model backbone", "language model", "foundation model", "underlying model", "underlying llm", "llm", "llms", "lm", "teacher",
     "teacher model", "student", "student model", "generator", "policy", "policy model", "reader", "actor", "target model", "draft model", "backend", "backend model", "backend llm", "solver model", "agent model", "core model", "engine model",
     "基座", "基座模型", "基础模型", "骨干", "骨干模型", "骨干网络", "底座", "底座模型", "基模", "大模型", "ベースモデル", "基盤モデル", "기반 모델",
     "basismodell", "modèle de base", "modelo base", "modello base", "базовая модель", "model bazowy")
)  # fmt: skip
_PLAINLY_MODELS = frozenset(
    ("model", "models", "model name", "models name", "checkpoint", "modell", "modelle", "modèle", "modèles", "modelo", "modelos",
     "modello", "modelli", "модель", "модели", "模型", "模型名称", "モデル", "モデル名", "모델")
)  # fmt: skip
_MEAN = re.compile(
    r"(?:overall|average|avg\.?|mean|macro[ _-]?(?:avg|average|mean)|micro[ _-]?(?:avg|average)|total(?: score)?"
    r"|(?:overall|average|avg|mean|final|total|composite)[ _](?:score|average|avg|accuracy|acc|performance)|ave\.?|aggregate"
    r"|平均(?:分数?|值|得分)?|总分|总平均|综合(?:得分|评分)?|总体|均值|総合|평균|종합|durchschnitt|gesamt|moyenne|media|média|promedio|среднее|średnia|ortalama)",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"(?:.{0,40}[ -])?(?:acc(?:uracy)?|f ?1|f ?β?\d|em|exact match|bleu ?\d?|rouge ?[12l]?(?: ?sum)?|meteor|cider|chrf|ter|wer|cer|per|eer|der|auc|auroc|auprc|mrr|ndcg|map|precision|recall"
    r"|specificity|sensitivity|perplexity|ppl|mae|mse|rmse|mape|smape|nll|bpb|iou|miou|dice|psnr|ssim|lpips|fid|similarity|faithfulness|groundedness|relevance|relevancy|correctness|fluency|coherence|consistency"
    r"|helpfulness|harmlessness|toxicity|truthfulness|score|scores|rate|hit|hits|coverage|agreement|error|elo|winrate)(?: ?%| pct| score| mean| avg)?"
    r"|[^\W\d]{1,12}@ ?(?:k|n|\d{1,4})(?: .{1,12})?"
)
"""The noun at the end of a heading says that it is one, whatever it is about."""
_PARTS = re.compile(
    r"(?:.{0,40} )?(?:class|class name|classes|labels?|topics?|difficult(?:y|ies)|splits?|folds?|countr(?:y|ies)|regions?|features?|sources?|attributes?"
    r"|entit(?:y|ies)|relations?|intents?|aspects?|criteri(?:on|a)|dimensions?|questions?|items?|problems?|cases?|scenarios?|layers?|tokens?"
    r"|buckets?|bins?|ranges?|corpus|corpora|collections?|sections?|chapters?|fields?|disciplines?|errors?|issues?|statistics?|properties|property"
    r"|periods?|years?|dates?|grades?|exams?|pairs?|directions?|thresholds?|hyper ?parameters?|parameters?|values?|metric name|components? of.*"
    r"|steps?|epochs?|lengths?|sizes?|genres?|emotions?|sentiments?|tags?|categor(?:y|ies)|subjects?|subsets?|domains?|areas?|tasks?|datasets?"
    r"|benchmarks?|languages?|skills?|abilit(?:y|ies)|capabilit(?:y|ies)|types?|groups?|tiers?|dialects?|scripts?|diseases?|codes?|names? of .*|#|rank"
    r"|科目|学科|题型|主题|类|标签|难度|来源|国家|地区|场景|问题|指标|项目|阶段|字段|科目名称|分類|トピック|科目名|難易度|과목|주제|fach|thema|klasse|sujet|tema|clase|classe|предмет|тема|класс)"
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
    joined = words.replace(" ", "")
    named = NAMES.get(joined) or NAMES.get(simplified(joined))
    if named is None and _ERRORS.fullmatch(words):
        return Kind.STANDARD_ERROR
    if named is None and (before := label.partition("(")[0].strip()) not in {"", label}:
        # `LLM (HF path)` heads models, and `Benchmark (metric)` benchmarks.
        named = NAMES.get(name_words(before).replace(" ", ""))
        named = named if named in {Kind.MODEL, Kind.BENCHMARK} else None
    if named is None and (last := _LAST_NAMED.fullmatch(words)) is not None and not no_score(label):
        return NAMES[last[1]]
    return named


@lru_cache(maxsize=MOST_KEPT)
def is_metric(label: str) -> bool:
    """Whether a label names a metric."""
    bare = _OF_MEANS.sub("", shown_label(label)).strip("()[] ")
    is_named = _METRIC.fullmatch(bare) or _METRIC.fullmatch(simplified(bare))
    return is_named is not None or is_of_scale(bare)


def is_measured(label: str) -> bool:
    """Whether the last word of a label is that of a score: `public_score`."""
    return name_words(label).rstrip("% ").rpartition(" ")[2] in _LAST_OF_SCORES


def names_base(heading: str) -> bool:
    """Whether a column names the model on which something was built: its name is never left out."""
    return name_words(heading.partition("(")[0]) in _BASES


def names_models(heading: str) -> bool:
    """Whether a column is called that of models, and not of methods or systems on them."""
    return name_words(heading) in _PLAINLY_MODELS


def is_mean(label: str) -> bool:
    """Whether a label is that of a mean or a total of what stands beside it."""
    return _MEAN.fullmatch(name_words(label).rstrip("% ")) is not None


def is_measure(label: str) -> bool:
    """Whether a heading names a metric, or anything that is measured by one."""
    return (
        is_metric(label)
        or may_be_negative(label)
        or is_mean(label)
        or _MEASURE.fullmatch(name_words(label)) is not None
    )


def heads_parts(label: str) -> bool:
    """Whether a heading stands above parts of what was measured, and above no systems."""
    return _PARTS.fullmatch(name_words(label)) is not None


@lru_cache(maxsize=MOST_KEPT)
def is_unbounded_metric(label: str) -> bool:
    """Whether a label names a metric that has no largest value."""
    bare = shown_label(label).strip("()[] ")
    return _UNBOUNDED_METRIC.fullmatch(bare) is not None or ends_in_unbounded(label)


@lru_cache(maxsize=MOST_KEPT)
def names_unbounded(label: str) -> bool:
    """Whether a label is such a metric, or begins or ends with one: `Wiki PPL`, `PPL (C4)`."""
    bare = shown_label(label).rstrip(") ]")
    parts = (
        bare,
        bare.partition("(")[0].strip(),
        bare.partition(" ")[0],
        bare.rpartition(" ")[2],
        bare.rpartition("(")[2],
        bare.rpartition("_")[2],
    )
    return any(map(is_unbounded_metric, parts))


@lru_cache(maxsize=MOST_KEPT)
def is_share_metric(label: str) -> bool:
    """Whether a label names a metric that cannot exceed all, so that it may be in percent."""
    bare = shown_label(label).strip("()[] ")
    is_named = _SHARE_METRIC.fullmatch(bare) or _SHARE_METRIC.fullmatch(simplified(bare))
    within = _LAST_WITHIN.search(bare)
    is_within = within is not None and _SHARE_METRIC.fullmatch(within[1]) is not None
    return is_named is not None or is_within or ends_in_bounded(label)


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
    if is_size(label) or _TEST.search(label) is not None:
        return False
    return _FAMILY.search(label) is not None or _SIZED.search(label) is not None
