"""Chinese words on what people say: attention, touchpoints, bursts, controversies, replies."""

from __future__ import annotations

__all__ = ["VOICE"]

_UI = {
    "stage.voice": "大家在说什么", "room.voice": "大家在说什么",
    "ui.section voice": "大家在说什么", "ui.voice attention": "谁被谈论", "ui.voice touchpoints": "谈什么，赞成还是反对",
    "ui.voice bursts": "何时突然升温", "ui.voice controversies": "争议台账", "ui.voice replies": "品牌自己的回应",
    "ui.axis share of list": "占榜单的份额", "ui.axis share of voice": "占全部发言的份额",
    "ui.spoken of": "谈论对象", "ui.said by voice": "大众", "ui.said by copies": "同文重复", "ui.said by paid": "付费位", "ui.said by own": "品牌自己",
    "ui.founder only": "只提创始人", "ui.both named": "两者都提", "ui.product only": "只提品牌或产品", "ui.founder share": "创始人份额",
    "ui.voice half_life": "半衰期（天）", "ui.voice volatility": "波动", "ui.voice flips": "立场翻转率", "ui.voice content": "谈产品的比例，创始人减产品",
    "ui.touchpoint": "触点", "ui.speaks for": "赞成", "ui.speaks against": "反对",
    "ui.burst start": "起", "ui.burst peak": "峰值日", "ui.burst rows": "发言数", "ui.usual rows": "平日每天", "ui.beyond usual": "超出平日",
    "ui.controversy": "争议", "ui.began": "开始", "ui.flaw": "缺陷", "ui.coders": "这样编码的人占比", "ui.attacker": "由谁提出", "ui.days since known": "距缺陷公开的天数",
    "ui.unit alpha": "一致系数 α", "ui.unit days": "天", "ui.unit ratio": "比值", "ui.unit posts": "条",
    "head.dim name": "谈论对象", "head.dim touchpoint": "触点", "head.dim stance": "立场", "head.dim polarity": "情绪", "head.dim voice": "谁的声音", "head.dim part": "部分",
    "head.dim start": "起", "head.dim peak": "峰值日", "head.dim end": "止", "head.dim controversy": "争议", "head.dim began": "开始", "head.dim flaw": "缺陷", "head.dim attacker": "由谁提出",
    "head.dim row": "文件行号", "ui.row of file": "文件行号", "ui.part named": "判为提到", "ui.read as": "判为关于", "ui.sure": "判读概率",
}  # fmt: skip

_FINDINGS = {
    "find.voice about": "各项占比先由程序判读，再用随机抽取、由人读过的帖子校正；程序判读的原始计数一律不作为结果。付费位、品牌自己的发言和同文重复都单独列出。",
    "find.voice founder share": "在关于{brand}的发言中，创始人占 {share}：有 {both} 的帖子同时提到两者，任何规则都无法拆分。",
    "find.voice founder alone": "在关于{brand}的发言中，创始人占 {share}；没有帖子同时提到两者。",
    "find.voice refused": "{why}还需要：{needs}。",
    "find.voice refused pair": "{founder}与{product}，{what}：{why}还需要：{needs}。",
    "find.voice untold": "{why}共有 {n} 类帖子如此。还需要：{needs}。",
    "find.voice untold more": "{why}共有 {n} 类帖子如此。还需要：{needs}；其中最多的一类还要 {more} 条。",
    "find.voice attention title": "关注度，{first}至{last}", "find.voice attention list": "榜单全部条目中提到各对象的比例；为数据表的精确计数。", "find.voice attention voice": "数据表全部发言中提到各对象的比例；为精确计数。",
    "find.voice said by title": "谁被谈论，是谁在说（发言数）", "find.voice parts title": "创始人、产品，还是同时提到（发言数）", "find.voice steadiness title": "关注能持续多久",
    "find.voice touchpoints title": "关于{name}：各触点占帖子的比例", "find.voice stance title": "{period}对{name}的赞成与反对：占帖子的比例", "find.voice bursts title": "{n} 次升温中最大的 {shown} 次",
    "find.voice controversies title": "每场争议是关于什么的（编码结果）", "find.voice attacks title": "竞争对手的攻击，按时间排列",
    "find.voice codings title": "随机抽取、供到文件中核对的样本", "find.voice codings": "请到文件中查看这些行：提到的对象对吗，谈的是不是这件事？",
}  # fmt: skip

