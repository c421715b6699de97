"""论断与预测的中文用词。"""

from __future__ import annotations

__all__ = ["DOCKET_WHY_ZH", "DOCKET_ZH"]

_PAGE = {
    "ui.section docket": "论断及其结果", "room.docket": "论断与预测", "stage.docket": "论断与预测",
    "ui.claim claim": "论断（转述）", "ui.claim where": "出处与说话人", "ui.claim strength": "类别、语气与口径",
    "ui.claim verdict": "结论", "ui.claim hangs on": "依据", "ui.claim needs": "如何才能检验",
    "ui.forecast what": "预测", "ui.forecast dates": "日期", "ui.forecast rule": "何为应验", "ui.forecast given": "给出的概率或区间",
    "ui.forecast status": "状态", "ui.forecast outcome": "结果与得分",
    "ui.also": "且", "ui.also last": "且", "ui.axis coverage": "实际覆盖率，%",
    "find.docket about": "论断均为转述，原文见链接。每条论断逐个来源与公开数字、与本次计算的结果相比对，从不平均。仅凭文字不足以支持任何论断；由论断推出的结果可以否定它，不能证明它。",
    "find.docket source": "出处：{source}。", "find.docket source at": "出处：{source}（{page}）。",
    "find.docket tally": "共 {n} 条论断：{supported} 条经各来源核对成立，{contradicted} 条与数据不符，{mixed} 条只在部分内容或部分来源上成立，{not_testable} 条凭现有数据无法检验。",
    "find.docket clashes": "原文中无论数据如何都不能同时成立的论断", "find.docket checks": "阅读结论时须一并留意", "find.docket settle": "哪些数据能把悬而未决之处定下来",
    "find.claims title": "论断", "find.claims clash": "{first}与{second}。",
    "find.claim paragraph": "第{paragraph}段", "find.claim place": "{paragraph}", "find.claim base": "口径：{base}", "find.quoted": "“{text}”",
    "find.with unit": "{amount}{unit}", "find.region is": "恰为{end}", "find.region at least": "至少{end}", "find.region above": "超过{end}",
    "find.region at most": "至多{end}", "find.region below": "不到{end}", "find.region any": "任何值",
    "find.look": "{quantity}：{seen}；须为{region}；{outcome}。", "find.look by": "{quantity}（{by}）：{seen}；须为{region}；{outcome}。",
    "find.look none": "{quantity}：须为{region}；{outcome}。", "find.look refused": "没有数字：{why}", "find.look open": "{outcome}：{why}",
    "find.look consequence": "{outcome}，但这只是由论断推出的结果，不能证明论断", "find.then": "{text}{do}",
    "claim outcome.holds": "成立", "claim outcome.fails": "不成立", "claim outcome.open": "未定",
    "label.supported": "成立", "label.contradicted": "与数据不符", "label.mixed": "部分成立", "label.not testable": "凭现有数据无法检验",
    "claim kind.fact": "事实", "claim kind.forecast": "预测", "claim kind.causal": "因果", "claim kind.necessity": "必要条件", "claim kind.equivalence": "等同", "claim kind.opinion": "看法",
    "hedge.none": "断言", "hedge.more than": "下限：超过", "hedge.at most": "上限：不超过", "hedge.about": "约数",
    "hedge.part": "只说一部分", "hedge.mostly": "说的是大部分", "hedge.possibly": "语气弱：可能", "hedge.probably": "语气较强：很可能", "hedge.suspected": "语气弱：疑似",
    "grade.A": "A 级（公司或机构数字）", "grade.B": "B 级（转述数字）", "grade.C": "C 级（自行推断）", "grade.D": "D 级（传闻）",
    "head.statement": "论断", "head.paragraph": "段落", "head.speaker": "说话人", "head.hedge": "语气", "head.grade": "等级", "head.base": "口径", "head.hangs on": "依据", "head.against": "不能与之同时成立",
    "head.forecast": "预测", "head.fate": "状态", "head.by": "预测者", "head.made": "作出日期", "head.fixed": "规则写定日期", "head.due": "到期", "head.rule": "何为应验", "head.form": "形式",
    "head.region from": "所需下限", "head.region to": "所需上限", "head.outcome": "结果", "head.seen from": "实际下限", "head.seen to": "实际上限", "head.brier": "Brier 得分",
    "head.interval score": "区间得分", "head.back-test": "是否回测", "head.claim kind": "类别", "head.paragraph url": "网页", "head.given from": "给出的下限", "head.given to": "给出的上限",
    "head.as of": "所指日期", "head.claim id": "编号", "head.label": "结论", "head.late": "是否回测",
    "sheet.claims": "论断", "sheet.forecasts": "预测", "about.claims": "每条论断、其结论与依据。", "about.forecasts": "每项预测、其规则、给出的概率或区间与结果。",
    "head.dim claim": "论断", "head.dim source": "来源", "head.dim quantity": "量", "head.dim p": "给出的概率", "head.dim bin": "给出的概率", "head.dim forecast": "预测",
    "find.forecasts title": "预测", "find.forecast by": "预测者：{by}", "find.forecast made": "作出于{day}", "find.forecast fixed": "规则写定于{day}", "find.forecast due": "到期日{day}",
    "find.forecast late": "规则写定时结果已经公布：属于回测，不是预测。",
    "find.forecast event": "应验", "find.forecast p": "概率{p}：{event}", "find.forecast interval": "{interval}（{level} 区间）", "find.forecast interval bare": "{interval}",
    "find.forecast unscored": "未给概率；{event}", "find.forecast seen": "实际：{seen}", "find.forecast brier": "Brier 得分{score}（0 最好，1 最差）", "find.forecast interval score": "区间得分{score}（越小越好）",
    "forecast status.open": "未到期", "forecast status.resolved": "已揭晓", "forecast status.overdue": "逾期未知", "forecast status.not yet made": "尚未作出",
    "forecast outcome.event yes": "应验", "forecast outcome.event no": "未应验", "forecast outcome.interval yes": "落在区间内", "forecast outcome.interval no": "落在区间外",
    "find.calibration title": "区间有多少次包住了实际结果", "find.calibration row": "{level} 区间", "find.calibration row of": "{level} 区间（{label}）",
    "find.calibration caption": "圆点为回测区间包住实际结果的比例，横线为该比例的区间。校准良好时，圆点应落在左侧所标的水平上。",
    "left.claims, after as_of": "截止日之后的论断", "find.kept claims": "判定了{file}中的{rows}条论断。",
}  # fmt: skip

