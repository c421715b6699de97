"""Chinese words."""

from __future__ import annotations

from halfstep.report.words_ask_zh import ASK
from halfstep.report.words_cells_zh import CELLS_ZH
from halfstep.report.words_choice_zh import CHOICE
from halfstep.report.words_demand_zh import DEMAND
from halfstep.report.words_design_zh import DESIGN
from halfstep.report.words_docket_zh import DOCKET_WHY_ZH, DOCKET_ZH
from halfstep.report.words_events_zh import EVENTS
from halfstep.report.words_files_zh import FILES
from halfstep.report.words_new_zh import NEW
from halfstep.report.words_press_zh import PRESS
from halfstep.report.words_ramp_zh import RAMP_ZH
from halfstep.report.words_random_zh import RANDOM
from halfstep.report.words_read_zh import READ_ZH
from halfstep.report.words_skeleton_zh import SKELETON
from halfstep.report.words_switch_zh import SWITCH
from halfstep.report.words_teach_zh import TEACH
from halfstep.report.words_voice_check_zh import VOICE_CHECK
from halfstep.report.words_voice_zh import VOICE

__all__ = ["NUMBERS", "ZH"]

NUMBERS = {
    "to": "{lo} 至 {hi}",
    "both": "{value}（{interval}）",
    "behind": "差 {value}",
    "in front": "高出 {value}",
    "any behind": "差任意多",
    "any in front": "高出任意多",
    "level": "持平",
    "across": "{lo} 到{hi}",
    "at least": "{value} 及以上",
    "at most": "至多 {value}",
    "anything": "任何值",
    "large": "1e8",
    "large unit": " 亿",
}