_WHAT = {
    "what.voice share of list": "占榜单的份额", "what.voice share of voice": "占全部发言的份额", "what.voice said by": "按谁的声音分的发言数",
    "what.voice founder share": "创始人在关注度中的份额", "what.voice entangled": "提到创始人、产品或两者的帖子", "what.voice touchpoints": "各触点占帖子的比例",
    "what.voice stance": "各触点上赞成或反对的帖子比例", "what.voice polarity": "按情绪分的帖子比例",
    "what.voice burst rows": "升温期间超出平日的发言", "what.voice usual rows": "升温前平日每天的发言", "what.voice agreement": "编码者的一致程度",
    "what.voice coders": "这样编码的人占比", "what.voice days since known": "距缺陷公开的天数", "what.voice utterances": "发言",
    "what.voice half-life": "升温后关注的半衰期", "what.voice volatility": "关注的波动", "what.voice half-life difference": "半衰期：创始人减产品", "what.voice volatility difference": "波动：创始人减产品",
    "what.voice extra posts": "品牌回应之后超出预期的发言",
    "what.voice flip rate": "作者立场翻转率", "what.voice content difference": "谈产品本身的比例：创始人减产品", "what.voice prior fame": "一期开始前尚未消退的关注",
    "what.voice reading of a row": "判读程序认为最可能的触点的概率",
}  # fmt: skip

