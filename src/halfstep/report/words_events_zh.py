"""Chinese words of shocks: what followed an event, or why that cannot be told."""

from __future__ import annotations

__all__ = ["EVENTS"]

_UI = {
    "ui.section events": "事件之后", "ui.axis observed": "{unit}", "ui.axis difference": "实际减推算，{unit}",
    "ui.axis difference share": "实际与推算之差",
    "ui.observed": "实际", "ui.expected": "推算", "ui.difference of": "差异", "ui.estimator": "估计方法", "ui.average": "平均差异",
    "ui.chance p": "p 值", "find.event average of": "平均差异，{unit}", "ui.own choice": "本报告采用", "ui.yes": "是", "ui.what": "项目", "ui.weight": "权重", "ui.donor": "参照对象", "ui.rival": "其他解释",
    "ui.would show": "若属实应当看到", "ui.found": "数据所见", "ui.true change": "真实降幅", "ui.chance found": "能查出的概率", "ui.after": "截至", "ui.money cost": "代价，{unit}",
    "rival.pass": "未被排除", "rival.review": "无法检验", "rival.fail": "与数据不符",
    "label.fell": "偏低", "label.rose": "偏高", "label.nothing larger": "变化不超过界限", "label.cannot tell": "无法判断",
    "label.disagree": "各方法互相矛盾", "label.refused": "无法回答",
    "find.span day": "{n} 天", "find.span week": "{n} 周", "find.span month": "{n} 个月", "find.span quarter": "{n} 个季度", "find.span year": "{n} 年",
    "find.span one day": "{n} 天", "find.span one week": "{n} 周", "find.span one month": "{n} 个月", "find.span one quarter": "{n} 个季度", "find.span one year": "{n} 年",
    "find.a day": "{unit}/天", "find.a week": "{unit}/周", "find.a month": "{unit}/月", "find.a quarter": "{unit}/季度", "find.a year": "{unit}/年",
    "find.amount of": "{amount} {unit}", "find.with tie": "{who}（{tie}）",
    "tie.siblings": "同集团品牌", "tie.rivals": "竞争对手", "tie.same country": "同一原产国", "tie.rival explanation": "其他解释提到它", "tie.named as no donor": "研究指定不作参照", "tie.an event of its own": "当时自身也有事件",
    "tie.blank cells": "有的时期没有数字", "tie.constant": "从不变动", "tie.zero": "全为零", "tie.copy of the treated unit": "与所问的序列重复",
 "tie.too few cycles": "事件之前的季节周期太少",
    "estimator.synthetic control": "合成控制", "estimator.synthetic differences": "合成双重差分", "estimator.structural series": "结构时间序列",
    "estimator.factors": "交互因子", "estimator.segmented": "分段回归", "estimator.differences": "双重差分", "estimator.": "无",
    "fact.dates": "日期数", "fact.size": "无事发生时仍判为有变化的比例", "fact.floor": "可能的最小 p 值", "fact.lo": "下限", "fact.hi": "上限", "fact.n": "数目",
    "room.events": "突发事件", "stage.events": "突发事件",
    "head.dim entity": "对象", "head.dim effect": "真实降幅",
}  # fmt: skip

