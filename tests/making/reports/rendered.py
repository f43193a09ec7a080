"""What Markdown becomes: two parsers are the judges of the form.

cmark-gfm is the one that GitHub reads Markdown with; markdown-it reads CommonMark and tables.
"""

import re
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt

OURS = {
    *("h3", "h4", "p", "ul", "li", "strong", "code", "sub", "details", "summary", "span"),
    *("table", "thead", "tbody", "tr", "th", "td"),
    "<!-- -->",  # between two pieces of code
}
# How the two align the cells of a column of numbers.
ALIGNED = {("align", "right"), ("style", "text-align:right")}

# What GitHub recognises afterwards in what is no code, and where it sees a formula.
RECOGNISED = {
    "mention": r"(?<![\w`])@[A-Za-z0-9]",
    "issue": r"(?<!\w)#\d",
    "issue by word": r"\b[gG][hH]-\d",
    "emoji": r":(?!\d\d?:)[a-z0-9_+-]+:",
    "formula": r"\$(?!\s)[^$]*[^\s$]\$(?!\d)",
}


def as_github(markdown):
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_FOOTNOTES
    return cmarkgfm.github_flavored_markdown_to_html(markdown, options)


def as_commonmark(markdown):
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return parser.render(markdown)


PARSERS = (as_github, as_commonmark)


class Page(HTMLParser):
    """Tags, attributes and text of rendered Markdown.

    Attributes:
        text: All text as people see it.
        prose: The texts that are no code, one by one.
        codes: The texts that are code.
    """

    def __init__(self, markdown, parser=as_github):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""
        self.prose, self.codes, self._code = [], [], 0
        self.feed(parser(markdown))
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "code":
            self._code += 1
            self.codes.append("")

    def handle_endtag(self, tag):
        self._code -= tag == "code"

    def handle_data(self, data):
        self.text += data
        if self._code:
            self.codes[-1] += data
        else:
            self.prose.append(data)

    def handle_comment(self, data):
        self.tags.append(f"<!--{data}-->")

    @property
    def recognised(self):
        """What GitHub would make of texts that are no code."""
        return [
            (name, text)
            for text in self.prose
            for name, form in RECOGNISED.items()
            if re.search(form, text)
        ]


def marks_in(markdown):
    """What makes Markdown hard to read as text: entities, comments, tags, backslashes."""
    return re.findall(r"&#?\w+;|<!--|<span>|\\[!-/:-@\[-`{-~]", markdown)