_REASONS = {
    "claim reason.all hold": "所说各项经各来源核对均成立。", "claim reason.fails": "所说之事有不成立的。", "claim reason.consequence fails": "若其为真则应出现的结果没有出现。",
    "claim reason.sources disagree": "有的来源支持，有的来源相反。", "claim reason.parts disagree": "一部分成立，另一部分不成立。",
    "claim reason.came true": "已经应验。", "claim reason.did not come true": "没有应验。",
    "claim reason.no look": "研究中没有数据能看到它。", "claim reason.no resolution rule": "没有写明何为应验。", "claim reason.some open": "部分成立，其余未定。",
    "claim reason.only consequences": "看到的都只是由它推出的结果，不能证明它。", "claim reason.nothing decides": "有几个部分，均未定。",
    "claim reason.straddles": "看到的数值横跨所需界限两侧。", "claim reason.refused": "应当给出数字的部分没有给出。", "claim reason.undecided": "所依据的结论自身未定。",
    "claim reason.not comparable": "对数字要求了标签，或对结论要求了数值。", "claim reason.no such estimate": "本次运行没有这个数字或结论。", "claim reason.no figure": "没有对应的公开数字。",
    "claim reason.other bases": "各数字的口径、范围、地域、单位或来源不同。", "claim reason.cannot be added": "这些数字不能相加。", "claim reason.counted twice": "同一批会被重复计入。",
    "claim reason.may be zero": "除数可能为零。", "claim reason.not due": "尚未到期。", "claim reason.not yet made": "在截止日之后才作出。", "claim reason.overdue": "按期应已可知，但仍未知。",
    "claim open.straddles": "横跨界限两侧", "claim open.refused": "没有给出数字", "claim open.undecided": "该结论自身未定", "claim open.not comparable": "对数字要求了标签，或对结论要求了数值",
    "claim open.no look": "研究无从看到它", "claim open.no such estimate": "本次运行没有这个数字或结论", "claim open.no figure": "没有对应的公开数字",
    "claim open.other bases": "各数字的口径、范围、地域、单位或来源不同", "claim open.cannot be added": "这些数字不能相加", "claim open.counted twice": "同一批会被重复计入",
    "claim open.may be zero": "除数可能为零", "claim open.not due": "尚未到期", "claim open.not yet made": "在截止日之后才作出", "claim open.overdue": "按期应已可知，但仍未知",
    "claim open.not known yet": "截止日时尚未公布",
    "forecast reason.not yet made": "在截止日之后才作出", "forecast reason.not due": "尚未到期", "forecast reason.no quantity": "没有写明由什么揭晓", "forecast reason.no region": "没有写明应落在什么范围",
    "forecast reason.no answer": "本研究自己的问题没有得到数字", "forecast reason.sources disagree": "各来源不一致", "forecast reason.score open": "已揭晓；得分取决于数字尚留的余地",
    "forecast reason.straddles": "看到的数值横跨界限两侧", "forecast reason.refused": "没有给出数字", "forecast reason.undecided": "用来揭晓的结论自身未定", "forecast reason.not comparable": "对数字要求了标签，或对结论要求了数值",
    "forecast reason.no look": "研究无从看到它", "forecast reason.no such estimate": "本次运行没有这个数字或结论", "forecast reason.no figure": "没有对应的公开数字",
    "forecast reason.other bases": "各数字的口径、范围、地域、单位或来源不同", "forecast reason.cannot be added": "这些数字不能相加", "forecast reason.counted twice": "同一批会被重复计入", "forecast reason.may be zero": "除数可能为零",
    "needs.a closer figure": "更精确的数字", "needs.a printed figure of it": "有关它的公开数字", "needs.figures on one base": "同一来源、同一口径、同一范围与地域的数字",
    "needs.figures that may be added": "可以相加的数字", "needs.a run that computes it": "能算出它的一次运行", "needs.a comparison with what would have been": "与“若未发生会怎样”的比较：带有未受波及对象的事件分析，或实验",
    "needs.a rule that resolves it": "写明何为应验的规则（[[docket.forecasts]]）", "needs.the day it is due": "到期之日", "needs.the figure that resolves it": "用来揭晓的数字",
    "needs.sources that agree": "彼此一致的来源，或采信其中之一的理由", "needs.ten resolved forecasts": "十项已揭晓的预测",
    "why.docket no figure": "没有对应的公开数字。", "why.docket other bases": "各数字的口径、范围、地域、单位或来源不同。", "why.docket cannot be added": "这些数字不能相加。",
    "why.docket counted twice": "同一批会被重复计入。", "why.docket may be zero": "除数可能为零。", "why.docket few forecasts": "已揭晓的预测太少。",
    "claim open.docket no figure": "没有对应的公开数字", "claim open.docket other bases": "各数字的口径、范围、地域、单位或来源不同", "claim open.docket cannot be added": "这些数字不能相加",
    "claim open.docket counted twice": "同一批会被重复计入", "claim open.docket may be zero": "除数可能为零", "claim open.docket few forecasts": "已揭晓的预测太少",
    "method.docket.figure": "公开数字本身：其措辞与四舍五入所容许的全部取值。", "method.docket.sum": "同一口径、范围、地域、单位与来源的公开数字逐端加减。",
    "method.docket.ratio": "同一口径、范围、地域与来源的两个公开数字逐端相除。", "method.docket.peak": "同一口径、范围、地域、单位与来源的公开数字中最大或最小的一个，逐端取值。", "method.docket.rank": "按单一来源，数出必然更大与可能更大的品牌。",
    "method.docket.brier": "已揭晓预测的 (p − 结果)² 的均值（Brier 1950）。", "method.docket.calibration": "给出同一概率的预测有多少应验。",
    "what.docket quantity": "论断所说的量", "what.docket rank": "单一来源下的排名", "what.mean Brier score": "平均 Brier 得分", "what.share that came true": "应验的比例",
    "assume.printed figures are added": "相加的数字说的是同类事物，且互不重复。", "assume.printed figures are divided": "相除的数字口径相同。", "assume.printed figures are subtracted": "减去的部分包含在被减的整体之中。",
    "why.docket tally": "判定了 {claims} 条论断：成立 {supported}，与数据不符 {contradicted}，部分成立 {mixed}，无法检验 {not_testable}。", "why.docket says the same of all": "全部 {claims} 条论断得到同一结论（{label}）：研究设定或数字有问题。",
    "why.claims contradict": "{first}与{second}不能同时成立：同一个量（{quantity}），前者要求{first_region}，后者要求{second_region}。", "why.claim contradicts itself": "{claim}对同一个量（{quantity}）的要求自相矛盾。",
    "why.claims agree": "没有两条论断对同一个量提出不能同时成立的要求（{quantities} 个量，{claims} 条论断）。",
    "why.docket nests": "{quantity}：更好的数据（{higher_by}）所容许的范围包含在其他数据（{lower_by}）之内。", "why.docket wider": "{quantity}：更好的数据（{higher_by}）反而比其他数据（{lower_by}）容许得更宽，因为它假定得更少。",
    "why.docket elsewhere": "{quantity}：更好的数据（{higher_by}）与其他数据（{lower_by}）互相排斥。", "why.docket hedge": "{claim}带有语气限定（{hedge}），这里以{quantity}的{region}来衡量：请确认这是否是它的意思。",
    "why.docket not causal": "{claim}说的是原因；所见的{quantity}没有与“若未发生会怎样”相比，只作为由它推出的结果。",
    "why.docket forecasts": "{forecasts} 项预测中 {resolved} 项已揭晓，{open} 项未到期，{overdue} 项逾期，{not_yet_made} 项尚未作出。已揭晓的：{events} 项事件中 {came_true} 项应验，{intervals} 个区间中 {held} 个包住实际；其中 {late} 项属于回测。",
    "do.docket look again": "请重新核对界限与数字。", "needs.cases that did without it": "没有它也做到的例子", "needs.a definition that can be measured": "可以度量的定义", "needs.a look at what it says": "能显示其所说内容的数字、估计或结论（[[docket.says]]）",
    "head.dim probability": "给出的概率", "ui.unit score": "分",
}  # fmt: skip