_SENTENCE = {
    "find.event fell": "{event}：从{when}起的 {span}里，{brand}的{outcome}平均比按未受影响的对象推算的水平低 {value}（{level} 区间 {interval}）{chance}。",
    "find.event rose": "{event}：从{when}起的 {span}里，{brand}的{outcome}平均比按未受影响的对象推算的水平高 {value}（{level} 区间 {interval}）{chance}。",
    "find.event chance": "；同样的算法用在无事发生的日期和对象上，{n} 次里有 {k} 次得出同样大或更大的差异（不论方向）",
    "find.event chance none": "；同样的算法用在无事发生的日期和对象上，{n} 次里没有一次得出这么大的差异（不论方向）",
    "find.event within": "{event}：从{when}起的 {span}里，{brand}的{outcome}与按未受影响的对象推算的水平平均相差不超过界限 {margin}：{value}（{level} 区间 {interval}）。",
    "find.event open": "{event}：从{when}起，{brand}的{outcome}是否有变化，无法判断。{span}里与推算水平的平均差异，可以是 {level} 区间 {interval} 之内的任何数值；{power}。{why}",
    "find.event power": "变化达到 {detectable}，五次中约有四次能查出，再小就更难查出",
    "find.event power none": "凭现有数据，变化再大也达不到五次中查出四次",
    "find.event why": "{why}",
    "find.event apart": "{event}：从{when}起，{brand}的{outcome}是否有变化，无法判断。{span}里，各估计方法的区间互不相容：{estimators}。",
    "find.event by": "{estimator} {interval}",
    "find.event refused": "{event}：从{when}起，{brand}的{outcome}有何变化，无法回答。{why}",
    "find.event joint": "{text}这是{events}合在一起的数字：它们相隔太近，各占多少分不开。",
}  # fmt: skip

_FINDINGS = {
    "find.events about": "把事件之后的实际数字，与按未受事件影响的对象推算的水平相比。两者之差只说明事件之后发生了什么；其他可能的解释一并列出，并说明若属实应当看到什么。",
    "find.events title": "各事件之后", "find.events decide": "要下结论，还需要什么",
    "find.event needs": "{event}，{outcome}：{needs}。", "find.event heading": "{event}（{when}）：{brand}的{outcome}", "find.event of": "{event}，{outcome}：{text}",
    "find.event refusal": "{event}，{outcome}，{what}：{why}所需：{needs}。", "find.event refusal bare": "{event}，{outcome}，{what}：{why}",
    "find.event chance p": "；把同样的算法用在 {n} 个无事发生的日期和对象上，得出 p = {p}", "find.event same": "这份数据无法把它与事件本身区分开。", "find.event stands": "各项推论合起来看，检验了 {tested} 项", "find.event stands same": "各项推论合起来看，检验了 {tested} 项；这份数据无法把它与事件本身区分开",
    "find.event row orders": "由公布的数字推算的订单", "ui.units lost": "实际减推算，{unit}",
    "find.event path title": "{brand}的{outcome}：实际与推算",
    "find.event path caption": "实线为实际；虚线为用{estimator}推算的水平，事件之后附 {level} 区间。竖线：{marks}。",
    "find.event gap title": "{brand}的{outcome}：实际减推算",
    "find.event gap caption": "红线为差异，事件之后附 {level} 区间；灰线为同样的算法用在无事发生之处的结果（共 {n} 条，画出 {shown} 条）。竖线：{marks}。",
    "find.event gap caption bare": "红线为差异，事件之后附 {level} 区间。竖线：{marks}。",
    "find.event mark": "{number} {label}", "find.event dated": "{label}（{when}）", "find.event rival begins": "{rival}，开始", "find.event rival ends": "{rival}，结束",
    "find.event figures title": "差异的数字", "find.event estimators title": "各估计方法的结果", "find.event donors title": "推算水平由谁而来",
    "find.event rivals title": "其他解释，以及若属实应当看到什么", "find.event cost title": "到各时点的代价", "find.event power title": "这套算法能查出多大的变化",
    "find.event row average": "{span}平均", "find.event row first": "第一期", "find.event row lasting": "最后三分之一时段", "find.event row faded": "第一期与最后三分之一时段相比", "find.event row total": "{span}合计",
    "find.event row joint": "时间重叠的事件合计", "find.event row part": "{event}所占，介于", "find.event row spill": "旁及：{entity}",
    "find.event row prior": "已发表的同类危机，介于", "find.event row combined": "与已发表的危机合并估计",
    "find.event detectable": "降幅达到 {detectable}，五次中约有四次能查出。", "find.event detectable none": "降幅再大，也达不到五次中查出四次。",
    "find.event p": "p = {p}；这张表最小只能得到 {floor}。", "find.event p alone": "p = {p}。",
    "find.event decide": "要下结论，还需要：{needs}。", "find.event others": "其余 {n} 个",
    "prediction.begins": "{brand}的走势自{when}起自行转变", "prediction.ends": "{when}之后不再留有影响", "prediction.before": "变化在事件之前已经开始",
    "prediction.moves down": "事件之后{entity}偏低", "prediction.moves up": "事件之后{entity}偏高", "prediction.backlog": "数字反映的是供给：交付受积压订单所限", "prediction.": "没有可以检验的推论",
}  # fmt: skip

