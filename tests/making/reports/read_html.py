"""An HTML file read back: its elements, whether they nest as HTML5 has it, and what they say."""

import base64
import hashlib
import re
from html.parser import HTMLParser

_VOID = frozenset({"meta", "br", "wbr"})
# Of HTML5's content models, what the report could break: where no block may stand.
_PHRASING_ONLY = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "code", "bdi", "small", "span", "b", "strong", "dt"}
)
_BLOCKS = frozenset(
    {
        *("p", "div", "ul", "ol", "dl", "table", "details", "section", "article", "figure", "pre"),
        *("header", "main", "footer", "nav", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"),
    }
)
_INSIDE = {
    "li": {"ul", "ol"},
    "dt": {"div"},
    "dd": {"div"},
    "tr": {"thead", "tbody", "tfoot"},
    "th": {"tr"},
    "td": {"tr"},
    "summary": {"details"},
    "figcaption": {"figure"},
}
_HEADING = re.compile(r"h[1-6]")


class HtmlFile(HTMLParser):
    """Tags, attributes, text and faults of a file; it needs every end tag."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.source = text
        self.elements, self.faults, self.text, self._open = [], [], "", []
        self.style = self.title = ""
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is not closed" for tag in self._open]

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if len(dict(attrs)) < len(attrs):
            self.faults.append(f"<{tag}> has an attribute twice")
        parent = self._open[-1] if self._open else ""
        if tag in _INSIDE and parent not in _INSIDE[tag]:
            self.faults.append(f"<{tag}> in <{parent}>")
        if tag in _BLOCKS and (found := _PHRASING_ONLY & set(self._open)):
            self.faults.append(f"<{tag}> in <{', '.join(found)}>")
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if "svg" not in self._open:
            self.faults.append(f"<{tag}/> outside of a drawing")

    def handle_endtag(self, tag):
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes another element")

    def handle_data(self, data):
        if "style" in self._open:
            self.style += data
        elif self._open[-1:] == ["title"] and "svg" not in self._open:
            self.title += data
        else:
            self.text += data

    @property
    def tags(self):
        return [tag for tag, _ in self.elements]

    @property
    def ids(self):
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]

    @property
    def links(self):
        return [attributes for tag, attributes in self.elements if tag == "a"]

    @property
    def headings(self):
        return [int(tag[1]) for tag in self.tags if _HEADING.fullmatch(tag)]

    @property
    def policy(self):
        (policy,) = [
            a["content"]
            for _, a in self.elements
            if a.get("http-equiv") == "Content-Security-Policy"
        ]
        return policy

    @property
    def style_digest(self):
        return base64.b64encode(hashlib.sha256(self.style.encode()).digest()).decode()
