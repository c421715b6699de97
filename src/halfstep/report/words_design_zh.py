"""Chinese words of planned experiments: how many respondents, what they would see, what the tasks can tell."""

from __future__ import annotations

__all__ = ["DESIGN"]

_HEADS = {
    "design.all": "全部受访者", "design.brand": "品牌", "design.price": "价格", "design.none": "都不选", "design.no gap": "无",
    "design.head group": "人群", "design.head respondents": "受访者总数", "design.head of group": "其中本人群", "design.head power": "看出差距的概率",
    "design.head smallest": "能看出的最小差距", "design.head taste": "偏好", "design.head expected": "预期值（效用）", "design.head error": "标准误",
    "design.head factor": "变化的因素", "design.head levels": "水平 × 出现次数", "design.head overlap": "同题相同的比例",
    "design.title curve": "多访一些人，能换来什么", "design.title tasks": "题目", "design.title errors": "各项偏好能估得多准",
    "design.title fielded": "已有选择数据所用的题目", "design.title assumes": "以上结果的前提",
    "design.many levels": "{n} 个水平", "stage.design": "出题", "stage.power": "测算样本量",
}  # fmt: skip

_ANSWER = {
    "design.nothing planned": "研究中没有计划新的实验：写上 [choice.design]，本命令就会出题，并算出看清某一差距要多少受访者。",
    "design.nothing listed": "选择数据中没有人同时看到品牌和属性，没有可检查的题目。",
    "design.needed": "若{focal}的品牌比{benchmark}少值 {gap}，要有 {chance} 的把握看出来，需要 {n} 名受访者。",
    "design.needed alike": "若{focal}的品牌比{benchmark}少值 {gap}，要有 {chance} 的把握看出来，最少需要 {n} 名受访者：这还是在人人偏好相同的前提下。",
    "design.needed none": "若{focal}的品牌比{benchmark}少值 {gap}，用这套题目即使访问一千万人，也达不到 {chance} 的把握：请换一组价格或水平。",
    "design.needed in": "若要单独在{group}（占受访者的 {share}）中看出来：共需 {n} 名受访者，其中本人群 {mine} 名。",
    "design.needed in none": "单独在{group}（占受访者的 {share}）中，即使访问一千万人也看不出来。",
    "design.planned": "按计划的 {planned} 名受访者，看出来的概率为 {power}；有 {chance} 把握看出的最小差距是 {smallest}。",
    "design.planned none": "按计划的 {planned} 名受访者，看出来的概率为 {power}；差距再大，也达不到 {chance} 的把握。",
    "design.planned in": "在{group}中（{planned} 名里有 {of} 名），概率为 {power}；有 {chance} 把握看出的最小差距是 {smallest}。",
    "design.planned in none": "在{group}中（{planned} 名里有 {of} 名），概率为 {power}；差距再大，也达不到 {chance} 的把握。",
    "design.seen": "所谓看出来，是指差距的 {level} 区间（误差按受访者聚类）下限高于零。",
}

_CHECKS = {
    "design.is": "共 {versions} 套问卷，每套 {tasks} 题，每题 {alternatives} 个方案。",
    "design.is none": "共 {versions} 套问卷，每套 {tasks} 题，每题 {alternatives} 个方案，另可选“都不选”。",
    "design.efficiency": "按上述偏好，D 误差为 {d}；随机出题时为 {random}，是前者的 {ratio} 倍。",
    "design.efficiency random": "方案为随机抽取；按上述偏好，D 误差为 {d}。",
    "design.at random": "如果随机出题，需要 {n} 名受访者。",
    "design.told": "{rank} 项偏好全部可以估出。",
    "design.untold": "以下各项从不分开变化，无法估出：{columns}。",
    "design.twins": "{tasks} 题中有 {n} 题出现两个完全相同的方案。",
    "design.dominated": "{tasks} 题中有 {n} 题存在明显较差的方案（样样不比另一个好，且至少一样更差），这类题目提供的信息很少。",
    "design.prohibited": "有 {n} 个方案含有禁止的组合。",
    "design.clean": "没有同题重复的方案，没有明显较差的方案，也没有禁止的组合。",
    "design.together": "有 {n} 对变量在题内几乎同步变化（相关系数在 0.9 以上），两者的偏好很难分清。",
    "design.fielded": "{n} 名受访者，共 {tasks} 题。",
    "design.never varies": "{factor}在同一题内从不变化。",
}

_ASSUMES = {
    "design.stated": "偏好是人为给定的，不是估计出来的。来源：{source}。",
    "design.alike": "没有试访数据，只能假定受访者偏好相同、权重相等。否则需要更多的人：在一项公开的汽车选择实验中，因偏好各异需要 1.3 至 1.5 倍，再加上权重悬殊则需要六至九倍。先做一次小规模试访便可知道。",
    "design.estimated": "偏好取自已有的选择数据：{n} 名受访者，每人 {tasks} 题；这里把估计值当作真值。",
    "design.inflated": "方差乘以 {weights}，因为权重不均（该数据中按题目聚类的方差与海塞逆矩阵方差之比）；再乘以 {people}，因为各人偏好不同（按受访者聚类与按题目聚类的方差之比，已折算到本次的题数）。",
    "design.own tastes": "以下人群用的是该数据中自身的偏好：{groups}。",
    "design.same tastes": "没有自身偏好的人群，按全体的偏好计算：如果这些人不那么在意价格，实际所需人数会更多。",
    "design.moved": "计算时调整了{focal}的品牌项，使差距正好等于所问的数；按原给定的偏好，差距是 {gap}。",
    "design.balance": "题目针对上述偏好选出；每个水平的出现次数不低于平均份额的一半，以便察觉价值并非直线变化的情形。",
    "design.drawn": "凡允许的方案，抽中的机会相同。",
}

DESIGN = _HEADS | _ANSWER | _CHECKS | _ASSUMES