_WHAT = {
    "what.event observed": "实际", "what.event counterfactual": "推算水平", "what.event gap": "实际减推算", "what.event fan": "无事发生之处的同一差异",
    "what.event effect: with published crises": "与已发表的危机合并后的平均差异", "what.event effect: orders inferred": "由公布的数字推算的订单变化",
    "what.cost by fame before": "事前名气每翻一倍，损失的变化", "what.cancelled share": "退订占订单的比例", "what.record orders": "订单新高",
    "why.too few crises with fame": "写明事前名气的已发表危机太少，估不出关系。", "needs.crises with a measure of fame": "带有事前名气指标的已发表危机",
    "find.event fame": "在 {n} 个已发表的危机中，事前名气每翻一倍，事后的差异随之变动 {value}。", "method.events.dose": "已发表危机的效应对事前名气的对数作随机效应回归（Knapp 与 Hartung 2003）。",
    "what.event effect: average": "事件之后的平均差异", "what.event effect: first": "第一期的差异", "what.event effect: lasting": "最后三分之一时段的差异",
    "what.event effect: faded": "第一期与最后三分之一时段相比：其间消退的部分", "what.event effect: total": "事件之后的差异合计", "what.event effect: joint": "时间重叠的事件之后的差异，合计",
    "what.event effect: part": "重叠事件中一个事件所占的部分", "ui.unit p value": "p 值", "what.event effect: p": "安慰剂中偏离零不小于此的比例（含本身）", "what.event effect: by estimator": "用一种估计方法得出的平均差异", "what.event effect: spill-over": "事件主体之外的对象的差异",
    "what.cost of an event": "事件的代价", "what.reference class": "已发表的同类危机的范围",
    "what.event donors": "参照对象的权重", "what.event power": "查出真实变化的概率",
}  # fmt: skip

