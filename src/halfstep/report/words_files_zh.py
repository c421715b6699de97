"""Chinese words of report.xlsx and of the pictures that are saved from the page."""

from __future__ import annotations

__all__ = ["FILES"]

_SHEETS = {
    "sheet.summary": "摘要", "sheet.verdicts": "结论", "sheet.estimates": "估计值", "sheet.series": "曲线与走势", "sheet.checks": "检查",
    "sheet.refusals": "未作回答", "sheet.guesses": "读表时的判断", "sheet.inputs": "输入与版本",
    "about.verdicts": "每一条结论：判定、差距、概率，以及会改变它的界限。",
    "about.estimates": "本次运行的全部数字，附区间、方法和所依据的文件行；编号与 report.json 一致。",
    "about.series": "全部曲线与走势，一个点一行。",
    "about.checks": "各项检查：查了什么，结果如何，该怎么办。",
    "about.refusals": "这份数据回答不了的问题，以及还需要什么。",
    "about.guesses": "文件没有写明、读取时自行判断的地方。",
    "about.inputs": "文件及其 sha256、设定、未计入的行、程序版本。",
    "sheet.grid rows": "差距逐项拆分", "sheet.grid alpha": "价格敏感度", "sheet.grid instruments": "工具变量", "sheet.grid elasticities": "弹性",
    "sheet.grid worths": "属性价值", "sheet.grid ladder-units": "各价格带份额（销量）", "sheet.grid ladder-value": "各价格带份额（销售额）",
    "sheet.grid changes": "份额为何变化", "sheet.grid around": "事件前后", "sheet.grid line": "产品线", "sheet.grid lenses": "各视角对照",
    "sheet.grid second": "第二选择", "sheet.grid readings": "直观读法",
    "sheet.grid tastes": "买家的差别", "sheet.grid brands": "弹性、毛利、成本", "sheet.grid name-value": "品牌名的价值", "sheet.grid name-thirds": "谁认品牌名", "sheet.grid optima": "搜索的最优点",
    "sheet.low": "{head}（下限）", "sheet.high": "{head}（上限）", "sheet.words": "{head}（说明）", "sheet.nth": "{head}之{n}",
    "sheet.as of": "数据截至", "sheet.focal": "研究品牌", "sheet.benchmarks": "基准品牌", "sheet.dark": "没有测量。",
    "sheet.file": "文件", "sheet.setting": "设定", "sheet.left out": "未计入的行", "sheet.program": "程序",
    "sheet.seed": "随机种子", "sheet.level": "区间的覆盖率", "sheet.confidence": "下结论所需的把握", "sheet.margin": "界限（占基准品牌价格的比例）",
    "sheet.margin reason": "界限的理由", "sheet.tier": "证据等级",
}  # fmt: skip

_HEADS = {
    "head.benchmark": "基准品牌", "head.segment": "范围", "head.period": "时期", "head.lens": "视角", "head.half": "哪一半", "head.verdict": "结论",
    "head.value": "数值", "head.lo": "下限", "head.hi": "上限", "head.level": "覆盖率", "head.unit": "单位",
    "head.p": "概率", "head.p short": "落后的概率", "head.p met": "已达到的概率", "head.p ahead": "领先的概率",
    "head.margin": "界限", "head.met from": "放宽到多少算已达到", "head.short up to": "不超过多少都是落后", "head.breaking": "推翻强度", "head.family": "一并判定的比较数",
    "head.why": "原因", "head.needs": "所需", "head.id": "编号", "head.estimate": "估计值编号", "head.what": "内容",
    "head.tier": "证据等级", "head.n": "所依据的行数", "head.se": "标准误", "head.freedom": "自由度",
    "head.room": "模块", "head.table": "数据表", "head.rows": "文件中的行", "head.rows used": "参与计算的行数",
    "head.method": "方法", "head.assumptions": "前提", "head.status": "结果", "head.check": "检查", "head.do": "怎么办",
    "head.guess": "作了什么判断", "head.column": "列", "head.row": "首行", "head.count": "涉及的格数或行数",
    "head.group": "类别", "head.name": "名称", "head.entry": "内容", "head.none": "无",
    "head.dim period": "时期", "head.dim band": "价格带（从 0 数起）", "head.dim threshold": "价格门槛", "head.dim edge": "价格带门槛", "head.dim kind": "种类",
    "head.dim benchmark": "基准品牌", "head.dim half": "哪一半",
}  # fmt: skip

_PICTURES = {
    "ui.copy picture": "复制图片", "ui.picture copied": "已复制", "ui.picture saved": "已存为文件", "ui.picture failed": "此浏览器不支持",
    "ui.save png": "存为 PNG", "ui.save svg": "存为 SVG",
}  # fmt: skip

FILES: dict[str, str] = _SHEETS | _HEADS | _PICTURES
