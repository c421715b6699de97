"""Chinese words of tastes that differ between buyers."""

from __future__ import annotations

__all__ = ["RANDOM"]

_UI = {
    "ui.taste": "差别在哪里", "ui.elasticity common": "弹性（买家看作一样）", "ui.elasticity random": "弹性（买家各不相同）", "ui.markup": "毛利占价格", "ui.cost": "边际成本",
    "ui.unit utils": "效用单位", "ui.worth random": "价值（买家各不相同）", "ui.name of": "换成", "ui.name profit": "利润（各家重新定价）", "ui.name fixed": "利润（价格不变）", "ui.name units": "销量", "ui.name price": "平均价格", "ui.name revenue": "目前收入（相对该品牌）",
    "ui.third low": "{demographic}最低的三分之一", "ui.third middle": "中间三分之一", "ui.third high": "最高三分之一",
    "ui.optimum": "最优点", "ui.objective": "目标函数值", "ui.starts": "到达的起点数", "ui.unit count": "个数",
    "taste.price": "价格", "taste.constant": "买与不买", "demographic.income": "收入", "demographic.age": "年龄", "demographic.children": "子女",
    "way.random": "需求视角（买家各不相同）", "way.common": "买家看作一样（2SLS）",
    "fact.starts": "起点数", "fact.converged": "收敛的起点数", "fact.reached": "到达最好最优点的起点数", "fact.optima": "最优点个数", "fact.best": "最好的目标函数值", "fact.next": "次好的目标函数值", "fact.evaluations": "计算次数",
    "fact.gradient": "最大梯度", "fact.tolerance": "搜索的停止界限", "fact.least": "最小曲率", "fact.most": "最大曲率", "fact.share": "买家占比", "fact.failed": "没有均衡的抽样", "fact.draws": "抽样次数",
    "fact.common": "α，买家看作一样", "fact.random": "α，买家各不相同", "fact.ratio": "两者之比", "fact.moved": "移动了几个标准误",
}  # fmt: skip

_FINDINGS = {
    "find.random line": "买家各不相同：提价 1%，{brand}的销量会少 {random}%；把买家看作一样的 logit 则说少 {common}%。{turns}",
    "find.turns none": "", "find.turns no": "两个半步的结论不变。", "find.turns yes": "{halves}的结论也会不同。",
    "find.random lost": "把买家看作一样，会错多少：提价 1%，{brand}的销量会少 {random}%；而把所有买家看作一样的 logit 说少 {common}%。",
    "find.random lost too": "{brand}会少 {random}%，logit 说少 {common}%。",
    "find.random misled": "用术语说：随机系数下，购买所比品牌的人平均 α 为 {random}（区间 {interval}）；偏好相同的 logit 为 {common}，前者是后者的 {ratio} 倍。",
    "find.random vague": "这个 α 的区间包含零：单凭这些份额，还看不清买家之间差别有多大。下面的弹性、毛利和品牌名的价值都只能当作范围来读，差距也折不成金额。",
    "find.random alike": "没有哪一项偏好的差别能与零分开：不能排除买家其实都一样。",
    "find.turns whole none": "结论是否因此不同，说不了：主要比较没有可以对照的拆分。",
    "find.turns whole no": "把买家看作一样，主要比较的结论不变。",
    "find.turns whole yes": "把买家看作一样，结论会不同：{parts}。", "find.turn": "{half}那样是“{common}”，这里是“{random}”",
    "find.random refused": "要求了让买家各不相同，但估计不出来。{why}所需：{needs}。以下仍把所有买家看作一样。",
    "find.demand three random": "{period}，对{benchmark}的产品半步：看价格（价格视角），{focal}{price lens}；看份额、买家各不相同（需求视角，随机系数），{2sls}；看份额、价格当作给定（OLS），{ols}。单位：{unit}，{level} 区间。",
    "find.demand two random": "{period}，对{benchmark}的产品半步：看份额、买家各不相同（需求视角，随机系数），{focal}{2sls}；看份额、价格当作给定（OLS），{ols}。单位：{unit}，{level} 区间。",
    "find.resamples none": "没有做自助法重估（demand.random.resamples），它会给出怎样的区间无从得知。",
    "find.resamples": "α 的标准误之外，另做了 {of} 次自助法重估，其中 {failed} 次失败。",
    "find.test J random head": "Hansen J 检验，买家各不相同",
    "find.tastes title": "买家之间差别有多大",
    "find.taste sigma": "对{column}的偏好：各人相差多少（σ）", "find.taste shared": "对{column}与对{other}的偏好：有多少同向（σ）",
    "find.taste pi": "对{column}的偏好：随{demographic}变动多少（π）", "find.taste income": "对{column}的偏好：随 1/{demographic}变动多少（π）", "find.taste mean": "对{column}的偏好：均值",
    "find.told zero": "估计为零。", "find.told no": "与零分不开。", "find.told yes": "与零分得开。",
    "find.told price up": "{demographic}越高，越不在意价格。", "find.told price down": "{demographic}越高，越在意价格。",
    "find.told attribute up": "{demographic}越高，越想要。", "find.told attribute down": "{demographic}越高，越不想要。",
    "find.unminding none": "提价会让每个买家却步。", "find.unminding some": "照这个模型，这些买家反而愿意价格更高。",
    "find.tastes note": "单位是每一单位的效用：价格按每单位货币，属性按变换后的每一单位。σ 是买家之间的标准差；π 是某项特征高一个标准差时的变动，随收入变动的，则看收入的倒数，以其均值为一单位。",
    "find.tastes signed": "对数正态或有界的偏好由正态变换而来：均值、σ、π 都指变换之前的正态。",
    "find.brands title": "逐个品牌看，最近一期：弹性、毛利与成本，成本单位{unit}",
    "find.brands note": "弹性取品牌各款的平均。毛利与边际成本是反推出来的：厂商的定价若是最赚钱的定价（Bertrand-Nash），成本就该是这么多。{level} 区间由估计的抽样得出；毛利超过 100%，即成本小于零。",
    "find.name value title": "品牌名在均衡中值多少：{focal}若换上别家的品牌名",
    "find.name value note": "只换买家偏好中的品牌项，产品不动。表中是{focal}的利润、销量与平均价格的变动：第一列各家都重新定价，第二列价格都不变。品牌项并不只是品牌名，其中仍含{holds}。{level} 区间。",
    "find.thirds title": "谁认这个品牌名：按{demographic}分，对买家值多少，{unit}",
    "find.thirds note": "对方的品牌项减去{focal}的，除以各三分之一买家的货币边际效用。这里假定大家对品牌名的喜好相同，不同的是钱对各人有多重。",
    "find.optima title": "搜索过程：各起点到达的最优点",
    "find.optima note": "{starts} 个起点中 {converged} 个收敛，共计算 {evaluations} 次，内核为 {kernel}；残差与斜率的余弦小于 {tolerance} 时停止；在估计值处，最大梯度 {gradient}，曲率 {least} 到 {most}。第一个起点取 Salanié 与 Wolak（2022）的近似；其余起点，σ 取半正态、π 取正态，都按效用的一个标准差缩放，均值则在第一个起点上乘以对数正态的倍数。",
    "figures.no buyers table": "涉及：{names}。", "figures.fewer instruments than tastes": "现有：{names}。",
}  # fmt: skip

