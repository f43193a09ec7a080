"""What columns and rows of tables hold, and the names that people give them in many languages."""

# ruff: noqa: E501  # a table of words: a kind a line
from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    """What a column or a row of a table holds."""

    MODEL = "model"
    BENCHMARK = "benchmark"
    VALUE = "value"
    METRIC = "metric"
    FILTER = "filter"
    SHOTS = "shots"
    SPLIT = "split"
    DOCUMENTS = "documents"
    STANDARD_ERROR = "standard error"
    INTERVAL = "interval"
    UNIT = "unit"
    SETTING = "setting"
    """How a model was run or stored: two settings of one model are two artifacts."""
    GROUP = "group"
    """A heading of several models or benchmarks."""
    NUMBERS = "numbers"
    """A number for each row."""
    SKIPPED = "skipped"
    """Nothing that is a score."""


NAMES: Mapping[str, Kind] = {
    **dict.fromkeys(
        ("model", "models", "modelname", "modelnames", "system", "systems", "checkpoint", "llm",
         "llms", "method", "methods", "modelbenchmark", "approach", "modelvariant", "engine model",
         "modelid", "modelbase", "modelkey", "modeltag", "displayname", "parser", "extractor", "tokenizer", "tokeniser", "retriever",
         "reranker", "classifier", "detector", "translator", "tagger", "recognizer", "transcriber", "tool", "service", "agent", "agents", "scaffold", "agentscaffold", "agentframework", "assistant", "chatbot", "solver",
         "participant", "contestant", "competitor", "submission", "submissions", "entry", "runname", "candidate", "algorithm",
         "algorithms", "baseline", "baselines", "solution", "pipeline", "ragsystem", "methodname", "systemname", "agentname",
         "system/model", "model/method", "method/model", "modelmethod", "methodmodel", "modelsystem", "模型名", "模型/方法", "算法", "系统", "智能体",
         "方案", "システム", "방법", "시스템", "verfahren", "méthode", "méthodes", "método", "métodos", "metodo", "метод", "методы", "metoda", "yöntem", "modell", "modelle", "modèle", "modèles", "modelo", "modelos", "modello",
         "modelli", "модель", "модели", "模型", "模型名称", "方法", "モデル", "モデル名", "手法", "모델"),
        Kind.MODEL),
    **dict.fromkeys(
        ("benchmark", "benchmarks", "benchmarkname", "task", "tasks", "dataset", "datasets", "eval",
         "evals", "evaluation", "evaluations", "test", "tests", "groups", "benchmarkmetric",
         "taskdataset", "taskname", "evaluationbenchmark", "testset", "evalset", "suite", "suites", "evalsuite", "testsuite", "benchmarksuite", "bench", "benches", "benchname", "datasetname",
         "set", "sets", "evalname", "evaluationset", "evaluationdataset", "testname", "taskid", "benchmarkid", "datasettask", "taskbenchmark", "datasetbenchmark",
         "challenge", "leaderboard", "exam", "exams", "テスト", "評価", "評価データセット", "测评集", "评估集", "评测", "评测项", "评测项目", "评测任务", "评估任务", "评估基准", "榜单", "考试",
         "评测数据集", "资料集", "评测资料集", "测试资料集", "评估数据集", "测试项目", "测试项", "테스트", "과제", "평가", "aufgabe",
         "benchmarkmodel", "benchmarkdataset", "aufgaben", "datensatz", "tâche", "tâches", "tarea",
         "tareas", "tarefa", "jeudedonnées", "conjuntodedatos", "бенчмарк", "бенчмарки", "задача",
         "задачи", "датасет", "тест", "zadanie", "zadania", "zbiór", "taak", "görev", "uppgift", "завдання", "基准", "基准测试", "评测基准", "评测集", "测试集", "数据集", "任务",
         "ベンチマーク", "データセット", "タスク", "벤치마크", "데이터셋"), Kind.BENCHMARK),
    **dict.fromkeys(
        ("score", "scores", "value", "result", "results", "score%", "value%", "result%", "ours",
         "performance", "ergebnis", "ergebnisse", "punktzahl", "résultat", "résultats", "resultado",
         "resultados", "puntuación", "valor", "wert", "punteggio", "wynik", "wyniki", "výsledek",
         "sonuç", "puan", "resultaat", "poäng", "оцінка", "бали", "очки", "балл", "баллы", "оценка",
         "результат", "результаты", "得分", "分数", "成绩", "スコア", "점수"),
        Kind.VALUE),
    **dict.fromkeys(
        ("metric", "metrics", "measure", "metrik", "metryka", "metriek", "mått", "métrique", "métrica", "metrica", "метрика", "指标",
         "评测指标", "指標", "지표"), Kind.METRIC),
    "filter": Kind.FILTER,
    **dict.fromkeys(
        ("shots", "nshot", "nshots", "fewshot", "numfewshot", "shot", "numshots", "fewshots",
         "kshot", "numberofshots", "nfewshot"), Kind.SHOTS),
    "split": Kind.SPLIT,
    **dict.fromkeys(
        ("n", "samples", "documents", "examples", "questions", "votes", "numsamples", "nsamples",
         "numexamples", "problems", "numquestions", "testsize", "numberofsamples"),
        Kind.DOCUMENTS),
    **dict.fromkeys(("stderr", "stderror", "standarderror", "se", "stderr%"), Kind.STANDARD_ERROR),
    **dict.fromkeys(("95ci", "95pctci", "ci95", "95%ci", "interval", "ci"), Kind.INTERVAL),
    **dict.fromkeys(
        ("unit", "units", "einheit", "unité", "unidad", "unidade", "jednostka", "unità", "enhet", "eenheid", "birim", "единица", "единицы", "单位", "単位",
         "단위"), Kind.UNIT),
    **dict.fromkeys(
        ("category", "categories", "capability", "area", "domain", "group", "type", "kind",
         "field", "ability", "skill", "modality", "language", "languages", "lang", "version",
         "family", "subject", "types", "skills", "capabilities", "kategorie",
         "sprache", "bereich", "catégorie", "langue", "domaine", "categoría", "categoria", "idioma",
         "категория", "язык", "область", "тип", "类别", "类型", "测试类型", "任务类型", "能力", "领域", "维度",
         "语言", "カテゴリ", "カテゴリー", "言語", "분류", "카테고리"),
        Kind.GROUP),
    **dict.fromkeys(
        ("precision", "quantization", "quantisation", "quant", "quantmethod", "quantizationmethod",
         "dtype", "weighttype", "weights", "bits", "wbits", "setting", "settings", "config",
         "configuration", "конфигурация", "конфігурація", "konfiguration", "configuración", "configuração", "configurazione", "konfiguracja", "配置", "設定", "设置", "구성", "설정", "режим", "mode", "prompt", "prompts", "prompting", "prompttemplate", "template",
         "thinking", "reasoning", "level", "levels", "effortlevel", "thinkinglevel", "reasoningeffort", "variant", "strategy", "decoding", "budget", "effort", "tools",
         "backend", "engine", "framework", "format", "recipe", "training", "technique", "adapter",
         "system prompt", "chattemplate", "inference", "stage", "condition", "conditions", "arm", "arms", "treatment", "treatments",
         "experiment", "experiments", "ablation", "ablations", "intervention", "interventions", "bedingung", "bedingungen", "condición",
         "condizione", "condição", "\u6761\u4ef6", "\u5b9e\u9a8c", "\u5b9e\u9a8c\u7ec4", "\u8bbe\u7f6e", "\u914d\u7f6e", "\u5b9f\u9a13\u6761\u4ef6", "\u8a2d\u5b9a", "\uc870\uac74", "\uc124\uc815"),
        Kind.SETTING),
}  # fmt: skip
