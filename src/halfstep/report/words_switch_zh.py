"""Chinese words of the rows counted otherwise."""

from __future__ import annotations

__all__ = ["SWITCH"]

SWITCH: dict[str, str] = {
    "ui.counted how": "计数口径", "ui.all places": "全部", "ui.switch": "，", "ui.switch last": "，", "ui.edges": "、", "ui.edges last": "、",
    "ui.subbrands none": "无", "ui.subbrands in": "计入所属品牌", "ui.subbrands apart": "单列",
    "subbrands.in": "计入子品牌", "subbrands.apart": "不计子品牌",
    "find.position note": "份额由表直接数出，没有抽样误差。价格口径：{basis}；数量口径：{kind}；子品牌：{subbrands}；地区：{places}。",
    "find.switch heading": "同样的行，换一种口径：{focal}，{period}", "find.switch title": "{period}，{focal}在各种口径下",
    "find.switch share": "{share}", "find.switch share change": "{share}（{change}）",
    "find.switch share rank": "{share}，第 {rank}", "find.switch share change rank": "{share}（{change}），第 {rank}",
    "find.switch caption": "该价格及以上的销售份额与名次。粗体为本研究的口径。◆：与本研究的口径相比，关于该价格的某个结论反转。",
    "find.switch caption change": "该价格及以上的销售份额、比 {before} 增减的百分点（括号内）与名次。粗体为本研究的口径。◆：与本研究的口径相比，关于该价格的某个结论反转。",
    "find.switch some": "共 {conclusions} 个结论（各价格以上是否第一、是否多于各基准品牌、份额一年来是否上升），在 {settings} 种口径下，有 {turned} 个会反转：",
    "find.switch none": "共 {conclusions} 个结论（各价格以上是否第一、是否多于各基准品牌、份额一年来是否上升），换遍 {settings} 种口径，没有一个反转。",
    "find.switch claim first": "{focal}在 {edges} 及以上排名第一", "find.switch claim ahead": "{focal}在 {edges} 及以上卖得比{benchmark}多",
    "find.switch claim rose": "{focal}在 {edges} 及以上的份额比 {before} 上升",
    "find.switch turned yes": "“{claim}”：按本研究的口径成立，改用以下口径则不成立：{ways}。",
    "find.switch turned no": "“{claim}”：按本研究的口径不成立，改用以下口径则成立：{ways}。",
    "find.switch blank": "所比两期中有 {rows} 行没有{basis}，按{basis}计数时不含这些行；只有与去掉同样各行后的本研究口径也不一致，才算反转。",
    "find.subsidy": "补贴后价格：{rules}。来源：{source}。", "find.subsidy rate": "{basis}减去 {rate}",
    "find.subsidy most": "每件最多减 {limit}", "find.subsidy up to": "仅限价格不超过 {limit}", "find.subsidy among": "仅限 {column} 为 {values}",
    "find.subsidy first": "{period}起", "find.subsidy last": "至{period}止",
    "what.share above the edge, counted otherwise": "该价格及以上的份额", "what.rank above the edge, counted otherwise": "该价格及以上的名次",
    "what.share of the band, counted otherwise": "价格带份额", "what.change of the share above the edge, counted otherwise": "该价格及以上的份额一年来的变化",
    "why.conclusions turn when counted otherwise": "关于高价格带的 {conclusions} 个结论，同样的行换一种口径来数（共 {settings} 种），有 {turned} 个会反转。",
    "why.no conclusion turns when counted otherwise": "关于高价格带的 {conclusions} 个结论，同样的行换一种口径来数（共 {settings} 种），没有一个反转。",
    "do.say how it was counted": "引用这些份额时，注明价格口径、按销量还是按金额、是否计入子品牌；见“同样的行，换一种口径”。",
    "method.position.switch": "按所选价格口径，品牌在该价格及以上的销量（或金额，即销量乘以该口径的价格）除以全部品牌的同一合计；计入子品牌时，子品牌并入所属品牌。各种口径用的是同样的行。",
}  # fmt: skip