_UI = {
    "ui.and": "、", "ui.and last": "和", "ui.list": "；", "ui.list last": "；", "ui.then": "", "ui.then last": "", "ui.until": "至", "ui.until last": "至", "ui.or": "、", "ui.or last": "或",
    "ui.segment all": "全部产品",
    "ui.language": "English", "ui.print": "打印", "ui.close": "关闭", "ui.origin": "这个数从哪里来",
    "ui.id": "编号", "ui.value": "数值", "ui.interval": "区间", "ui.level": "覆盖率", "ui.unit": "单位", "ui.n": "所依据的行数",
    "ui.tier": "证据等级", "ui.method": "方法", "ui.rows": "文件中的行", "ui.rows used": "参与计算的行数",
    "ui.assumptions": "前提", "ui.exact": "直接计数，没有抽样误差", "ui.setting": "研究文件中事先定下",
    "ui.p short": "落后的概率", "ui.p met": "已达到的概率", "ui.p ahead": "领先的概率", "ui.family": "一并判定的比较数",
    "ui.freedom": "自由度", "ui.set": "只给范围，范围内没有最佳估计", "ui.table": "数据表", "ui.units": "单位",
    "ui.unit share": "份额", "ui.unit log points": "对数点", "ui.unit probability": "概率", "ui.unit rank": "名次", "ui.unit models": "款",
    "ui.unit period": "时期", "ui.unit Herfindahl index": "赫芬达尔指数", "ui.unit share and rank": "份额与名次", "ui.unit log points per unit": "每单位对数点",
    "ui.contents": "目录", "ui.click": "带下划线的数字都可以点开，看它从哪里来。", "ui.report of": "半步",
    "ui.one before": "前一期", "ui.at": "当期", "ui.one after": "后一期", "ui.two after": "后第二期",
    "ui.none": "–", "ui.brand": "品牌", "ui.period": "时期", "ui.both": "两半",
    "ui.half": "哪一半", "ui.verdict": "结论", "ui.benchmark": "基准品牌", "ui.segment": "范围",
    "ui.gap": "差距", "ui.p": "概率", "ui.margin": "界限", "ui.deciding margin": "改变结论的界限", "ui.breaking": "推翻强度", "ui.why": "原因",
    "ui.naive": "读法", "ui.naive says": "它的结论", "ui.we say": "本报告", "ui.difference": "相差", "ui.flips": "决策",
    "ui.flip yes": "改变", "ui.flip no": "不变", "ui.check": "检查", "ui.status": "结果", "ui.do": "怎么办",
    "ui.file": "文件", "ui.sha": "sha256", "ui.program": "程序", "ui.version": "版本", "ui.reason": "原因", "ui.count": "行数",
    "ui.cause": "原因", "ui.from to": "起止", "ui.cut": "价格不低于", "ui.total": "合计", "ui.choice": "换一种做法",
    "ui.models": "车型", "ui.largest": "最大单品", "ui.best rank": "最好名次", "ui.stretches": "在哪些价格之上排第一",
    "ui.Herfindahl": "赫芬达尔指数", "ui.below": "{hi} 以下", "ui.band": "{lo}–{hi}", "ui.above": "{lo} 及以上", "ui.never": "没有",
    "ui.event": "事件", "ui.number": "序号", "ui.source": "来源",
    "ui.section map": "半步图", "ui.section rows": "差距拆到每项属性", "ui.section path": "品牌半步的走势",
    "ui.section position": "市场位置", "ui.section verdicts": "全部结论", "ui.section moves": "换一种拆法会怎样",
    "ui.section readings": "直观读法错多少", "ui.section checks": "检查、局限与前提", "ui.section provenance": "数字的出处",
    "ui.verdict title": "结论",
    "ui.axis map x": "产品半步", "ui.axis map y": "品牌半步", "ui.axis short": "落后", "ui.axis ahead": "领先", "ui.margin box": "界限",
    "ui.quadrant short ahead": "产品落后，品牌领先", "ui.quadrant ahead ahead": "两半都领先",
    "ui.quadrant short short": "两半都落后", "ui.quadrant ahead short": "产品领先，品牌落后",
    "ui.axis threshold": "价格门槛，{unit}", "ui.axis share above": "该价格及以上的销售份额", "ui.axis percentile": "在市场价格中的平均百分位",
    "ui.axis period": "时期", "ui.axis gap": "基准品牌减本品牌，{unit}",
    "subject.product": "产品半步", "subject.name": "品牌半步", "ui.what would change it": "什么会改变这个结论，金额单位为{unit}",
    "label.ahead": "领先", "label.short": "落后", "label.met": "已达到（落后不超过界限）", "label.undecided": "数据不足以判断", "label.no offering": "此处没有产品",
    "half.product": "产品半步", "half.name": "品牌半步", "which.focal": "本品牌", "which.benchmark": "基准品牌",
    "cause.own prices": "自身调价", "cause.own mix": "自身产品结构", "cause.entry and exit": "自身上新与退市", "cause.rivals": "对手变化",
    "status.pass": "通过", "status.review": "需留意", "status.fail": "未通过",
    "tier.0": "0 级：报道数字", "tier.1": "1 级：公开面板数据", "tier.2": "2 级：企业数据", "tier.3": "3 级：设计实验",
    "overall.undecided": "数据不足以判断", "overall.product missing": "缺的是产品半步", "overall.brand missing": "缺的是品牌半步",
    "overall.both": "两个半步都缺", "overall.neither": "两个半步都不缺", "overall.lenses disagree": "各视角互相矛盾",
}  # fmt: skip

