"""Nouns that say what is no score, in other languages than English: a kind a line."""

# ruff: noqa: E501  # tables of words: a kind a line
from collections.abc import Mapping

from weighin.sources.scorecard.tables.layout.names import simplified

_NOUNS: Mapping[str, str] = {
    "sizes": (
        "größe parameter parameterzahl parameteranzahl kontext kontextlänge taille paramètres contexte tamaño tamano tamanho parámetros "
        "parametros parâmetros contexto dimensione dimensioni parametri contesto размер параметры параметров контекст "
        "rozmiar parametry kontekst grootte boyut 参数 参数量 参数数 参数数量 参数规模 参数大小 大小 尺寸 规模 体积 上下文 上下文窗口 窗口 窗口大小 最大上下文 上下文长度 序列长度 "
        "词表 词表大小 位宽 比特 比特数 压缩率 压缩比 稀疏度 稀疏率 剪枝率 隐藏维度 维度 维数 向量维度 嵌入维度 向量长度 最大输入 输入上限 上下文长 词元上限 隐藏层 注意力头 专家数 パラメータ パラメータ数 サイズ 文脈長 次元 次元数 埋め込み次元 コンテキスト コンテキスト長 最大トークン 入力長 層数 語彙数 モデルサイズ 파라미터 매개변수 크기 컨텍스트 차원 차원수 차원 수 문맥길이 길이 용량 토큰"
    ),
    "cost or speed": (
        "latenz kosten preis zeit dauer laufzeit geschwindigkeit durchsatz länge latence coût prix temps durée vitesse débit longueur latencia latência "
        "costo coste custo precio preço tiempo tempo duración duração durata velocidad velocidade longitud latenza prezzo velocità lunghezza задержка "
        "стоимость цена расход время скорость длина длительность токены токенов opóźnienie koszt cena czas prędkość szybkość długość snelheid tijd prijs "
        "süre h\u0131z maliyet fiyat 速度 延迟 时延 时间 时长 用时 耗时 成本 价格 单价 售价 定价 费用 花费 开销 消耗 使用量 消耗量 能耗 功耗 算力 长度 吞吐 吞吐量 吞吐率 加速 加速比 词元 显卡 "
        "价钱 成本价 每百万 计费 资费 报价 授权费 硬件 设备 token数 tokens数 token消耗 時間 コスト 価格 料金 単価 費用 所要時間 速度 推論時間 トークン 長さ 遅延 スループット トークン数 속도 시간 비용 가격 요금 단가 지연 지연시간 처리량 응답시간"
    ),
    "memory": "байт байты байтов bytes octets speicher mémoire memoria memória память pamięć bellek 显存 显存占用 显存使用 显存用量 内存 内存占用 内存使用 占用 存储 峰值显存 メモリ 메모리",
    "ranks": "rang platz classement rango posición posição posizione ранг место pozycja miejsce s\u0131ra 排名 名次 排行 顺位 位次 序号 順位 순위",
    "differences": (
        "unterschied differenz verbesserung gewinn veränderung änderung écart amélioration diferencia diferença mejora melhoria "
        "ganancia ganho differenza miglioramento guadagno разница прирост улучшение изменение różnica poprawa zysk zmiana "
        "verschil fark 提升 提升率 提升幅度 差距 差值 差异 下降 下降率 下降幅度 变化 变化量 变化率 变化幅度 增益 增幅 增量 增长 增长率 降幅 降低 涨幅 涨跌 提高 改进 改善 损失 恢复率 "
        "保持率 保留率 遗忘 遗忘率 差 差分 向上 向上率 低下 増減 改善率 차이 향상 향상률 변화"
    ),
    "dates": "datum fecha дата 日期 发布 发布日期 发布时间 更新时间 提交时间 测试时间 评测时间 创建时间 年份 月份 日付 公開日 날짜 출시일",
    "counts": (
        "anzahl nombre número numero количество число liczba stichprobe 数量 次数 个数 样本 样本数 样本量 题量 总量 票数 件数 問題数 サンプル数 回数 개수 문항수"
    ),
    "deviations": "streuung écart-type desviación отклонение погрешность odchylenie 方差 标准差 标准误 标准误差 误差 偏差 置信区间 p值 標準偏差 誤差 표준편차 오차",
    "how it was trained": "iterationen schritte epochen itérations étapes époques iteraciones pasos iterações passos iterazioni итерации итераций шаги эпохи iteracje kroki 学习率 步数 训练步数 轮数 训练轮数 迭代 种子 随机种子 批大小 批次大小 温度 学習率 エポック 학습률",
    "targets": "прогноз прогнозы prognose prévision previsión previsão previsione prognoza 预测值 预计 预期 预估 予測 예상 ziel zielwert objectif objetivo obiettivo цель cel 目标 目标值 阈值 门槛 及格线 目標 목표",
    "ids": "编号 版本 版本号 番号 バージョン 버전",
    "licences": "lizenz licencia licença licenza лицензия licencja 许可 许可证 开源协议 协议 ライセンス 라이선스",
    "links": "verweis lien enlace ссылка 链接 地址 下载 下载地址 下载链接 论文 代码 来源 リンク 출처 링크",
    "popularity": "点赞 点赞数 下载量 收藏",
    "names of people or houses": "anbieter hersteller fournisseur proveedor fornitore разработчик производитель 厂商 机构 公司 团队 开发者 開発元 회사",
    "words": "комментарий комментарии замечание kommentar commentaire comentario comentário commento komentarz 评论 コメント bemerkung anmerkung remarque observación nota note примечание uwagi 备注 说明 描述 架构 备考 備考 비고",
}
NO_SCORES_ELSEWHERE: Mapping[str, str] = {
    word.casefold(): kind for kind, words in _NOUNS.items() for word in words.split()
}
"""Kinds by nouns."""

_LONGEST_JOINED = 24
_COUNTS = ("数", "數")
_NO_COUNTS = (
    "分数", "得分数", "指数", "系数", "函数", "代数", "奥数", "计数", "质数", "复数", "整数", "小数", "偶数",
    "奇数", "中位数", "平均数", "众数", "概数", "級数", "级数", "對數", "对数", "点数", "點數",
)  # fmt: skip
"""Scores, and subjects of exams, that end like a number of things."""


def no_score_elsewhere(words: str) -> str | None:
    """What is counted or measured, by a noun of another language than English."""
    return _by_nouns(words) or (None if words.isascii() else _by_nouns(simplified(words)))


def _by_nouns(words: str) -> str | None:
    parts = words.split()
    for word in (*parts[:1], *parts[-1:]):
        if (kind := NO_SCORES_ELSEWHERE.get(word)) is not None:
            return kind
    if not parts or parts[-1].isascii():
        return None
    # Where nouns are joined, the last tells what the whole is.
    last = parts[-1]
    for place in range(1, min(len(last), _LONGEST_JOINED)):
        if len(last) - place > 1 and (kind := NO_SCORES_ELSEWHERE.get(last[place:])) is not None:
            return kind
    last = simplified(last)
    if last.endswith(_COUNTS) and not last.endswith(_NO_COUNTS) and len(last) > 1:
        return "counts"
    return None