_WHY = {
    "why.voice rejected": "{rows} 行中有 {rejected} 行无法读取，已单独存放在报告旁的文件里。用到 {used} 行；{same} 行 id 重复，{left} 行不在研究所用的日子之内。", "why.voice all read": "{rows} 行全部读到。用到 {used} 行；{same} 行 id 重复，{left} 行不在研究所用的日子之内。",
    "why.voice copies": "有 {copies} 条帖子（{share}）重复此前的文字，只计一次；最大的一组有 {largest} 条，达到刷屏规模的有 {chorus} 组。",
    "why.voice entangled": "有 {both} 条帖子同时提到{brand}的创始人和产品：究竟在说谁，文字里看不出。", "do.voice message experiment": "要分清，需做信息实验：同一条内容随机带或不带创始人。",
    "why.voice reader seeds": "判读程序只认得编码本里的种子词，没有人教过它。", "do.voice label posts": "请标注帖子：halfstep label。",
    "why.voice reader taught": "判读程序由 {posts} 条人工标注的帖子教成；在没教过的帖子上 micro-F1 为 {f1}（{f1_lo} 至 {f1_hi}）。", "why.voice reader model": "判读程序是事先教好的模型；其卡片记录的 micro-F1 为 {f1}（{f1_lo} 至 {f1_hi}）。",
    "why.voice few audited": "随机抽取并由人读过的帖子太少。", "why.voice reader blind": "判读程序分不出这一类。", "why.voice one class": "人读过的帖子全部给出同一个答案。", "why.voice constancy untested": "判读程序的误差是否随时间变化，无法检验。",
    "why.voice no times": "发言没有时间，因此无法说明关注何时升温。", "do.voice name times": "请写明时间所在的列（utterance_columns.time）。",
    "why.voice bursts too short": "数据表太短，不知道平日是什么水平。", "do.voice more days": "请提供更多天的数据：至少是 [voice.bursts] memory 的两倍。",
    "why.voice bursts": "在合计 {years} 年的各对象序列中发现 {bursts} 次升温；假如从未真正升温，也会误报 {expected} 次（每个对象每年 {rate} 次）。",
    "why.voice one coder": "争议没有第二个人编码。", "why.voice nothing to agree on": "没有一场争议由两个人编码。",
    "why.voice coders agree": "编码者对{of}的看法一致（α {alpha}，{cases} 场争议，{coders} 位编码者）。", "why.voice coders tentative": "编码者对{of}的看法只算基本一致，结论是暂时的（α {alpha}，{cases} 场争议，{coders} 位编码者）。",
    "why.voice coders differ": "编码者对{of}的看法不一致（α {alpha}，{cases} 场争议，{coders} 位编码者）：下表只是个人看法。", "do.voice code again": "请把编码本写得更明确，再由两人重新编码。",
    "why.voice nothing read": "没有一条发言能读取。",
    "needs.more posts drawn at random and read by people": "更多随机抽取、由人读过的帖子（halfstep label）", "needs.a reader taught on labels of it": "能教会判读程序认得这一类的标注",
    "needs.a second coding by somebody else": "由另一个人再编码一次", "needs.codings of the same controversies by two people": "两个人对相同争议的编码", "needs.utterances that can be read": "能读取的发言",
    "why.voice few bursts": "升温次数太少，看不出关注如何消退。", "why.voice no rows": "条目太少。", "why.voice few blocks": "天数太少，看不出关注有多波动。",
    "needs.more bursts of it": "更多次升温，即更多天的数据", "needs.more utterances of it": "更多提到它的发言", "needs.more days of it": "更多天的数据",
    "why.voice lasts longer": "对{founder}的关注比对{product}更持久：同等声量下半衰期为 {of_founder} 天对 {of_product} 天。",
    "why.voice lasts shorter": "对{founder}的关注比对{product}更短暂：同等声量下半衰期为 {of_founder} 天对 {of_product} 天。",
    "why.voice lasts cannot tell": "对{founder}的关注比对{product}更持久还是更短暂，无法判断：同等声量下半衰期为 {of_founder} 天对 {of_product} 天，差距小于误差。",
    "why.voice swings more": "对{founder}的关注比对{product}更波动：同等声量下为 {of_founder} 对 {of_product}。",
    "why.voice swings less": "对{founder}的关注比对{product}更平稳：同等声量下为 {of_founder} 对 {of_product}。",
    "why.voice swings cannot tell": "对{founder}的关注比对{product}更波动还是更平稳，无法判断：同等声量下为 {of_founder} 对 {of_product}，差距小于误差。",
    "why.voice no own replies": "这 {cascades} 条传播链中没有一条发言标明是品牌自己的。", "needs.posts marked as the brand's own": "标明哪些发言出自品牌自己的列（utterance_columns.own）",
    "why.voice cascades cut": "只看最大的 {n} 条传播链。",
    "why.voice replies more": "品牌每次回应之后，比预期多出 {extra} 条发言（{low} 至 {high}；{cascades} 条传播链中的 {replies} 次回应）；在同样时刻假想的回应之后为 {placebo_low} 至 {placebo_high}（p {p}）。质疑会同时带来发言和回应，因此不能证明回应引来了发言。",
    "why.voice replies fewer": "品牌每次回应之后，发言比预期少：{extra} 条（{low} 至 {high}；{cascades} 条传播链中的 {replies} 次回应）；在同样时刻假想的回应之后为 {placebo_low} 至 {placebo_high}（p {p}）。品牌也可能恰在质疑消退时回应，因此不能证明回应平息了质疑。",
    "why.voice replies nothing larger": "品牌回应之后，发言与平常相比的增减每次不超过 {bound} 条（{cascades} 条传播链中的 {replies} 次回应，本来就会有 {usual} 条）。质疑会同时带来发言和回应，即便如此也不是证明。",
    "why.voice replies one cascade": "品牌的回应只出现在一条传播链里，或者没有：单独一群人在一次回应之后的表现，无法与本来的走势区分。", "why.voice replies no fit": "这些传播链描述得不够好，无法评判回应。",
    "why.voice replies too wide": "品牌回应之后发生了什么，无法判断：每次 {extra} 条，{low} 至 {high}（{cascades} 条传播链中的 {replies} 次回应）。五次里能发现四次的最小影响是每次回应 {smallest} 条。质疑会同时带来发言和回应。",
    "why.voice replies placebos show as much": "品牌回应之后发生了什么，无法判断：每次 {extra} 条（{low} 至 {high}），但在同样时刻假想的回应之后也有这么多（{placebo_low} 至 {placebo_high}，p {p}）。质疑会同时带来发言和回应。",
    "do.voice replies experiment": "要分清，需做信息实验：对一部分质疑回应、对另一部分不回应，由抽签决定。",
    "needs.more cascades with replies of the brand": "更多有品牌回应的传播链", "needs.a message experiment": "信息实验：回应与否由抽签决定", "needs.posts read by people in more periods": "更多时期里由人读过的帖子（至少五期）",
    "why.voice no authors": "数据表没有区分作者。", "why.voice reader unknown": "不知道判读程序有多常把立场读反。", "why.voice few authors": "有多条明确表态的作者太少。", "why.voice reader too poor": "判读程序把立场读反得太频繁，无法看出翻转。", "why.voice few periods": "两者都能判断的时期太少。",
    "needs.a column of authors": "作者列", "needs.audited posts for and against": "表示赞成和反对的审核帖", "needs.more authors with several posts": "更多发过多条的作者",
    "why.voice content more": "只提{brand}创始人的帖子，比只提品牌或产品的更常谈产品本身：{of_founder} 对 {of_product}。",
    "why.voice content less": "只提{brand}创始人的帖子，比只提品牌或产品的更少谈产品本身：{of_founder} 对 {of_product}。",
    "why.voice content cannot tell": "只提{brand}创始人的帖子是否更常谈产品本身，无法判断：{of_founder} 对 {of_product}，差距小于误差。",
    "why.voice audit not found": "{asked} 条审核文本中只有 {found} 条能在发言表中找到，其余的起不到校正作用。", "do.voice use ids": "请让两张表使用相同的 id（utterance_columns.id 与 label_columns.id）。",
}  # fmt: skip