_FINDINGS = {
    "find.title": "{text}", "find.half heading": "{half}",
    "find.banner": "数字为虚构：本研究只演示报告的用法，不说明任何真实品牌。",
    "find.verdict below": "{period}，{focal}的价格比{benchmark}低{gap}：产品半步{product}；品牌半步{name}。",
    "find.verdict above": "{period}，{focal}的价格比{benchmark}高{gap}：产品半步{product}；品牌半步{name}。",
    "find.verdict equal": "{period}，{focal}与{benchmark}价格持平：产品半步{product}；品牌半步{name}。",
    "find.half": "{value}（{level} 区间 {interval}），{label}",
    "find.half none": "{label}",
    "find.no answer": "{focal}对{benchmark}，没有答案。{why}所需：{needs}。",
    "find.no overall": "{focal}对{benchmark}，没有答案。",
    "find.cheapest rows": "最省的判定办法：一张含 {models} 款{focal}产品的公开数据表（第 1 层证据）。",
    "find.cheapest column": "最省的判定办法：为{focal}与{benchmark}的各款产品补测一列：{unmeasured}（第 1 或第 2 层证据）。",
    "find.cheapest experiment": "最省的判定办法：做一次选择实验，把{focal}与{benchmark}的名字放在相同的产品上（第 3 层证据）。",
    "find.overall undecided": "总体：数据不足以判断，因为{halves}还不能判断；两个半步都有结论，才有总的结论。",
    "find.overall undecided both": "总体：数据不足以判断，因为两个半步都还不能判断。",
    "find.overall": "总体：{label}，概率不低于 {p}。",
    "find.lens": "这里的品牌半步从价格看：品牌、未测品质和成本都在里面，不含触达范围（知名度、渠道）。",
    "find.sign": "差距一律是基准品牌减本品牌，“差”即本品牌不及基准。界限为{margin}（{benchmark}价格的 {share}）。",
    "find.change short": "{subject}：表中没有的品质，价值要超过{reference}（{worth}）的 {breaking} 倍才能推翻“落后”；{allowance}。界限在 {margin_short} 以内都算落后，放宽到 {margin_met} 才算已达到。",
    "find.change ahead": "{subject}：表中没有的品质，价值要超过{reference}（{worth}）的 {breaking} 倍才能推翻“领先”；{allowance}。",
    "find.change met": "{subject}：表中没有的品质，价值要超过{reference}（{worth}）的 {breaking} 倍才能推翻“已达到”；{allowance}。界限不小于 {margin_met} 都算已达到。",
    "find.change unseen": "{subject}：品质若全都测到，本可判断；但表中没有的品质只要值到{reference}（{worth}）的 {breaking} 倍就能推翻它；{allowance}。",
    "find.change uncertain": "{subject}：区间太宽，即使品质全都测到也判断不了。",
    "find.allow bound": "研究最多允许 {allowed} 倍", "find.allow none": "研究没有申报未测品质", "find.allow free": "研究没有给出上限",
    "find.change none": "{subject}：没有数字。{why}所需：{needs}。",
    "find.margins undecided": "照现有数据，界限放宽到 {margin_met} 才算已达到，收窄到 {margin_short} 以内才算落后。",
    "find.margins undecided met": "照现有数据，界限放宽到 {margin_met} 才算已达到；再小的界限也判不了落后。",
    "find.change undecided": "{first}{then}", "find.sentences": "{text}",
    "find.decide models": "若估计属实，{focal}有 {focal_models} 款（现 {focal_now} 款）、{benchmark}有 {benchmark_models} 款（现 {benchmark_now} 款）时，五次研究中约有四次能下结论。",
    "find.decide refused": "再多产品也定不了：{why}能定的是：{needs}。",
    "find.measure": "要下结论，需要测到：{unmeasured}。",
    "find.map caption": "单位：{unit}。越靠右、越靠上，越领先于{benchmark}；{benchmark}在两轴交点，方框为界限。每个品牌一条路径，从最早一期到最近一期（大点）。虚线圈以 {level} 的概率同时包住产品与品牌两个差距：由两者的协方差得出的椭圆，按 2F(2, ν) 放大，ν 取较小的自由度；只画首末两期，超出图框处截去。",
    "find.map empty": "没有品牌与{benchmark}在同一时期都有足够的产品，无图可画。",
    "find.map off": "{brand}不在图上（可比的只有 {count} 款）。{why}所需：{needs}。",
    "find.around title": "事件前后的市场份额",
    "find.around note": "按表中所售计算的份额。事件只标日期，不归因。",
    "find.map title": "与{benchmark}的距离：产品与品牌",
    "find.rows title": "{period}，{benchmark}减{focal}",
    "find.rows caption": "条形为差距，单位{unit}；细线为 {level} 区间。各属性之和等于产品，产品与品牌之和等于价格差，分毫不差。",
    "find.identity": "产品 {product} + 品牌 {name} = 价格差 {gap}",
    "find.rows none": "无法拆分：{why}所需：{needs}。",
    "find.path title": "同等配置下的价格，与各品牌平均相比",
    "find.path caption": "配置相同时，价格高于（+）或低于（−）各品牌平均的幅度，附逐期 {level} 区间。几期合并计算的，画成一段平线。其中含品牌、未测品质和成本。",
    "find.path events": "事件：{events}。只标日期，不归因。",
    "find.event": "{number} {period}{label}",
    "find.path none": "没有品牌在任何时期有足够的产品，画不出走势。",
    "find.name path title": "与各基准品牌的品牌差距，以占价格的百分比计",
    "find.name now": "{period}，{benchmark}对{focal}：同等配置下的价格 {gap}。", "find.name now band": "{period}，{benchmark}对{focal}：同等配置下的价格 {gap}；若要整条走势同时成立，为 {band}。",
    "find.closing": "{benchmark}：品牌差距已经合上的概率为 {probability}；合上的时间为 {period}。",
    "find.closing never": "{benchmark}：品牌差距已经合上的概率为 {probability}；按 {level} 的把握，说不出它在哪一期之前合上。",
    "find.closing since": "{benchmark}：品牌差距已经合上的概率为 {probability}；即使合上，也不早于 {period}。",
    "find.closing none": "{benchmark}：品牌差距是否合上，无从判断。{why}所需：{needs}。",
    "find.band title": "{period}各价格带份额（{basis}）", "find.basis units": "按销量", "find.basis value": "按金额",
    "find.cut title": "{period}各价格以上的份额（{basis}）",
    "find.cut caption": "对每个价格门槛，该品牌占此价及以上全部销售的份额。粗线处排名第一。",
    "find.percentile title": "价格位置的走势",
    "find.percentile caption": "该品牌售出产品在市场价格分布中的平均百分位；全市场平均为 50%。",
    "find.change title": "{focal}在高价格带的份额为什么变",
    "find.change note": "单位为百分点，按夏普利值分给各个原因；各原因之和等于合计。",
    "find.line title": "产品线：有多少系于一款",
    "find.position none": "研究没有设价格带，因此没有阶梯。",
    "find.verdicts title": "各基准品牌、各范围、两个半步", "find.verdicts note": "下结论需要 {confidence} 的把握；{family} 个比较一并判定，出错的机会按全部比较合起来控制；区间则针对单个比较。推翻强度是参照属性价值的倍数。",
    "find.margin met": "放宽到 {margin} 算已达到", "find.margin short": "不超过 {margin} 都是落后", "find.margins": "{short}；{met}",
    "find.needs": "{why}所需：{needs}。", "find.why": "{why}",
    "find.dark": "{room}：未测量，缺少数据表 {tables}。", "find.refusal": "{what}：{why}所需：{needs}。", "find.where": "{benchmark}（{segment}）", "find.no comparison": "{where}没有结论：{why}所需：{needs}。",
    "find.moves title product": "产品半步", "find.moves title name": "品牌半步",
    "find.moves caption": "每一行只改一种做法；虚线是本研究的拆法。单位：{unit}，{level} 区间。",
    "find.moves range": "换遍这些做法，产品半步{product}，品牌半步{name}。{robust}",
    "find.robust both": "两个半步都没有改变方向，这一点是稳的。",
    "find.robust product": "产品半步始终不改方向，品牌半步会改。",
    "find.robust name": "品牌半步始终不改方向，产品半步会改。",
    "find.robust none": "两个半步都会改变方向，缺哪一半取决于做法。",
    "find.against": "产品半步中，{attribute}一项（{amount}）的定价与买家所求相反：它代表的是表中没有列出的东西。",
    "find.choices": "换用其他权重、属性或参照价格，产品半步{product}，品牌半步{name}。",
    "find.decide focal": "若估计属实，{focal}有 {focal_models} 款（现 {focal_now} 款）时，五次研究中约有四次能下结论。",
    "why.prices deflated": "价格、差距与价格带都已除以“{column}”一列。",
    "do.read money as deflated": "所有金额都按平减后的价格来读。",
    "why.focal brand absent from the last period": "本品牌最后出现在 {last}，数据到 {newest} 为止。",
    "do.read the verdict as dated": "结论只说到那一期。",
    "why.never open": "差距从未超过界限。",
    "find.moves none": "主要比较没有拆分结果，无从比较。",
    "find.moves refused": "现有数据定不了：{moves}。",
    "find.readings title": "同样的数据，粗读会怎样", "find.readings none": "主要比较没有拆分结果，无从对照。",
    "find.share pair": "在基准品牌所在价格带中 {focal} 对 {benchmark}",
    "find.checks title": "检查", "find.notes title": "读者须知", "find.unmeasured title": "事先声明未测的品质",
    "find.unmeasured": "{text}（至多为参照属性的 {max} 倍）", "find.refusals title": "这份数据回答不了的",
    "find.assumptions title": "前提", "find.methods title": "方法", "find.keyed": "{text}",
    "find.margin reason": "界限在估计之前定下：{share}。理由：{reason}。",
    "find.files title": "读入的文件", "find.versions title": "程序", "find.left out title": "未用的行",
    "find.frozen": "数据表注明公布日的，截止日之后才公布的行一律不看：不读取、不计数，也不计入该文件的 sha256。",
    "find.run": "数据截至 {as_of}，随机种子 {seed}，证据等级 {tier}。同一研究、同一种子，生成的文件逐字节相同。",
    "find.follow": "带下划线的数字都可以点开，看编号、区间、方法、前提和文件中的行；report.json 用同样的编号。",
    "find.kept": "使用了 {file} 中的 {rows} 行。",
    "basis.list": "标价", "basis.transaction": "成交价", "basis.after_subsidy": "补贴后价格", "kind.units": "销量", "kind.share": "市场份额",
    "outcome.sales": "销售", "outcome.registrations": "上险登记", "outcome.orders": "订单", "outcome.deliveries": "交付",
    "left.after as_of": "晚于截止日", "left.place": "其他地区", "left.before first period": "早于首期", "left.after last period": "晚于末期",
}  # fmt: skip

