"""Chinese words of misbelief: what is believed of brands beside what is true of them."""

from __future__ import annotations

__all__ = ["BELIEVE"]

_FINDINGS = {
    "find.believe parts title": "品牌名、误解、产品：{benchmark}减{focal}，{unit}",
    "find.believe nothing together": "品牌名与误解分不开。{why}所需：{needs}。两者合计 {together}。",
    "find.believe title": "品牌名与误解：{benchmark}对{focal}",
    "find.believe information": "随机抽中的受访者被告知了事实，他们的看法随之改变，因此误解与品牌名可以分开：误解 {belief}；除去误解的品牌名 {name}。",
    "find.believe bound": "没有随机告知事实，或告知几乎不起作用。受访者所说的看法里既有误解，也有爱屋及乌，两者只能给出范围：误解 {belief}；除去误解的品牌名 {name}。",
    "find.believe nothing": "品牌名与误解分不开。{why}所需：{needs}。",
    "find.believe note": "单位{unit}，基准品牌减本品牌；大于零，即本品牌不及基准。只给范围的，范围内没有最佳估计。",
    "find.believe levers title": "纠正人们对{focal}的看法，至多能带来多少（每位受访者，{unit}）",
    "find.believe lever prevalence": "看法比事实差的人", "find.believe lever cap": "至多带来",
    "find.believe levers note": "上限＝看法比事实差的人所占比例 × 纠正后对他们的价值。以纠正看法为目的的传播，带来的不会超过这个数；所报看法中的随机误差只会抬高上限。",
    "find.believe all": "合计",
}  # fmt: skip

_WHAT = {
    "what.name where attributes were listed": "列出配置时的品牌名", "what.name and believed product": "只看到品牌名时，品牌名与人们所认为的产品",
    "what.product tried blind": "隐去品牌名时的产品", "what.name and misbelief together": "品牌名与误解合计",
    "what.product at the facts, where names alone were seen": "只看到品牌名时，按事实计的产品", "what.misbelief": "误解", "what.name without misbelief": "除去误解的品牌名",
    "what.misbelief that information took away": "告知事实后消除的误解", "what.what informed reports still differ from the facts": "告知之后，所报看法与事实仍有的差别",
    "what.misbelief if every report is taken for belief": "把所报看法全部当真时的误解", "what.misbelief without the instrument": "不借助告知事实来读的误解（未采用）",
    "what.most that correcting beliefs can bring": "纠正看法至多能带来多少",
    "what.share who believe worse than the fact": "看法比事实差的人所占比例", "what.most that correcting this belief can bring": "纠正这一看法至多能带来多少",
}  # fmt: skip

_WHY = {
    "why.no name-only cell": "没有只看到品牌名的受访者。", "why.no blind cell": "没有隐去品牌名的受访者。", "why.no treatment": "没有随机告知部分受访者事实。",
    "why.no reports": "没有问过受访者的看法。", "why.no facts": "两个品牌的真实配置未知。", "why.brand not in the cell": "有一组缺少其中一个品牌。",
    "why.weak information": "告知事实几乎没有改变看法。", "why.more attributes than information moves": "问了看法的属性太多，告知的事实无法逐一带动。",
    "why.not estimable": "这些选择分不出它来。",
    "why.misbelief rests on information": "{benchmark}：靠随机告知的事实，品牌名与误解可以分开。",
    "why.misbelief rests on bound": "{benchmark}：所报看法中可能有爱屋及乌，品牌名与误解只能给出范围。",
    "why.misbelief rests on nothing": "{benchmark}：品牌名与误解分不开。",
    "why.information strong": "{benchmark}：告知事实改变了看法，有效 F 为 {effective}，临界值 {critical}。",
    "why.information weak": "{benchmark}：告知事实几乎没有改变看法，有效 F 为 {effective}，临界值 {critical}。",
    "why.informed reports still differ from the facts": "{benchmark}：被告知的人所报的看法仍与事实不同，要么没有全信，要么所报看法有因品牌而异的偏差。",
    "why.information contradicts itself": "{benchmark}：告知事实对选择的影响，与它对看法的影响不相符。",
}  # fmt: skip

_REST = {
    "needs.a cell in which the name is all that is seen": "只看到品牌名的受访者", "needs.a cell in which the name is hidden": "看不到品牌名的受访者",
    "needs.a cell that is told the facts by lot": "随机抽中、被告知事实的受访者", "needs.a table of beliefs": "受访者看法的数据表", "needs.both brands in every cell": "每一组都有两个品牌",
    "needs.more respondents, or information that is believed": "更多受访者，或更可信的告知内容", "needs.information on each attribute by itself": "对各项属性分别告知", "needs.more brands": "更多品牌",
    "do.tell some respondents the facts, by lot": "随机抽取部分受访者，告知事实。", "do.ask more respondents": "增加受访者。", "do.read the misbelief with it in mind": "读误解的数字时须考虑这一点。",
    "assume.cells by lot": "受访者随机分组。",
    "method.choice.beliefs": "同一批人的分组与所报看法：所报看法里既有真实看法，也有爱屋及乌，以随机告知的事实为工具变量（控制函数：Rivers & Vuong 1988；Petrin & Train 2010）。没有这样的告知，只给范围。",
}  # fmt: skip

BELIEVE: dict[str, str] = _FINDINGS | _WHAT | _WHY | _REST
