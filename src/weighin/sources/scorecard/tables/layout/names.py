"""A label as words: without signs, pictures and marks."""

import re
from functools import lru_cache

_SIGN = r"(?:[↑↓⬆⬇➚➘▲▼→←↗↘]|\$?\\(?:up|down|left|right|Up|Down|ne|se)arrow(?![a-z])\s?\$?)"
_ARROWS = re.compile(rf"\(\s?{_SIGN}\s?\)|\s?{_SIGN}\s?(?=[)\]])|{_SIGN}")
_PICTURES = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\u2190-\u21ff]")
_EMPTY = re.compile(r"\(\s{0,4}\)")
_SMALL = re.compile(r"</?su[bp]>")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])")
_NOT_WORDS = re.compile(r"[^\w%@+$²]+")

MOST_KEPT = 65_536
"""Every pass over a table asks for the labels of all of its rows: more than it may have numbers."""


@lru_cache(maxsize=MOST_KEPT)
def shown_label(text: str) -> str:
    """A label without arrows and pictures, which say which way is better, or nothing."""
    bare = _PICTURES.sub("", _ARROWS.sub(" ", _SMALL.sub(" ", text)))
    bare = " ".join(_EMPTY.sub("", bare).split()).replace(" )", ")").strip(" ,;:")
    return bare or " ".join(text.split())


@lru_cache(maxsize=MOST_KEPT)
def name_words(text: str) -> str:
    """The words of a label in lower case, one space between them."""
    bare = _CAMEL.sub(" ", _SMALL.sub(" ", shown_label(text)))
    return " ".join(_NOT_WORDS.sub(" ", bare.casefold().replace("_", " ")).split())


_TRADITIONAL = (
    "維參數層規間價費長記憶體顯遲頻類別語評測試務題準確總體綜據備註說歷學習訓練輪種號連結載機構團隊發佈佈時進階級詞壓縮率選擇場領專業內營運圖處轉寫對話檢索實驗"
    "設條環參變異標誤區響應請開閉來單雜復複殘項與從過續達優點個錢貨幣額線執產議權誌經驗強資庫遺釋鏈論碼稱適證認許節樣計輸勝錯較難動"
)
_SIMPLIFIED = (
    "维参数层规间价费长记忆体显迟频类别语评测试务题准确总体综据备注说历学习训练轮种号连结载机构团队发布布时进阶级词压缩率选择场领专业内营运图处转写对话检索实验"
    "设条环参变异标误区响应请开闭来单杂复复残项与从过续达优点个钱货币额线执产议权志经验强资库遗释链论码称适证认许节样计输胜错较难动"
)
_TO_SIMPLIFIED = str.maketrans(_TRADITIONAL, _SIMPLIFIED)


def simplified(text: str) -> str:
    """A text in the characters of the mainland, where Taiwan and Hong Kong write others."""
    return text if text.isascii() else text.translate(_TO_SIMPLIFIED)