_ROOMS = {
    "what.price of": "{which}在售产品的平均价格（几何平均）", "what.price gap": "价格差", "what.half": "价格差中的{half}",
    "what.attribute": "部分", "what.attribute row": "{attribute}", "what.what unseen quality may be worth": "未测品质的价值范围（研究声明）",
    "what.worth of the reference attribute": "参照属性的价值", "what.move": "{half}，{move}", "what.range": "各种做法下的{half}",
    "what.band share of": "在基准品牌所在价格带的份额：{which}", "what.deciding models": "足以下结论的产品数：{which}", "what.models that would decide": "足以下结论的产品数",
    "what.period in which the name gap closed": "品牌差距合上的时期", "what.probability that the name gap closed": "品牌差距已合上的概率",
    "what.price of an attribute": "属性的价格", "what.best rank above any threshold": "任一价格之上的最好名次",
    "what.thresholds above which it is number one": "排名第一的价格区段", "what.line concentration": "产品线集中度",
    "what.share of the largest model in the line": "最大单品占产品线的份额", "what.change of share": "份额变化", "what.change by": "份额变化：{cause}",
    "what.price position": "价格位置", "what.share of the market": "市场份额", "what.band share by units": "价格带份额（按销量）", "what.band share by value": "价格带份额（按金额）",
    "what.cut curve by units": "该价格及以上的份额（按销量）", "what.cut curve by value": "该价格及以上的份额（按金额）",
    "what.brand term over the mean of brands": "同等配置下的价格，与各品牌平均相比", "what.product and name gap to the main benchmark": "与主要基准品牌的差距",
    "what.name gap by period": "各期品牌差距", "what.name gap by period, band over the whole path": "各期品牌差距，整条走势的区间带",
    "what.naive reading minus ours": "粗读减本报告",
    "what.whole price gap is brand": "把整个价格差都算作品牌", "what.textbook brand dummy": "教科书式的品牌哑变量，只看显著与否", "what.inside the price band": "只在基准品牌的价格带内拆分", "what.band share": "比较两者在基准品牌价格带的份额",
    "move.offerings weighted by sales": "产品按销量加权", "move.offerings weighted by equal": "产品等权",
    "move.regression weighted by sales": "回归按销量加权", "move.regression weighted by equal": "回归等权",
    "move.one set of attribute prices": "各期共用一套属性价格", "move.attribute prices of the same block": "只用同一时段的属性价格",
    "move.other brands' prices": "属性价格只由其他品牌决定", "move.benchmark's own prices": "属性价格由基准品牌的产品决定", "move.focal's own prices": "属性价格由本品牌的产品决定",
    "move.attribute left out": "不计{attribute}", "move.taken first": "先算{half}",
    "why.decided": "已可判断。", "why.unseen quality could turn it": "表中没有的品质可能推翻结论。", "why.too uncertain": "区间太宽。",
    "why.focal absent": "本品牌在此没有产品。", "why.benchmark absent": "基准品牌在此没有产品。", "why.never together": "两个品牌从未在同一时期同时在售。",
    "why.too few models": "产品太少。", "why.unseen quality decides, not more models": "关键在表中没有的品质。", "why.too close to the margin": "差距离界限太近。",
    "why.one period only": "只有一个时期（或时段）有足够的产品。", "why.not determined": "现有数据定不了。", "why.attribute not identified": "有一项属性的价格与品牌、时期混在一起，分不开。",
    "why.list prices": "价格是标价，看不到折扣。", "why.shares not units": "数量是市场份额，不是销量。", "why.deliveries measure supply": "有积压订单时，交付量反映的是供给。",
    "why.rows without attributes": "{of} 行中有 {rows} 行缺属性，未参与拆分。", "why.priced against its direction": "{attribute}的价格与应有方向相反（每单位 {price} 对数点）。",
    "why.share bought unknown": "高价格带份额是否靠降价换来，无从判断。",
    "why.share bought": "{before} 至 {after}，{edge} 以上的份额上升，而同等配置下的价格下降：份额是降价换来的。",
    "why.share not bought": "{before} 至 {after}，没有靠降价换来的高价格带份额。",
    "why.few models behind the interval": "{benchmark}，{segment}，{period}：自由度 {freedom}（本品牌 {focal} 款，基准品牌 {models} 款），区间较依赖误差服从正态的假设。",
    "why.enough models behind the interval": "{benchmark}，{segment}，{period}：自由度 {freedom}（本品牌 {focal} 款，基准品牌 {models} 款）。",
    "why.robustness value": "{benchmark}，{segment}，{period}：遗漏的属性要同时解释品牌与价格剩余变动的 {robustness}，才能把品牌差距拉到界限。",
    "why.nothing declared unmeasured": "研究没有声明任何未测品质，结论把这张表当作完整的。",
    "do.give transaction prices": "提供成交价。", "do.give units": "提供销量。", "do.give orders": "提供扣除退订后的订单。", "do.fill the attributes": "补齐空缺的属性。",
    "do.give models that differ in it": "提供同一品牌、同一时期内该属性不同的产品。", "do.name what it stands for": "说明它代表什么；这一行不要单独解读。",
    "do.give more models a period": "两个时期都提供足够数量的产品。", "do.look at the price cut": "谈份额之前先看降价。",
    "do.give more models": "提供更多产品或更多时期。", "do.declare what the table lacks": "在 [study] 的 unmeasured 中写明表中缺什么。",
    "needs.rows of the focal brand in this scope": "本品牌在此范围的数据", "needs.rows of the benchmark in this scope": "基准品牌在此范围的数据", "needs.a period in which both sell": "两个品牌同时在售的时期",
    "needs.more models": "更多产品", "needs.measure": "测量{unmeasured}", "needs.a choice experiment": "一次选择实验", "needs.see decide": "更多产品，见“什么会改变这个结论”", "needs.see refusal": "见“回答不了的”一节",
    "needs.models of one brand and period that differ in it": "同一品牌、同一时期内该属性不同的产品", "needs.enough models in more periods": "更多时期有足够的产品", "needs.more models that differ in the attributes": "更多属性不同的产品",
    "assume.clusters independent": "不同产品的误差相互独立；同一产品的误差不作此假设。", "assume.one price per attribute": "两个品牌的同一属性价格相同。",
    "assume.parts additive in logs": "各部分在对数价格上相加；换成金额时，按两个价格的对数平均分配。", "assume.unseen quality declared": "未测品质的价值不超过研究声明的上限。",
    "assume.estimate taken for the truth": "把估计值当作真值。", "assume.linear in logs": "对数价格对（变换后的）属性是线性的。",
}  # fmt: skip

