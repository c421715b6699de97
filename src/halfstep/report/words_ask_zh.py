"""Chinese words of the console: faults, guesses, questions that a study can answer, what is installed."""

from __future__ import annotations

__all__ = ["ASK"]

_CLI = {
    "cli.faults": "发现 {count} 处问题。{done}", "cli.nothing was run": "没有运行。", "cli.nothing was written": "没有写 study.toml。",
    "cli.head file": "文件", "cli.head row": "行", "cli.head column": "列", "cli.head what": "问题", "cli.head mend": "怎么改",
    "cli.unwritten": "报告无法写入 {folder}：{reason}。请用 --out 另指定文件夹。",
    "cli.no fault": "没有发现问题：{file} 中有 {rows} 行在范围内。", "cli.figures": "没有发现问题：{file} 中有 {rows} 个公布的数字。",
    "cli.left out": "未用：{rows} 行（{reason}）", "cli.comparisons": "比较：{pairs}。", "cli.pair": "{focal}对{benchmark}",
    "cli.read as": "读作", "cli.guesses": "文件没有写明、由程序判断的地方；判断有误，请改文件：",
    "cli.questions": "现在可以问什么：", "cli.head question": "问题", "cli.head answer": "能否回答", "cli.head missing": "还缺什么，或哪里不足",
    "cli.cheapest": "最省事的补法：", "cli.head tier": "证据等级", "cli.head study": "需要补什么", "cli.no data": "不需要数据，在 study.toml 里加一行",
    "cli.next": "下一步：halfstep run {folder}", "cli.separator": "；",
    "stage.read": "读取", "stage.prepare": "准备", "stage.check": "检查", "stage.market": "市场", "stage.demand": "需求视角", "stage.gap": "差距",
    "stage.press": "公布的数字", "stage.report": "写报告", "stage.propose": "辨认各列",
    "answer.now": "能", "answer.partly": "部分能", "answer.needs": "还不能",
}  # fmt: skip

_QUESTIONS = {
    "question.position": "品牌在高价格带处于什么位置？",
    "question.gap": "与基准品牌相差多少钱？",
    "question.verdict": "缺不缺其中一个半步？",
    "question.tastes": "买家愿意为什么付钱？",
    "question.reach": "是真受欢迎，还是只因名气大、门店多？",
    "question.lenses": "价格和销量说的是一回事吗？",
    "question.supply": "交付量代表需求吗？",
    "question.equilibrium": "没有这块牌子，各家的价格和份额会是多少？",
    "question.recognition": "谁认这块牌子（按收入看）？",
    "question.unseen": "万一有表中没有的品质呢？",
    "question.decide": "还要什么才能下结论？",
    "question.moves": "换一种拆法会怎样？",
    "question.naive": "粗读会得出什么？",
    "question.printed": "公布的数字彼此对得上吗？还留下多大余地？",
    "question.event": "一次事件之后，损失了多少？",
}

_NEEDS = {
    "need.event": "一个写明结果的事件：[[outcomes]] 及其表，[[events]] 中的 id 与 outcomes",
    "need.periods before the event": "事件 {event} 前后各期的结果 {outcome}",
    "need.entities beside the event": "事件 {event} 之前各期齐全的其他主体的结果 {outcome}",
    "need.press table": "公开数字表：一行一个公布的数字，要有主体、指标、数值、时期四列",
    "need.press figures known by then": "{as_of} 之前已经公布的数字",
    "need.sales table": "销售表：每款产品每期一行，要有时期、品牌、车型（型号）、价格、销量，以及各款之间有差别的属性；{focal}和{benchmark}同期各至少 {least} 款，竞品也要在内",
    "need.sales table for position": "销售表（时期、品牌、型号、价格、销量）：公布的数字只能给出范围，定不了位置",
    "need.bands": "[bands] 的 edges：没有价格带，只能画门槛曲线",
    "need.a second period": "第二期数据：份额为什么变，至少要看两期",
    "need.paid prices": "成交价：表中是标价，看不到折扣",
    "need.attributes that vary": "除 {columns} 以外的属性：它在同一品牌、同一时期的各款之间没有差别",
    "need.models to compare": "同一期（或合并的几期）内更多款产品：{focal}现有 {has} 款，{benchmark}现有 {of} 款，各至少要 {least} 款",
    "need.focal absent": "范围内{focal}的数据",
    "need.benchmark absent": "范围内{benchmark}的数据",
    "need.never together": "{focal}与{benchmark}同时在售的时期和地区",
    "need.few models": "{brand}参与比较的只有 {models} 款：款数这么少，品牌半步往往下不了结论",
    "need.unmeasured": "[study] 的 unmeasured：没有申报买家看得到而表中没有的品质，结论把这张表当作完整的",
    "need.bound on unseen quality": "[study] 的 unseen_quality_max：不给上限，凡是未测品质可能推翻的都下不了结论",
    "need.demand section": "study.toml 中的 [demand] 一节：写明什么只影响价格、不影响偏好",
    "need.instruments": "只影响价格、不影响偏好的东西：[demand] 的 instruments 或 cost",
    "need.flow table": "订单表：每个品牌每期一行，要有品牌、时期、订单、退订、积压各列；至少要有{focal}",
    "need.flow of a brand": "订单表中{focal}的数据",
    "need.backlog": "{focal}各期期末的积压订单",
    "need.cancellations": "{focal}的退订数：没有它，订单只是净订单的上限",
    "need.orders": "订单：每一期都有品牌让买家等，份额反映的不是需求",
    "need.market size": "潜在买家的数目（markets 表的 size 列）：没有它，弹性只能给出范围",
    "need.random tastes": "study.toml 中的 [demand.random] 一节：写明买家之间差别在哪里；没有它，流失的买家只会按销量分给各家，而不是转向最相近的产品",
    "need.rival instruments": '能分出竞品远近的工具变量：[demand] instruments = ["local"]；只有成本变量，看不出买家口味差别多大',
    "need.market size for random tastes": "潜在买家的数目（markets 表的 size 列）：口味有差别时，要知道有多少人什么都没买",
    "need.buyers table": "买家表：一行一个潜在买家，要有收入，以及其他可能有影响的特征",
    "need.price by buyers": "因人而异的价格偏好：填 [demand.random] 的 income，或在价格偏好的 by 中写明与哪项特征有关",
    "need.micro table": "买家调查表（某品牌买家的平均收入、第二选择）：只看市场份额，看不清什么人买什么",
    "need.reach table": "触达表：每个品牌一行（共 {brands} 个），要有品牌，以及知名度、考虑率或门店数；没有它，从份额看不出品牌半步的结论",
    "need.reach of a brand": "触达表中{brand}一行",
}

