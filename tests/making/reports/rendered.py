"""What Markdown becomes: markdown-it, a CommonMark parser, is the judge of the form."""

from html.parser import HTMLParser

from markdown_it import MarkdownIt

OURS = {
    *("h3", "h4", "p", "ul", "li", "strong", "code", "sub", "details", "summary"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


class Page(HTMLParser):
    """Tags, attributes and text of rendered Markdown."""

    def __init__(self, markdown):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""
        self.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown))

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data