_METHODS = {
    "method.gap.split": "以对数价格对属性、市场、品牌×时期作特征价格回归，把价格差恰好拆成各属性与品牌两部分（Oaxaca 1973；Blinder 1973；Rosen 1974）。误差按产品聚类（CR2；Bell & McCaffrey 2002；Imbens & Kolesár 2016）。",
    "method.gap.price": "在售产品价格的几何平均，两个品牌在各市场的权重相同。",
    "method.gap.unseen": "声明的倍数之和乘以参照属性的价值；结论取范围内最不利的情形。",
    "method.gap.reference": "取两者中较大的：该属性在这两个品牌之间的价值，或在任意两个品牌之间的均方根价值。",
    "method.gap.decide": "以估计为真，按本研究自身的误差模拟：先增加本品牌的产品，再同时增加两个品牌的产品，至多十倍（选择实验则增加受访者，至多五十倍），直到五次研究中有四次能下结论。",
    "method.gap.order": "先算的一半从基准品牌的价格往下计，另一半从本品牌的价格往上计；对称的拆法介于两者之间（Shapley 1953）。",
    "method.gap.naive": "对同样的行作直观解读，不考虑拆分中所考虑的东西。",
    "method.hedonic": "特征价格回归：对数价格对属性、市场与品牌×时期效应（Rosen 1974）。它给属性定价，不是偏好。",
    "method.hedonic.path": "特征价格回归的品牌×时期项，减去各品牌的简单平均，附完整协方差。",
    "method.position.percentile": "该品牌售出产品在当期价格分布中的平均百分位；同价各算一半。",
    "method.position.share": "品牌数量除以市场数量。", "method.position.band.units": "品牌在该价格带的销量除以该带全部销量。", "method.position.band.value": "品牌在该价格带的金额除以该带全部金额。",
    "method.position.cut.units": "对每个价格，品牌在此价及以上的销量除以全部此价及以上的销量。", "method.position.cut.value": "对每个价格，品牌在此价及以上的金额除以全部此价及以上的金额。",
    "method.position.concentration": "品牌各产品份额的平方和（赫芬达尔指数）。", "method.position.change": "四个原因、24 种次序的夏普利值；同季相比。",
}  # fmt: skip

ZH: dict[str, str] = (
    DOCKET_WHY_ZH
    | _UI
    | _FINDINGS
    | _ROOMS
    | _METHODS
    | DEMAND
    | RANDOM
    | PRESS
    | CHOICE
    | EVENTS
    | VOICE
    | VOICE_CHECK
    | DESIGN
    | FILES
    | SWITCH
    | SKELETON
    | TEACH
    | CELLS_ZH
    | ASK
    | NEW
    | DOCKET_ZH
    | RAMP_ZH
    | READ_ZH
)
