"""Chinese words of a new study: what columns were taken for and why, questions, comments in study.toml."""

from __future__ import annotations

__all__ = ["NEW"]

_TABLES = {
    "table.sales": "销售表", "table.press": "公开数字表", "table.reach": "触达表", "table.flow": "订单表（订单、积压）",
    "table.second_choices": "第二选择表", "table.markets": "市场表",
    "is.attribute": "属性", "is.nothing": "不用",
    "is.period": "时期", "is.brand": "品牌", "is.model": "型号", "is.cluster": "车系（同一产品）", "is.place": "地区", "is.price": "价格", "is.quantity": "销量", "is.first_known": "公布日",
    "is.entity": "主体", "is.metric": "指标", "is.value": "数值", "is.unit": "单位", "is.band": "价格带", "is.perimeter": "业务范围", "is.base": "统计口径", "is.source": "来源", "is.url": "网址", "is.kind": "事实或目标", "is.note": "备注",
    "is.awareness": "知名度", "is.consideration": "考虑率", "is.outlets": "门店数", "is.variants": "配置数", "is.respondents": "样本量",
    "is.orders": "订单", "is.cancellations": "退订", "is.backlog": "积压", "is.capacity": "产能", "is.deliveries": "交付",
    "is.bought": "所购品牌", "is.second": "第二选择", "is.count": "人数", "is.deflator": "物价水平", "is.size": "潜在买家",
}  # fmt: skip

_REASONS = {
    "role.given": "按您所说", "role.header": "看列名", "role.dates": "每一格都是时期", "role.few names": "名称不多，反复出现",
    "role.paid price": "有几列价格，取最接近实付的", "role.first of several": "有几列都像，取第一列", "role.money": "单元格里带货币单位",
    "role.counted": "有几列数量，取最接近销售的", "role.share": "是市场份额，表中没有销量", "role.counts": "整数，大小悬殊",
    "role.unique": "有了它，每一行才不重复", "role.not unique": "没有哪一列能让每一行不重复", "role.names": "名称，大多各不相同",
    "role.places": "同一型号在几个地区都有售", "role.coarser": "一个名称下有几款",
    "attribute.log": "都大于零，大小悬殊：取对数", "attribute.none": "按原数",
    "unused.no kind": "没看懂这张表", "unused.not asked for": "用不到", "unused.blank": "全空", "unused.constant": "每行都一样", "unused.text": "是文字；可用于 [scope] 或 [demand] 的 nest",
    "unused.date": "是日期", "unused.price": "另一种价格", "unused.quantity": "另一种数量", "unused.result": "是市场结果，不是产品本身", "unused.cost": "影响成本：可用于 [demand] 的 cost",
    "unused.id": "是编号", "unused.mostly blank": "空格太多：空一格就少用一行", "unused.fixed": "同一品牌同一时期各款都一样，它的价格与品牌分不开",
    "unused.market": "同一时期（及地区）各款都一样", "unused.price again": "换了写法的价格", "unused.copy": "与“{like}”说的是一回事", "unused.collinear": "由前面的属性就能推出",
    "unused.too many": "行数太少，不够再加一项属性",
    "open.kind": "列名看不出来", "open.lacking": "没有列名提到它",
}  # fmt: skip

_NEW = {
    "new.table": "{file}：看作{kind}，{rows} 行", "new.table unknown": "{file}：没看懂，{rows} 行", "new.head column": "列", "new.head is": "看作", "new.head why": "理由", "new.head example": "例如",
    "new.sure": "{why}", "new.unsure": "{why}（猜测）",
    "new.ask": "{question} [{guess}]：", "new.ask without": "{question}：", "new.options": "  {n}、{option}", "new.more": "  ……另有 {n} 个，请直接写名称",
    "new.ask kind": "{file} 是哪种表？", "new.ask column": "{file}：哪一列是{role}？（{why}）", "new.ask focal": "研究哪个品牌？（{why}）",
    "new.ask benchmarks": "与哪些高端品牌相比？可写几个，用逗号隔开，主要的放在最前。（{why}）", "new.ask currency": "价格的货币单位是什么？（{why}）",
    "new.ask unseen": "买家看得到、表中却没有的品质，最多值最强一项属性的几倍？（{why}）",
    "new.again": "没看懂：{answer}。请写编号，或列表中的名称。", "new.none": "都不是",
    "new.nobody": "这里无法提问，因此和 --yes 一样全部采用猜测；study.toml 中逐条标有“# 猜测”。",
    "new.yes": "全部采用猜测；study.toml 中逐条标有“# 猜测”。", "new.guesses": "以下没有人说过，由程序代定：{guesses}。", "new.guess": "{key}（{why}）",
    "new.written": "已写入：{file}", "new.copied": "已复制：{file}", "new.exists": "这里已有一个研究，没有改动它",
    "new.times": "{n} 倍", "new.brand": "{brand}（均价 {price}，{models} 款）",
}  # fmt: skip

_DRAFT = {
    "draft.head": "由 `halfstep new` 根据数据表写成。请通读一遍；每个键的说明见 docs/study.md。\n标有“猜测”的，都没有人说过。改好后运行 halfstep check，再运行 halfstep run。",
    "draft.guessed": "猜测（guessed）：{why}",
    "draft.dearest": "有三款以上的品牌中，它的均价最高（{price}）", "draft.sells most": "其余品牌中，它的销售额最大",
    "draft.most figures": "关于它的数字最多", "draft.next figures": "其次是它",
    "draft.no currency": "列名和单元格都没有写货币", "draft.as_of": "表中所知的最后一天", "draft.margin": "小于它的差距可以不计；请换成这个市场上平常的折扣，并写明理由",
    "draft.basis unsaid": "列名没有说是标价 list、成交价 transaction 还是补贴后价格 after_subsidy", "draft.edges": "价格的四分位数与最高一成附近的整数",
    "draft.unmeasured": "哪些是买家看得到、表中却没有的（外观、舒适、服务）？请逐项写在这里，并说明最多值多少，\n以最强一项属性的倍数计。结论按这些上限之内最坏的情况下；各项上限相加。",
    "draft.unseen": "最多与最强的一项属性相当",
    "draft.left out": "未用：{column}（{why}）",
    "draft.attributes": "产品是什么样的。请写给人看的名称，并注明买家想要多还是少：价格方向相反的会标出来。",
    "draft.better": "或 \"less\"（越少越好）", "draft.aliases": "只差大小写、全半角或空格的写法", "draft.pooling": "一年；品牌在一期内不足三款时合并计算",
    "draft.demand": "需求视角：从市场份额看买家愿意为什么付钱。它以工具变量为前提；有成本变量更好。",
    "draft.random": "买家之间的差别：谁对价格不那么敏感。要先在市场表中给出潜在买家的数目；计算较慢，不写就不算。",
    "draft.market word": "指整个市场的词", "draft.metrics": "各词对应哪个已知指标",
}  # fmt: skip

NEW: dict[str, str] = _TABLES | _REASONS | _NEW | _DRAFT