_WHY = {
    "why.interval excludes zero": "整个区间在零的一侧。", "why.interval holds zero": "区间包含零。", "why.within the margin": "整个区间都在界限之内。",
    "why.estimators disagree": "各估计方法的结果互相矛盾。", "why.too few placebos": "无事发生的日期和对象太少，无法衡量这是不是巧合。",
    "event reason.supply, not demand": "若交付的是积压订单，数字反映的是能造多少，而不是买家想要多少；没有数据能排除这种情形。", "why.outside the sample": "数据没有覆盖事件当天。",
    "why.too few periods before": "事件之前的时期太少，无从推算。", "why.no series": "表中没有该对象不间断的数据。", "why.nothing after": "表中没有事件之后的时期。",
    "why.no unit margin": "研究没有写明每卖一件赚多少。", "why.no published crisis of this kind": "没有收录这一类已发表的危机。",
    "needs.more untouched entities": "更多未受事件影响的对象", "needs.more periods before": "事件之前更多的时期", "needs.more periods after": "事件之后更多的时期",
    "needs.orders instead of deliveries": "用订单代替交付", "needs.a margin": "在 [shocks] 中写明 margin：多小的变化可以不计", "needs.a control group": "事件不可能波及的对照组，如某个地区、某类买家",
    "needs.a unit margin": "在 [shocks] 中写明 unit_margin：每卖一件赚多少（从多少到多少）", "needs.weekly figures": "按周或按天的数据",
    "why.zeros": "有的时期数字为零或负数，谈不上相对变化。",
    "why.dose.few": "危机太少，说不出名气与损失有什么关系。", "why.dose.same": "这些危机中品牌的名气太接近，说不出名气与损失有什么关系。", "why.dose.scales": "这些危机衡量名气的尺度不同。", "why.dose.published": "写明事前名气的已发表危机太少。",
    "needs.absolute scale": "把这项结果的 scale 设为 \"absolute\"",
    "needs.rivals.later": "事件之后更多的时期", "needs.rivals.earlier": "事件之前更多的时期", "needs.rivals.finer": "按周或按天的数据", "needs.rivals.power": "更长或更平稳的序列", "needs.rivals.predict": "这一解释会带来、而事件本身不会带来的现象",
    "needs.rivals.outcome": "那个对象自身的数据", "needs.rivals.flow": "含订单与积压的流量表", "needs.rivals.orders": "用订单代替交付",
    "why.too few published crises": "收录的同类已发表危机太少，得不出范围。", "why.order figures contradict": "公布的订单数字自相矛盾。", "why.order figures say too little": "从公布的订单数字看不出订单变了多少。",
    "needs.a longer sample": "覆盖事件当天的数据", "needs.published crises": "更多同类的已发表危机", "needs.correct one of the figures": "更正其中一个数字", "needs.figures of orders": "订单、积压或等待周数的数字",
    "why.event donors left out": "没有采用（{reason}）：{list}。", "why.event donors touched": "可能受到波及，不作参照（{reason}）：{list}。",
    "why.event season taken out": "已剔除季节规律：各对象自身每 {n} 期重复一次的起伏。", "why.event season too short": "没有剔除季节规律：{reason}（事件之前有 {n} 期）。",
    "why.event periods left out": "{n} 期没有数字，未计入：{list}。", "why.event series flat": "事件之前，这一序列从不变动。",
    "why.event leave one out": "{n} 个对象逐一去掉，平均差异介于 {lo}（去掉{entity_lo}）与 {hi}（去掉{entity_hi}）之间。",
    "why.event leave one out turns": "结论取决于单独一个对象：{n} 个对象逐一去掉，平均差异介于 {lo}（去掉{entity_lo}）与 {hi}（去掉{entity_hi}）之间。",
    "why.event donor moved": "作参照的{donor}（权重 {weight}）当时自身也有变动：{value}（p {p}）。",
    "why.event estimators disagree": "采用的是{estimator}；另有方法的区间与它互不相容：{list}。",
    "why.event family": "一共问了 {n} 个结论；即使什么都没有发生，也会有 {expected} 个得出有变化。",
    "why.event class surprised": "已发表的同类危机与这份数据互相矛盾（p {p}）：两者合并的数字不宜采用。",
    "why.event back-test": "{n} 个已发表的危机，逐个由其余危机预测：{covered} 个落在 {level} 范围之内，可见其覆盖率介于 {lo} 与 {hi} 之间。",
    "why.event backlog": "事件前后有 {periods} 期，买家等待交付的时间超过一期，最长 {weeks} 周：{kind}反映的是能造多少。", "why.event backlog unknown": "没有数据说明买家是否在等：{kind}可能反映的是能造多少。",
    "why.event rival stands: survives": "{rival}：未被排除，检验了 {tested} 项推论。{same}", "why.event rival stands: contradicted": "{rival}：与数据不符，检验了 {tested} 项推论。{same}", "why.event rival stands: not testable": "{rival}：没有一项推论可以检验。{same}",
    "do.leave that donor out": "查清它当时发生了什么；若受到波及，写入 not_donors。", "do.leave the class off": "在 [shocks] 中设 prior = \"none\"。", "do.read net orders": "改看扣除退订后的订单。",
    "why.event placebos": "本报告采用的算法（{estimator}）也用于同一日期的 {units} 个未受影响的对象，以及更早的日期（互不重叠的时段 {dates} 个）：共 {n} 次，都是无事发生的情形。",
    "why.event size": "在无事发生之处，未经校正的区间有 {size} 判为有变化（名义上应为 {nominal}）；区间与 p 值已据此校正。",
    "why.event size high": "在无事发生之处，未经校正的区间有 {size} 判为有变化，远高于名义上的 {nominal}；区间与 p 值已据此校正，因而较宽。",
    "why.event pre-trend none": "事件之前，实际与推算的水平一致（p {p}）。", "why.event pre-trend": "事件之前，实际已经偏离推算的水平（p {p}）。",
    "why.event donors few": "只有 {n} 个对象可作参照。",
    "why.event overlap apart": "几个事件的时段重叠（{list}），但相隔够远，各自的差异可以分开。", "why.event overlap joint": "几个事件的时段重叠（{list}）：只能给出合计，各占多少只有上下限。间隔更久、按天的数据，或者只有其中一个事件能波及的指标，才能把它们分开。",
    "why.event rival survives": "{rival}：{prediction}。数据确实如此，这一解释未被排除。", "why.event rival contradicted": "{rival}：{prediction}。数据并非如此，这一解释与数据不符。",
    "why.event rival not testable": "{rival}：{prediction}。现有数据无法检验。",
}  # fmt: skip

