"""Texts of any size that are made to cost a reader as much as they can."""

from collections.abc import Callable

Content = Callable[[int], bytes]
"""A content of about so many bytes."""


def repeated(unit: bytes, size: int) -> bytes:
    """A unit as often as fits."""
    return unit * (size // len(unit))


def numbered(form: str, size: int) -> bytes:
    """Units that differ in their number."""
    parts: list[str] = []
    found = 0
    for number in range(size):
        part = form.format(number)
        found += len(part)
        if found > size:
            break
        parts.append(part)
    return "".join(parts).encode()


def json_texts() -> dict[str, Content]:
    """JSON, and what only begins like it."""
    return {
        "brackets": lambda size: repeated(b"[", size),
        "empty lists": lambda size: b'{"results": [' + repeated(b"[],", size) + b"[]]}",
        "empty objects": lambda size: b'{"results": [' + repeated(b"{},", size) + b"{}]}",
        "objects in objects": lambda size: repeated(b'{"":', size // 2) + repeated(b"}", size // 8),
        "numbers": lambda size: b'{"results": [' + repeated(b"0,", size) + b"0]}",
        "broken numbers": lambda size: b'{"results": [' + repeated(b"1e1,", size) + b"0]}",
        "texts": lambda size: b'{"results": [' + repeated(b'"",', size) + b'""]}',
        "keys": lambda size: b'{"results": {' + numbered('"{}":0,', size) + b'"":0}}',
        "a long number": lambda size: b'{"results": ' + repeated(b"9", size) + b"}",
        "a long text": lambda size: b'{"results": "' + repeated(b"a", size) + b'"}',
        "a text of escapes": lambda size: (
            b'{"results": "' + repeated(b"\\ud83d\\ude00", size) + b'"}'
        ),
        "zeros": lambda size: repeated(b"\0", size),
        "spaces": lambda size: b'{"results":' + repeated(b" ", size) + b"}",
        "one key again": lambda size: b'{"results": {' + repeated(b'"a":0,', size) + b'"b":0}}',
    }


def lines() -> dict[str, Content]:
    """Lines of JSON."""
    return {
        "empty objects, a line each": lambda size: repeated(b"{}\n", size),
        "empty lines": lambda size: repeated(b"\n", size),
        "lists, a line each": lambda size: repeated(b"[[],[],[],[]]\n", size),
        "samples": lambda size: repeated(
            b'{"doc_id":0,"target":"","resps":[[""]],"acc":1.0}\n', size
        ),
    }


def yaml_texts() -> dict[str, Content]:
    """YAML, and front matter."""
    return {
        "a flow list": lambda size: b"results: [" + repeated(b"a,", size) + b"a]",
        "flow lists": lambda size: repeated(b"[", size),
        "lists in lists": lambda size: repeated(b"- ", size),
        "keys": lambda size: numbered("a{}: 0\n", size),
        "anchors": lambda size: numbered("a{0}: &a{0} x\n", size),
        "documents": lambda size: repeated(b"---\n", size),
        "comments": lambda size: repeated(b"#\n", size),
        "a long text": lambda size: b"a: " + repeated(b"x", size),
        "a long quoted text": lambda size: b'a: "' + repeated(b"\\x41", size) + b'"',
        "tags": lambda size: repeated(b"- !a b\n", size),
    }


_LAUGHS = (
    b"\\newcommand{\\za}{aaaaaaaaaa}\n"
    + b"".join(
        b"\\newcommand{\\z%c}{%s}\n" % (98 + n, (b"\\z%c" % (97 + n)) * 10) for n in range(20)
    )
    + b"\\begin{tabular}{ll}Model & MMLU \\\\ \\zu & 57.2 \\\\ \\end{tabular}"
)


def tables() -> dict[str, Content]:
    """Tables, with the ending of their file."""
    return {
        "commas (.csv)": lambda size: b"Model,MMLU\n" + repeated(b",", size),
        "rows (.csv)": lambda size: b"Model,MMLU\n" + repeated(b"a,57.2\n", size),
        "one cell a row (.csv)": lambda size: b"Model\n" + repeated(b"a\n", size),
        "one cell a long row (.csv)": lambda size: (
            b"Model\n" + repeated(b"a" * 22 + b"\n", size) + b"m,57.2\n"
        ),
        "empty lines (.csv)": lambda size: repeated(b"\n", size),
        "returns (.csv)": lambda size: b"Model,MMLU\n" + repeated(b"\r", size),
        "quotes (.csv)": lambda size: b"Model,MMLU\n" + repeated(b'"', size),
        "quoted cells (.csv)": lambda size: b"Model,MMLU\n" + repeated(b'"a","1"\n', size),
        "zeros (.csv)": lambda size: b"Model,MMLU\n" + repeated(b"\0", size),
        "one cell (.csv)": lambda size: b"Model,MMLU\na," + repeated(b"9", size),
        "tabs (.tsv)": lambda size: b"Model\tMMLU\n" + repeated(b"\t", size),
        "bars (.md)": lambda size: b"|a|b|\n|---|---|\n" + repeated(b"|", size),
        "rows (.md)": lambda size: b"|a|MMLU|\n|---|---|\n" + repeated(b"|a|57.2|\n", size),
        "tables (.md)": lambda size: repeated(b"|a|MMLU|\n|---|---|\n|a|57.2|\n\n", size),
        "quotations (.md)": lambda size: repeated(b">", size),
        "brackets (.md)": lambda size: b"|a|b|\n|---|---|\n|" + repeated(b"[", size) + b"|\n",
        "stars (.md)": lambda size: b"|a|b|\n|---|---|\n|" + repeated(b"*a ", size) + b"|\n",
        "fences (.md)": lambda size: repeated(b"```\n|a|b|\n|---|---|\n```\n", size),
        "tags (.html)": lambda size: b"<table>" + repeated(b"<b>", size),
        "tables (.html)": lambda size: repeated(b"<table><tr><td>", size),
        "rows (.html)": lambda size: b"<table>" + repeated(b"<tr><td>a<td>57.2", size),
        "wide cells (.html)": lambda size: (
            b"<table>" + repeated(b"<tr><td colspan=1000 rowspan=1000>a", size)
        ),
        "attributes (.html)": lambda size: b"<table " + numbered("a{}=b ", size) + b"><tr><td>a",
        "entities (.html)": lambda size: b"<table><tr><td>" + repeated(b"&amp;", size),
        "braces (.tex)": lambda size: b"\\begin{tabular}{l}" + repeated(b"{", size),
        "cells (.tex)": lambda size: (
            b"\\begin{tabular}{l}" + repeated(b"a&", size) + b"\\end{tabular}"
        ),
        "rows (.tex)": lambda size: b"\\begin{tabular}{ll}" + repeated(b"a&57.2\\\\\n", size),
        "macros (.tex)": lambda size: (
            b"\\begin{tabular}{l}" + repeated(b"\\textbf{", size) + b"\\end{tabular}"
        ),
        "definitions (.tex)": lambda size: (
            repeated(b"\\newcommand{\\a}{\\b\\b}\n", size) + b"\\begin{tabular}{l}\\a\\end{tabular}"
        ),
        "columns (.tex)": lambda _: b"\\begin{tabular}{*{99999999}{l}}a&57.2\\\\\\end{tabular}",
        "expanding macros (.tex)": lambda _: _LAUGHS,
        "uses of a long macro (.tex)": lambda size: (
            b"\\newcommand{\\x}{"
            + b"a" * 9_000
            + b"}\\begin{tabular}{ll}\n"
            + repeated(b"\\x & 57.2 \\\\\n", size)
            + b"\\end{tabular}"
        ),
        "ampersands (.tex)": lambda _: (
            b"\\begin{tabular}{ll}" + b"&" * 990_000 + b"\\\\\\end{tabular}"
        ),
        "columns of no scores (.csv)": lambda _: (
            b"Model" + numbered(",b{}", 500_000) + b"\na" + b",57.2" * 70_000 + b"\n"
        ),
        "footnotes (.md)": lambda size: (
            b"|a|MMLU|\n|---|---|\n"
            + numbered("|a|57.2[^{0}]|\n", size // 8)
            + numbered("\n[^{0}]: maj@3", size // 8)
        ),
        "links (.md)": lambda size: (
            b"|a|MMLU|\n|---|---|\n" + repeated(b"|[a](http://a.b)|57.2|\n", size)
        ),
        "comments (.html)": lambda size: b"<table><tr><td>a<td>57.2<!--" + repeated(b"<!-", size),
        "grids (.txt)": lambda size: (
            b"+---+------+\n| M | MMLU |\n+===+======+\n"
            + repeated(b"| a | 57.2 |\n+---+------+\n", size // 4)
        ),
        "links of terminals (.txt)": lambda size: repeated(b"\x1b]8;;", size),
        "spaces (.txt)": lambda size: b"Model  MMLU\n" + repeated(b" ", size),
        "rows (.txt)": lambda size: b"Model      MMLU\n" + repeated(b"a          57.2\n", size),
        "columns (.txt)": lambda size: b"Model      MMLU\n" + repeated(b"a          ", size),
    }
