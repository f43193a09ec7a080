"""Nouns that say what is no score, as English writes them: a kind a line."""

# ruff: noqa: E501, ISC004  # tables of words: a kind a line
import re

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
     r"(?:trainable|trained|active) (?:param\w{0,6} )?(?:percent\w{0,3}|pct|%|ratio|fraction)|params?|parameters?|size|sizes|layers?|hidden(?: size| dim)?|heads|vocab(?:ulary)?"
     r"(?: size)?|experts|bpw|bits|context|context (?:length|window"
     r"|size)|ctx|active|activated|kv heads|moe experts|[nd] ?(?:kv|q|k|v|df)? ?(?:f ?f? ?n|ff\w?|ffn|heads?|layers?|experts?|model|embd?|vocab|ctx|state|inner)|ratio|comp(?:ression)?\.?(?: (?:ratio|rate|factor))?|prune ratio|bit ?width|seq(?:uence)? len(?:gth)?|window|dimensions?|embedding (?:size|dim)|backbone size|(?:image |input |img |train |test )?(?:resolution|res)|(?:crop|image|img) size"),
    ("sums", r"(?:sum|total) of .{1,60}"),
    ("rates of the run",
     r"no (?:answers?|responses?|outputs?)(?: rate)?|(?:truncated|contended|timed out|errored|skipped|invalid|malformed|cached|retried|unparsed)(?: rate)? (?:%|pct)"),
    ("memory", r"memory|vram|mem|ram|storage"),
    ("deviations", r"(?:.* )?(?:adj(?:usted)?|fisher|welch|holm|corrected|perm\w*|wilcoxon|mcnemar|bonferroni|chi2|test) p(?: .*)?"
     r"|p (?:used|adj\w*|raw|corrected)(?: .*)?|cohen s? ?d(?: .*)?|significan\w{1,3}|p|p ?val(?:ue)?s?|[tz] ?(?:stat\w{0,6}|score)?|cohen s d|effect sizes?|odds ratio"),
    ("links",
     r"links?|urls?|downloads?|hf|hugging ?face|modelscope|model ?card|paper|code|github|source"
     r"|report|tech report|ckpts?|checkpoint link|weights link|demo|repo|repository|references?"
     r"|citation|arxiv|blog|collection|hub|colab"),
    ("dates",
     r"date|released?|release date|year|month|(?:knowledge )?cut ?off(?: date)?|last updated"
     r"|(?:created|updated|modified|last modified|evaluated|submitted|released|started|finished|completed)(?: at| on)?(?: utc)?"
     r"|updated|(?:upload|submission)(?: to hub)? date|time ?stamp|submitted"),
    ("ids", r"id|ids|[qups]id|sha|model sha|commit|revision|(?:git |model |config )?(?:hash|sha)|eval ?name|full ?name|index|idx|uuid|run|rev|(?:run|job|exp|experiment|request|submission|trace|session|archive run|checkpoint|user|item|doc|sample|question) (?:id|idx|index)"),
    ("names of people or houses",
     r"organi[sz]ation|org|developers?|creator|provider|vendor|company|lab|authors?|affiliation"
     r"|country|institution|team|publisher|owner|maker|submitted by"),
    ("licences", r"licen[cs]e|access|availability|openness|open ?source|open ?weights?|lizenz"),
    ("ranks", r"rank|rank (?:ub|lb)|pos|rank style ?ctrl|ranking|position|place|#|standing|(?:mean|average|avg|median) rank\b.{0,40}"),
    ("cost or speed",
     r"(?:cost|price\w{0,6}|latency|throughput|runtime)\b.*|(?:\w+ ){0,2}(?:llm|api|tool|function)? ?calls|costs|speed|speed ?up|tokens?|tokens? ?(?:per|/)? ?s(?:ec(?:ond)?)?"
     r"|tok|toks|tok s|tps|ttft|rtf|rtfx|time|runtime|duration|hours|co2.*|co₂.*|flops?|gflops|tflops|compute|energy"
     r"|usd.*|.* usd|elapsed.*|p(?:50|75|90|95|99)(?: (?!.*\b(?:cer|wer|ter|acc\w*|f1|em|scores?|error|bleu|map|auc)\b).*)?|ms|s it|it s|kwh|prefill.*|decode(?: .*)?|kv cache|gpu ?h|[ahv]\d00 ?h(?:ours)?|[kmgtp]flops"
     r"|power|invocations|savings?|requests|length|lengths|(?:avg|average|mean|median|num|total|output|response|answer) (?:\w{1,20} ){0,2}(?:words|chars|characters|sentences|lines)|qps|cost ?usd|\$.*|gpus?|hardware|device|fps"),
    ("how it was trained",
     r"epochs?|steps?|learning rate|lr|batch(?: size)?|seeds?|optimi[sz]er|data|data ?set size"
     r"|iters?|bs|lora (?:rank|r|alpha)|warm ?up|weight decay|dropout|max steps"
     r"|training (?:data|set|tokens|corpus)|pre ?training (?:data|tokens)|(?:pre ?train(?:ing)?|fine ?tun(?:e|ing)|instruction|sft|alignment) (?:data ?(?:set)?s?|corpus|schedule|recipe)|loss|train loss"),
    ("counts", r"correct|passed|solved|failed|answered|num correct|n correct|wrong|errors?|incorrect|skipped|unanswered|invalid|[tf][pn]|support|matches|games|items"
     r"|docs|attempts|(?:tasks|cases|samples|questions|tests|runs) total|errored|timed ?out|refused"),
    ("settings of the run", r"attempt|trial|fold|round|iteration|temperature|temp|top ?[pk]|max (?:new )?tokens|repetition penalty"),
    ("targets", r"max(?:imum)? (?:possible )?(?:scores?|points?|marks?)|(?:scores?|points?|marks?) possible|possible (?:scores?|points?|marks?)|full marks?"),
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
     r"|retention|drop from .*|vs .*|rel .*|relative .*|improv.*|abs .*|increase|decrease|% of .*|retained|rel|lift|advantage|bwt|fwt|(?:backward|forward) transfer"
     r"|(?:acc\w*|quality|perf\w*|score|relative|quantization|rel) loss|loss (?:of|in) .*|∆.*"),
)  # fmt: skip
BY_NAME = tuple(
    (kind, re.compile(rf"{_QUALIFIERS}(?:{pattern}){_TAILS}")) for kind, pattern in _NO_SCORES
)