_WHAT = {
    "what.tastes that differ": "买家之间不同的偏好", "what.logit with tastes in common": "把买家看作一样的 logit（对照需求视角）",
    "what.sigma of tastes": "偏好的离散程度（σ）", "what.pi of tastes": "偏好随买家特征的变动（π）", "what.pi of tastes by income": "偏好随收入倒数的变动（π）",
    "what.mean of tastes": "偏好的均值", "what.rho of tastes": "同组产品的相似度（ρ）",
    "what.alpha by random": "α，买家各不相同（随机系数；购买所比品牌的人）", "what.alpha by re-estimation": "α，买家各不相同，重估的中位数（自助法；购买所比品牌的人）", "what.rho by random": "ρ，同组产品的相似度（随机系数）",
    "what.buyers who do not mind paying": "不在意多付钱的买家", "what.objective at an optimum": "最优点的目标函数值", "what.starts that reached it": "到达它的起点数",
    "what.re-estimations that failed": "失败的重估次数", "what.draws without an equilibrium": "没有均衡的抽样次数",
    "what.markup": "毛利占价格的比例", "what.cost": "边际成本",
    "what.name profit": "换品牌名后的利润变动（各家重新定价）", "what.name fixed": "换品牌名后的利润变动（价格不变）", "what.name units": "换品牌名后的销量变动", "what.name price": "换品牌名后的平均价格变动", "what.name revenue": "收入溢价：目标品牌收入与基准品牌收入之比减一",
    "what.name low": "品牌项之差，对最低三分之一买家的价值", "what.name middle": "品牌项之差，对中间三分之一买家的价值", "what.name high": "品牌项之差，对最高三分之一买家的价值",
    "needs.number of possible buyers of each market": "各市场潜在买家的数目", "needs.a demographic that differs between buyers": "买家之间有差别的人口特征", "needs.a buyers table with these demographics": "含这些特征的买家表",
    "needs.more instruments in [demand]": "在 [demand] 中多给工具变量", "needs.more markets, or fewer tastes": "更多市场，或少让几项偏好各不相同", "needs.micro figures, or fewer tastes": "买家调查的数字，或少让几项偏好各不相同", "needs.a price taste that is bounded": "有界或对数正态的价格偏好",
}  # fmt: skip

