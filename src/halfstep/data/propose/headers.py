"""What the header of a column says: its role, its unit, its currency; in Chinese and in English."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from halfstep.data.cells.quantities import currency, half_width

__all__ = ["BASES", "OUTCOMES", "ROLES", "Header", "Money", "money", "read_header", "slug"]

ROLES: dict[str, str] = {
    "period": "月份|年份|日期|时间|年月|月|年|季度|季|周期|期间|时期|报告期|统计月|date|month|year|quarter|period|time|yearmonth|ym",
    "brand": "品牌|厂商|厂家|制造商|车企|主机厂|brand|brands|make|maker|manufacturer|marque",
    "model": "车型|型号|机型|款型|车款|产品|商品|配置|版本|款式|品名|model|product|trim|variant|version|sku|item|nameplate",
    "series": "车系|系列|产品线|平台|世代|series|family|generation|platform|line",
    "price": "价格|售价|价|指导价|成交价|均价|单价|零售价|标价|报价|吊牌价|价钱|price|quote|msrp|asp|rrp|prices",
    "quantity": "销量|销售量|台数|辆数|件数|套数|上险量|上险数|上险|上牌量|上牌数|上牌|注册量|交付量|交付数|交付|订单量|订单数|订单|出货量|出货|批发量|零售量|"
    "成交量|数量|units|unit|sales|volume|quantity|qty|shipments|registrations|deliveries|sold|orders|unit sales",
    "share": "份额|市占率|占有率|市场份额|market share|share",
    "place": "地区|城市|省份|国家|区域|市场|大区|省|市|地域|country|region|market|place|city|province|area|state|geo",
    "launch": "上市|发售|launch|on sale|introduced",
    "first_known": "首次知晓|首次公布|公布日|公布日期|发布日期|披露日|披露日期|公布时间|发布时间|first known|published|publication date|release date|known since",
    "entity": "主体|实体|公司|企业|对象|entity|company|firm|subject",
    "metric": "指标|指标名称|项目|metric|indicator|measure",
    "value": "数值|数字|数据|取值|值|value|figure|number",
    "unit": "单位|计量单位|unit",
    "band": "价格带|价位段|价格段|价位|价格区间|band|price band|tier|price tier",
    "perimeter": "业务范围|业务|范围|板块|perimeter|scope|segment|business",
    "base": "口径|统计口径|base|basis",
    "source": "来源|数据来源|机构|出处|媒体|source|agency|publisher|tracker",
    "url": "链接|网址|原文链接|url|link|source url",
    "kind": "性质|类别|类型|kind|type",
    "about": "核实|核对|verified|derived|checked|quality|conflict|rule",
    "note": "备注|说明|注|附注|note|notes|comment|remark|remarks",
    "awareness": "知名度|认知度|认知率|知晓率|awareness|aware",
    "consideration": "考虑率|考虑度|购买考虑|意向率|consideration|considered",
    "outlets": "门店|门店数|网点|网点数|经销商|经销商数|店数|渠道数|outlets|stores|dealers|dealerships|shops|points of sale",
    "variants": "款数|配置数|sku数|variants|number of variants",
    "respondents": "样本量|样本数|样本|受访人数|受访者|respondents|sample|sample size|interviews",
    "orders": "订单|订单量|订单数|新增订单|大定|orders|bookings|new orders",
    "cancellations": "退订|退订量|退订数|取消|取消订单|退单|cancellations|cancelled|canceled",
    "backlog": "积压|积压订单|在手订单|待交付|未交付|未交付订单|backlog|open orders|order book",
    "capacity": "产能|capacity",
    "deliveries": "交付|交付量|交付数|deliveries|delivered",
    "bought": "购买品牌|所购品牌|成交品牌|已购品牌|购买|bought|purchased|chosen|brand bought|to",
    "second": "第二选择|备选|备选品牌|次选|次选品牌|对比品牌|second|second choice|second brand|alternative|from",
    "count": "人数|买家数|用户数|样本|数量|次数|count|buyers|respondents|people|n",
    "deflator": "平减指数|价格指数|物价指数|cpi|deflator|price index|price level",
    "size": "市场规模|潜在买家|潜在用户|潜在客户|家庭数|户数|人口|市场容量|size|market size|households|population|potential buyers",
    "result": "销售额|金额|营收|收入|产值|折扣|折扣率|优惠|优惠幅度|补贴|返利|排名|名次|同比|环比|增速|增长|增长率|增幅|毛利|毛利率|利润|库存|指数|revenue|turnover|sales value|"
    "discount|incentive|subsidy|rebate|rank|ranking|growth|yoy|mom|margin|profit|stock|inventory|index number",
    "cost": "成本|运费|关税|汇率|cost|freight|tariff|duty|exchange rate",
    "id": "编号|序号|代码|编码|行号|集团|母公司|firm|group|owner|id|index|no|code|key|row|uid",
}
"""Role -> words for it. Of two that fit, the one at the end of a header counts: 品牌销量 is a quantity."""

BASES = {
    "after_subsidy": "补贴后|国补后|after subsidy|net of subsidy",
    "transaction": "成交|实付|到手|报价|dealer|quote|裸车|券后|开票|实际|均价|transaction|paid|street|asp|average selling",
    "list": "指导|标价|官方|官价|起售|吊牌|建议|厂商|list|msrp|rrp|sticker|recommended|retail price",
}
OUTCOMES = {
    "registrations": "上险|上牌|注册|登记|registration",
    "deliveries": "交付|deliver",
    "orders": "订单|大定|order|booking",
}
_CURRENCY = {
    "CNY": ("yuan", "元"), "USD": ("US dollars", "美元"), "EUR": ("euros", "欧元"), "GBP": ("pounds", "英镑"),
    "HKD": ("Hong Kong dollars", "港元"), "JPY": ("yen", "日元"),
}  # fmt: skip
_SCALES = {
    "": ("", ""), "千": ("thousand ", "千"), "k": ("thousand ", "千"), "thousand": ("thousand ", "千"),
    "万": ("ten thousand ", "万"), "wan": ("ten thousand ", "万"), "百万": ("million ", "百万"), "m": ("million ", "百万"),
    "mn": ("million ", "百万"), "million": ("million ", "百万"), "亿": ("hundred million ", "亿"),
}  # fmt: skip
_BRACKETED = re.compile(r"[(\[{（【]([^)\]}）】]*)[)\]}）】]")
_BETWEEN = re.compile(r"[\s_\-./:：|]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TAIL = re.compile(r"(?: name| id| code| key| min| max| mean| median| avg| low| high|名称|名)$")


@dataclass(frozen=True, slots=True)
class Header:
    """A header as read.

    Attributes
    ----------
    text
        Without its unit, in small letters, words parted by single blanks.
    unit
        What stands in brackets, after a slash or as a last word that is a currency; "" where nothing does.
    """

    text: str
    unit: str

    def fit(self, role: str) -> float:
        """Return how well the header says a role: 1 exactly, .8 at its end, .5 elsewhere, 0 not at all."""
        return self.like(ROLES[role])

    def like(self, words: str) -> float:
        """Return how well the header says one of some words, parted by "|", on the same scale."""
        bare = _TAIL.sub("", self.text)
        fits = [_fit(self.text, word) for word in words.split("|")]
        return max(*fits, *(0.9 * _fit(bare, word) for word in words.split("|") if bare))

    def says(self, groups: dict[str, str]) -> str:
        """Return the first group of words of which the header holds one; "" where it holds none."""
        for name, words in groups.items():
            if any(_fit(self.text, word) or (not word.isascii() and word in self.text) for word in words.split("|")):
                return name
        return ""


@dataclass(frozen=True, slots=True)
class Money:
    """A money unit in both languages."""

    en: str
    zh: str


def read_header(name: str) -> Header:
    """Read a header.

    Examples
    --------
    >>> read_header("厂商指导价（万元）"), read_header("price_eur")
    (Header(text='厂商指导价', unit='万元'), Header(text='price', unit='eur'))
    """
    plain = half_width(name)
    units = _BRACKETED.findall(plain)
    plain = _BRACKETED.sub(" ", plain)
    before, slash, after = plain.rpartition("/")
    if slash and before.strip() and money(after.strip()):
        plain, units = before, [*units, after]
    words = [word for word in _BETWEEN.split(_HUMP.sub(" ", plain)) if word]
    words = [word.casefold() for word in words]
    if not units and len(words) > 1 and money(words[-1]):
        units = [words.pop()]
        if words[-1] in _SCALES:
            units = [words.pop() + units[0]]
    return Header(" ".join(words), units[-1].strip() if units else "")


def money(unit: str) -> Money | None:
    """Return the money unit that a text names; None where it names none.

    Examples
    --------
    >>> money("万元"), money("thousand USD"), money("kW")
    (Money(en='ten thousand yuan', zh='万元'), Money(en='thousand US dollars', zh='千美元'), None)
    """
    text = half_width(unit).casefold().replace(" ", "")
    for scale, (en, zh) in sorted(_SCALES.items(), key=lambda item: -len(item[0])):
        if text == "wan":
            return Money("ten thousand yuan", "万元")
        if text.startswith(scale):
            code = currency(text.removeprefix(scale))
            if code in _CURRENCY:
                return Money(en + _CURRENCY[code][0], zh + _CURRENCY[code][1])
    return None


def slug(name: str, taken: Iterable[str]) -> str:
    """Return an id for an attribute: the header's Latin words where they are most of it, else attr_1, attr_2, …

    Examples
    --------
    >>> slug("Capacity (kg)", ()), slug("续航(km)", ()), slug("CLTC续航里程", ("attr_1",))
    ('capacity', 'attr_1', 'attr_2')
    """
    text = read_header(name).text
    latin = re.sub(r"[^a-z0-9]+", "_", text).strip("_")
    used = set(taken)
    if latin and latin[0].isalpha() and 2 * len(latin) > len(text):
        candidates = [latin, *(f"{latin}_{i}" for i in range(2, len(used) + 3))]
    else:
        candidates = [f"attr_{i}" for i in range(1, len(used) + 2)]
    return next(name for name in candidates if name not in used)


def _fit(text: str, word: str) -> float:
    if text == word:
        return 1.0
    if not word.isascii():
        if len(word) == 1:  # 年, 月, 价, 市: too short to be looked for inside other words
            return 0.7 if text.endswith(word) and word in "价" else 0.0
        return 0.8 if text.endswith(word) else 0.5 if word in text else 0.0
    words, wanted = text.split(" "), word.split(" ")
    if words[-len(wanted) :] == wanted:
        return 0.8
    starts = range(len(words) - len(wanted))
    return 0.5 if any(words[i : i + len(wanted)] == wanted for i in starts) else 0.0