_METHODS = {
    "method.named": "写出了研究所列名称或昵称的帖子，取最长匹配；是对数据表的计数，没有抽样误差。",
    "method.ppi": "PPI++（Angelopoulos、Duchi 与 Zrnic 2023）：程序对全部帖子判读的均值，用它在随机抽取、由人读过的帖子上的误差校正，并按其可信程度加权；某期这类帖子太少时，误差跨期合并估计。",
    "method.bursts": "把每天的发言数与此前日子所预示的水平比较（负二项，过度离散）；预测尾概率低于所定误报率时，记为升温开始。",
    "method.krippendorff": "名义编码的 Krippendorff α（Krippendorff 2011），区间由对争议重抽样得到。",
    "assume.names by spelling": "被谈到的对象都按研究所列的写法出现。", "assume.audit drawn at random": "由人读过的帖子是按所给概率随机抽取的。",
    "assume.copies folded": "重复的文字只计一次。", "assume.paid and own apart": "付费位和品牌自己的发言不算大众的声音。", "assume.coders apart": "编码者各自独立编码。",
    "method.half-life": "每次升温之后各天的似然，假定按指数或幂律消退回平日水平，同一对象的各次升温合在一起；区间由对升温重抽样得到。",
    "method.volatility": "在若干天一段之内，日发言率超出偶然（泊松）部分的变异系数平方；区间由对各段重抽样得到。",
    "method.matched": "把两者中较大的一方多次稀疏到与较小一方相同的条数，重新找出升温，再在同等声量下比较。",
    "method.hawkes": "把传播链看作 Hawkes 过程（指数之和），各自带有会消退的首帖热度和一天中的时段；比较品牌回应后一小时内与其他时候大众发言的速率。误差由逐条去掉传播链得到；假想的回应放在按大众自身速率抽取的时刻。",
    "assume.bursts fade alike": "同一对象的各次升温以相同方式消退。", "assume.matched volume": "稀疏后的序列与声量较小的对象表现一样。",
    "assume.own shock of each cascade": "每条首帖自身以逐渐消退的速率引来发言。", "assume.posts bring posts": "发言引来发言，越早越多。", "assume.doubt brings replies": "对品牌为何恰在那时回应，不作任何判断。",
    "method.flips": "同一作者前后两条明确表态的帖子换边的比例，对作者取平均；按审核帖所示扣除判读程序自身的错误；区间由对作者和审核帖重抽样得到。",
    "method.content": "谈产品触点的帖子占比，经审核帖校正；比较只提创始人的帖子与只提品牌或产品的帖子，各期对两者同样加权。",
    "method.fame": "此前各日的发言，按对该对象关注的半衰期逐日衰减；区间两端取半衰期区间的两端。", "assume.errors of the reader independent": "判读程序对同一作者前后两条帖子的误判相互独立。",
    "method.drawn": "从发言中随机抽取的行，每次相同。",
}  # fmt: skip

VOICE: dict[str, str] = _UI | _FINDINGS | _WHAT | _WHY | _METHODS