_WHY = {
    "why.tastes not told apart": "单凭这些份额，分不清买家之间的差别：搜索找不到唯一的最佳答案。",
    "why.spread at zero": "估计为零：没有发现差异，而份额也说不出差异可能有多大。",
    "why.demographic does not vary": "偏好据以变化的人口特征对所有买家都相同。",
    "why.rows left out buy nothing": "{of} 行中有 {rows} 行未进入估计（有空白或没有销量），占销量的 {share}：其买家被算作什么都没买的人，所有份额都会因此移动。",
    "do.fill the blanks": "补全空白的属性和成本列。",
    "why.no buyers table": "偏好要随买家特征而变，却没有买家表提供这些特征。",
    "why.fewer instruments than tastes": "工具变量少于要分辨的偏好。",
    "why.tastes cannot be estimated": "搜索没有找到符合这些份额的偏好。",
    "why.prices have no equilibrium": "价格会无止境地上涨：有些买家不在意多付钱。",
    "why.every start ends at one optimum": "{starts} 个起点中 {converged} 个收敛，都到达同一个最优点（目标函数值 {best}）。",
    "why.several optima": "各起点到达 {optima} 个最优点：{starts} 个中有 {reached} 个到达最好的（目标函数值 {best}），次好的为 {next}。",
    "why.no start converged": "{starts} 个起点都没有收敛，所列是找到的最好的点。",
    "why.objective curves upwards": "在估计值处，目标函数朝各方向都上弯（曲率最小 {least}，最大 {most}），梯度 {gradient}。",
    "why.objective is flat": "在估计值处，目标函数有一个方向是平的（曲率最小 {least}，最大 {most}）：这些份额分辨不出全部偏好。",
    "why.all buyers mind paying": "提价会让每个买家却步。", "why.some buyers do not mind paying": "{share} 的买家不因提价而却步。",
    "why.all costs above zero": "{of} 款产品的边际成本都大于零。", "why.negative costs": "{of} 款产品中有 {rows} 款的边际成本不大于零：毛利高得不真实。",
    "why.all products of the last period elastic": "买家各不相同时，{of} 款产品的自身价格弹性都低于 −1。",
    "why.inelastic products in the last period": "买家各不相同时，{of} 款产品中有 {rows} 款的自身价格弹性高于 −1：厂商提价反而多赚。",
    "why.prices clear at every draw": "在估计值处，以及对它的全部 {draws} 次抽样中，价格都有均衡。", "why.some draws have no equilibrium": "对估计作 {draws} 次抽样，其中 {failed} 次价格没有均衡，未计入。",
    "why.tastes in common beside tastes that differ": "偏好相同时 α 为 {common}；各不相同时，购买所比品牌的人为 {random}，是前者的 {ratio} 倍。",
    "why.nodes are enough": "节点加倍，购买所比品牌者的 α 由 {alpha} 变为 {other}，没有一项偏好移动超过 {moved} 个标准误。", "why.nodes matter": "节点加倍，购买所比品牌者的 α 由 {alpha} 变为 {other}，有一项偏好移动了 {moved} 个标准误。",
    "why.market size matters little": "潜在买家加倍，购买所比品牌者的 α 由 {alpha} 变为 {other}，没有一项偏好移动超过 {moved} 个标准误。", "why.market size matters": "潜在买家加倍，购买所比品牌者的 α 由 {alpha} 变为 {other}，有一项偏好移动了 {moved} 个标准误。",
    "do.read the table of optima": "看最优点的表，并增加起点。", "do.take a taste out": "从 [demand.random] 中去掉一项偏好。", "do.take a taste out, or give micro figures": "去掉一项偏好，或提供买家调查的数字。",
    "do.bound the taste for price": "把价格偏好改为对数正态或有界。", "do.read markups with care": "毛利要谨慎看待。",
    "do.raise demand.random.size": "调大 demand.random.size。", "do.give the number of possible buyers": "核实潜在买家的数目。",
}  # fmt: skip

_METHODS = {
    "assume.random tastes": "买家的偏好按研究写明的分布各不相同，此外符合 logit。",
    "assume.Bertrand-Nash prices": "各厂商在对手价格既定时，按最赚钱的方式为自己的产品定价。",
    "method.demand.random": "随机系数 logit（Berry, Levinsohn & Pakes 1995），沿用该回归的行、效应与工具变量：求出与份额相符的平均效用，再作 GMM。偏好差别的误差一并计入由平均效用读出的数字（Murphy & Topel 1985）。",
    "method.demand.reestimated": "给各聚类随机加权，把整个估计重做一遍，即贝叶斯自助法（Rubin 1981）：取中位数与分位数。",
    "method.demand.revenue": "最近一期目标品牌各行价格乘销量之和，除以基准品牌的（收入溢价：Ailawadi、Lehmann 与 Neslin 2003）。只是计数，包含一切促成销售的因素。",
    "method.demand.pricing": "按估计计算弹性，取品牌最近一期各款的平均；毛利与成本由厂商的一阶条件（Bertrand-Nash）得出。区间取估计抽样的分位数。",
    "method.demand.equilibrium": "把本品牌的品牌项换成对方的，各家重新定价，直到谁都无法再多赚（Goldfarb, Lu & Moorthy 2009；价格按 Morrow & Skerlos 2011 求解）。区间取估计抽样的分位数。",
}  # fmt: skip

RANDOM: dict[str, str] = _UI | _FINDINGS | _WHAT | _WHY | _METHODS