_STUDIES = {
    "study.outcome table": "{focal}与十来个同类的登记量、搜索量或价格，按周或按月，从事件前两年起：做成结果表",
    "study.event": "补一行结果（例如直接用销量表的数量），并在事件中写上它的 id",
    "study.press figures": "{focal}及竞品公布过的数字，逐个注明统计的是什么、何时、由谁公布",
    "study.public sales": "一张公开的分型号销量表，带价格，包括{focal}和竞品；若只求范围，再多一个公布的数字也行",
    "study.public table of models": "一张公开数据表，例如上险量配上价格表：{focal}、{benchmark}及竞品在售的每一款，每期一行，要有价格、销量和三项以上属性",
    "study.models and outlets": "上述公开的分型号数据表，再从各品牌官网数出门店数",
    "study.models and orders": "上述公开的分型号数据表，再加{focal}公布过的订单与积压，每期一行",
    "study.rows of more models": "从同一公开来源补{focal}和{benchmark}的更多款产品，或更早的时期；各至少 {least} 款",
    "study.attributes measured": "从厂商参数表补一项属性，要在同一品牌的各款之间有差别（现有 {columns}）",
    "study.demand section": '用竞品属性构造工具变量：[demand] instruments = ["local"]；有成本变量更好',
    "study.random tastes": '让买家对价格的敏感程度有差别，写一项即可：[[demand.random.tastes]] of = "price"',
    "study.possible buyers": "统计部门公布的各期（各地）家庭户数或适龄人数：markets 表的 size 列",
    "study.census": "一份公开的家庭收入调查，每期几百行：买家表",
    "study.price by buyers": "价格除以收入：填 [demand.random] 的 income，或在价格偏好的 by 中写上收入",
    "study.declare": "写明买家看得到而表中没有的品质，并给上限：[study] 的 unmeasured、unseen_quality_max",
    "study.outlets": "从各品牌官网数出这 {brands} 个品牌的门店数；做知名度调查则更有说服力",
    "study.printed orders": "{focal}公布过的订单、交付与积压，每期一行，做成订单表",
    "study.company orders": "企业自己的各期订单与退订",
}

_DOCTOR = {
    "doctor.title": "半步 Halfstep {version}，{platform}", "doctor.head what": "项目", "doctor.head found": "现状", "doctor.head do": "怎么办",
    "doctor.ok": "所需的都齐了。", "doctor.not ok": "缺少必需的东西，见上。",
    "doctor.absent": "没有", "doctor.free": "剩余 {free} GB", "doctor.unknown": "不明",
    "doctor.python": "Python 版本", "doctor.disk": "当前磁盘", "doctor.temporary": "临时文件夹", "doctor.memory": "内存", "doctor.console": "控制台编码",
    "doctor.language": "语言", "doctor.kernel": "计算内核", "doctor.threads": "线性代数线程数", "doctor.browser": "浏览器", "doctor.writable": "{folder}，可写",
    "doctor.not writable": "{folder}，不可写", "doctor.extra": "可选组件 {name}：{used}", "doctor.duckdb use": "读 DuckDB 文件",
    "doctor.kernel found": "numpy（扩展模块未编译）",
    "doctor.do kernel": "要更快：装好 C 编译器后重新安装 halfstep；HALFSTEP_KERNEL 可取 native、numpy，或不设",
    "doctor.browser found": "有；只用来看 report.html",
    "doctor.do python": "安装 Python 3.11 或更高版本", "doctor.do library": "运行：pip install '{name}{wanted}'", "doctor.do extra": "用得到再装：pip install 'halfstep[{name}]'",
    "doctor.do disk": "请腾出空间", "doctor.do temporary": "把 TMPDIR（Windows 为 TEMP）设为可写的文件夹",
    "doctor.do memory": "请关掉其他程序，或减少行数", "doctor.do console": "显示不了的符号会被替换；要全部显示：PYTHONUTF8=1，Windows 另需 chcp 65001",
    "doctor.do browser": "任何浏览器都能打开 report.html，换一台电脑看也行",
}  # fmt: skip

ASK: dict[str, str] = _CLI | _QUESTIONS | _NEEDS | _STUDIES | _DOCTOR
