"""Each wrong file of `refused/` is refused with the place and the words that stand there."""

from pathlib import Path

import pytest

MARK = "▶"
CASES = [
    (name.strip(), *rest.split("--- ", 1))
    for file in sorted((Path(__file__).parent / "refused").glob("*.txt"))
    for block in file.read_text(encoding="utf-8").split("=== ")[1:]
    for name, rest in [block.split("\n", 1)]
]


def marks(marked: str) -> list[str]:
    return [
        f"{number}:{part + 1 + sum(len(p) for p in line.split(MARK)[: part + 1]) - part}"
        for number, line in enumerate(marked.split("\n"), start=1)
        for part in range(line.count(MARK))
    ]


@pytest.mark.parametrize(("marked", "told"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_a_wrong_file_is_refused_where_it_is_wrong(refusal, marked, told):
    sentences = told.strip().split("\n--- ")
    expected = [f"{place}: {text}" for place, text in zip(marks(marked), sentences, strict=True)]
    assert refusal(marked.replace(MARK, "")) == expected


def test_all_problems_are_told_in_the_order_of_their_lines(refusal):
    content = (
        "weighin: 1\nmodel:\n  checkpoint: hf://o/n@main\n  name: no\n"
        "evidence: absent\nbenchmarks:\n  - task: a\n    num_fewshot: five\n  - task: a\n"
        "extra: 1\n"
    )
    places = [line.split(": ")[0] for line in refusal(content)]
    assert places == ["3:15", "4:9", "5:11", "8:18", "9:11", "10:1"]


def test_many_problems_are_cut_off(refusal, minimal):
    told = refusal(minimal + "".join(f"key{number}: 1\n" for number in range(150)))
    assert len(told) == 101
    assert told[-1] == " further problems are not shown; mend these first"


def test_a_secret_is_never_repeated(refusal):
    told = refusal(
        "weighin: 1\nmodel:\n  name: m\n  endpoint:\n    url: http://u:secret@h/v1\n"
        "    served_model: m\n    api: chat\n    api_key_env: sk-secret\nbenchmarks: [{task: a}]\n"
    )
    assert len(told) == 2
    assert "secret" not in "".join(told)


@pytest.mark.parametrize("suffix", ["?key=secret", "#secret", "/v1?token=secret&x=1"])
def test_a_secret_in_the_query_of_a_url_is_refused(refusal, suffix):
    told = refusal(
        f"weighin: 1\nmodel:\n  name: m\n  endpoint:\n    url: 'http://h{suffix}'\n"
        "    served_model: m\n    api: chat\nbenchmarks: [{task: a}]\n"
    )
    assert [line.split(": ")[1] for line in told] == ["model.endpoint.url"]
    assert "secret" not in told[0]