_METHODS = {
    "method.events.gate": "用几种方法推算未发生事件时的水平（合成控制：Abadie、Diamond 与 Hainmueller 2010；合成双重差分：Arkhangelsky 等 2021；以其他对象为解释变量的结构时间序列；交互因子；分段回归），并把它们用在无事发生的更早日期和未受影响的对象上。采用在那里误差最小的一种；区间与 p 值由它在那里的误差得出。",
    "method.events.orders": "逐周推算订单，使其同时符合公布的订单、积压、等待周数与交付；区间取自所有符合的情形。",
    "method.events.cost": "差异合计的两端，分别乘以每件所赚的两端；代价记为正数。",
    "method.events.overlap": "同一对象的每个事件各有一次跳变和一段消退，一并拟合；分不开的只给合计，各占多少只给上下限。",
    "method.events.reference": "把已发表的同类危机的效应看作正态分布，计入危机之间的差别；再与本次估计按精度合并。",
    "method.events.path": "实际与所采用方法推算的水平，逐期列出；区间取自无事发生之处的误差。",
    "method.events.fan": "把所采用的方法用在无事发生的日期和对象上。",
    "assume.untouched entities were not touched": "作参照的对象都没有受到事件波及。", "assume.no other shock of its own": "该对象当时没有别的突发事件；其他解释另行列出。",
    "assume.placebos stand for chance": "事件之后的误差，与无事发生的日期和对象上的误差相当。", "assume.published crises are like this one": "这次危机与已发表的危机出自同一范围。",
    "assume.orders walk around a level": "每周订单围绕某一水平起伏，除事件之外没有跳变。", "assume.deliveries spread evenly over a period": "交付在一期之内均匀分布。", "assume.some deliveries unknown": "有的时期交付不明。",
    "assume.cancelled share as printed": "退订占订单的比例以公布的为准。", "assume.cancellations unknown": "退订情况不明。",
    "assume.narrower: orders": "若有一个公布的订单数字，区间会收窄最多。", "assume.narrower: backlog": "若有一个公布的积压数字，区间会收窄最多。", "assume.narrower: cancelled share": "若有一个公布的退订比例，区间会收窄最多。",
    "assume.a unit earns what the study says": "每卖一件所赚的与研究所写一致，多卖少卖都是如此。",
}  # fmt: skip

_CLI = {
    "cli.no events": "这个研究没有问任何事件。请在 study.toml 中加入：结果数据表 outcomes、[outcome_columns]、[[outcomes]]，以及写有 id、period、brand、label、source 和 outcomes = [...] 的 [[events]]。",
}  # fmt: skip

EVENTS: dict[str, str] = _UI | _SENTENCE | _FINDINGS | _WHAT | _WHY | _METHODS | _CLI