_HEADS: tuple[tuple[str, str], ...] = (
    (
        "differences",
        r"gains?|savings?|improvements?|reductions?|degradations?|deltas?|diffs?|differences?|drops?|increases?|decreases?"
        r"|changes?|gaps?|uplift|boost|regret|forgetting(?: scores?)?|contamination|leakage|overlap|margin|[δ∆]\w*",
    ),
    (
        "deviations",
        r"stderr|std ?err(?:or)?|standard errors?|sem|err|(?:\d\d )?ci ?(?:\d\d)?(?: (?:low|high|lower|upper|lo|hi|half width|width|l|u))?|conf(?:idence)? int(?:erval)?s?"
        r"|(?:lower|upper) (?:bound|ci|limit)|std|stds|stdev|std ?dev|sd|deviations?|variances?|sigma|\u03c3|iqr|p ?values?|pvalues?|±|\+ \-",
    ),
    ("memory", r"memory|mem|vram|ram|storage"),
    (
        "deviations",
        r"divergence|kld|kl|(?:bonferroni|adjusted) alpha|wilcoxon w|effect size r|[zt] score",
    ),
    ("ranks", r"(?<!recip )(?<!reciprocal )ranks?"),
    (
        "cost or speed",
        r"latency|latencies|throughput|runtime|speed|speed ?ups?|costs?|prices?|pricing|time|times|seconds|secs?|minutes|mins?|hours|hrs?"
        r"|duration|tokens?|toks?|[kmgtp]?flops|[gm]?macs|energy|power|emissions|consumption|usage|overhead|budget|footprint|calls"
        r"|requests|lengths?|len|bandwidth|utili[sz]ation|fps|tps|ttft|tpot|itl|qps|rps|rtfx?|real time factors?",
    ),
    (
        "sizes",
        r"params?|parameters?|sizes?|n?layers?|n ?heads?|d ?model|bits|bpw|sparsity|dims?|dimensions?|vocab|context window|gb|mb|gib|mib",
    ),
    (
        "counts",
        r"votes|battles|runs|cases|wins|losses|ties|stages|phases|rounds|rollouts|episodes|shards|replicas|workers|failures|failed|errors|timeouts|crashes|seeds|trials|counts?",
    ),
    (
        "how it was trained",
        r"epochs?|steps?|iterations|temperature|train\w{0,3} (?:fraction|share|split)|(?:avg|average|mean|num|total)\.? generations",
    ),
    ("dates", r"date|year|month"),
    ("links", r"urls?|links?"),
    ("licences", r"licen[cs]es?"),
    ("versions", r"versions?"),
    (
        "rates of the run",
        r"(?:explanation|response|answered?|pars\w{1,4}|format\w{0,4}|valid\w{0,3}|invalid|json|truncat\w{2,3}|time ?out|crash|retry|oom|cache hit|api error|exec\w{0,6} error) (?:rates?|share|pct|ratio)(?: pct)?"
        r"|hit (?:cap|limit|max)(?: tokens)?|fallback rates?|retry rates?",
    ),
    ("targets", r"targets?|goals?|thresholds?|estimates?"),
)
"""Nouns that say what is counted or measured, whatever words stand before them."""
HEADS = tuple((kind, re.compile(rf"(?:.{{0,60}} )?(?:{pattern})")) for kind, pattern in _HEADS)