_CEO = {
    "ceo.head": "写给首席执行官的五句话", "ceo.line": "{text}什么会改变我的判断：{change}。", "ceo.line whole": "{text}什么会改变我的判断：{change}",
    "ceo.ahead": "以{day}所知：{told}。", "ceo.units": "{asked}为 {value}（{level} 区间 {interval}）", "ceo.chance": "{asked}的概率为{p}", "ceo.chance range": "{asked}的概率为{p}（视单位成本的读法为{interval}）",
    "ceo.halves": "{focal}对{benchmark}：产品半步{product}；品牌半步{name}。", "ceo.no distance": "{focal}与{benchmark}差多少钱、缺的是哪一半，凭现有数据无法得知。{why}",
    "ceo.no sales": "没有逐款的价格、配置与销量。", "ceo.need sales": "一张销售表：每款每期一行，含价格、销量与买家会比较的配置", "ceo.change none": "本次运行指不出什么会改变它",
    "ceo.position counted": "{period}，{edge}以上的市场中{focal}占{share}（按销量与按销售额之间）。", "ceo.position printed": "在高价位中，{focal}的份额：{shares}。",
    "ceo.share": "{label}为{share}", "ceo.ranks": "{focal}的排名（{period}，{band}）：{ranks}。", "ceo.no position": "{focal}在高价位处于什么位置无法得知：既无公开数字，也无销售表。",
    "ceo.need position": "带来源的分价位份额或排名（press 表），或带 [bands] 的销售表", "ceo.change counted": "换一种计法：地域、子品牌或价格口径；“位置”一节写明哪些会使结论翻转",
    "ceo.change sources": "同一口径下对全部品牌的一次统计；目前是否第一取决于来源", "ceo.change printed": "各价位的规模，或以市场销售表代替四舍五入的份额",
    "ceo.no event": "是什么改变了{focal}的需求无法得知：没有给出带结果指标的事件。", "ceo.need event": "带日期的事件（[[events]]），以及该品牌和十几个其他对象按周或按月的结果指标（outcomes 表），宜用订单而非交付",
    "ceo.change event": "另一种估计方法或另一组未受波及的对象，其结果排除这一区间",
    "ceo.orders by base": "“{event}”之后的交付量不能反映需求；由公开数字推断，{brand}的净订单变化为{interval}，视以事件前哪个月为基期而定（各取 {level}；未计入估算订单者自身的误差）。",
    "find.settle": "{data}：{size}",
    "ceo.orders inferred": "“{event}”之后的交付量不能反映需求；由公开数字推断，{brand}的净订单变化为{interval}（{level} 区间）。",
    "ceo.rivals": "{n} 种其他解释中有 {left} 种未被数据排除，因此不能归于单一原因。", "ceo.rivals untested": "列出的 {n} 种其他解释在此均无法检验，因此不能归于单一原因。", "ceo.rivals none": "所列 {n} 种其他解释均与数据不符；未列出的仍有可能。",
    "ceo.change orders known": "公司掌握的逐月订单与退订，以代替由公开数字推断的订单", "ceo.change orders": "逐月的订单、退订与未交付订单：没有它们，预测的只是产出",
    "ceo.forecasts": "在案 {n} 项预测中 {resolved} 项已揭晓，其中 {true} 项应验，{open} 项未揭晓；本研究没有要求自己的预测。", "ceo.no ahead": "{focal}接下来会怎样无法得知：没有其逐月数据。",
    "ceo.need ramp": "该厂商的逐月数量（ramp 表）、其他厂商的逐月数量（ramps 表），以及按季度的收入、毛利率与利润（press 表）", "ceo.no claims": "没有核对任何论断：没有论断表。", "ceo.need claims": "一张论断表：每行一条，用自己的话转述（claims 表）",
    "ceo.claims": "{source}一文的 {n} 条论断中，{supported} 条成立，{contradicted} 条与数据不符，{mixed} 条部分成立，{not_testable} 条凭现有数据无法检验：成立的比例为{range}，视后者而定。",
    "ceo.the source": "所引", "ceo.change claims": "与此处公开数字相排斥的新数字",
}  # fmt: skip

DOCKET_WHY_ZH: dict[str, str] = {
    f"why.{key.partition('.')[2]}": text
    for key, text in _REASONS.items()
    if key.startswith(("needs.", "forecast reason.", "claim reason."))
}
"""同一批原因；其他部分已有用词时以其为准。"""

DOCKET_ZH: dict[str, str] = _PAGE | _REASONS | _CEO
"""论断、预测与五句话的用词。"""
