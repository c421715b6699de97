"""Chinese words of teaching and labelling."""

from __future__ import annotations

__all__ = ["TEACH"]

TEACH = {
    "teach.nothing taught": "没有训练任何模型。",
    "teach.too few": "无法训练：至少需要两个带标注的 id，才能留出一个来检验。",
    "teach.taught": "用 {texts} 条文本训练，来自 {ids} 个 id（共 {rows} 行）。",
    "teach.blank": "未使用：{rows} 行没有文本。",
    "teach.folds": "{kind}，留出检验 {texts} 条：微平均 F1 {micro}，宏平均 F1 {macro}。",
    "teach.test": "{kind}，另一张表 {texts} 条：微平均 F1 {micro}，宏平均 F1 {macro}。",
    "teach.kind touchpoint": "触点", "teach.kind polarity": "情感", "teach.kind stance": "立场", "teach.kind own": "品牌自己的发言", "teach.kind spam": "垃圾内容",
    "teach.name polarity.positive": "正面", "teach.name polarity.negative": "负面", "teach.name stance.for": "支持", "teach.name stance.against": "反对",
    "teach.name own": "品牌自己", "teach.name spam": "垃圾内容",
    "teach.head head": "判别项", "teach.head texts": "文本", "teach.head yes": "标注为是", "teach.head precision": "精确率", "teach.head recall": "召回率",
    "teach.head f1": "F1 值", "teach.head order": "排序能力（ROC 曲线下面积）",
    "teach.reads nothing": "以下判别项没有读出任何东西：对留出文本的排序不比随机更好。{heads}",
    "teach.distilled": "{kind}：训练时也用了对无标注文本的猜测；留出标注上的微平均 F1 与只用标注相比 {gain}。",
    "teach.not distilled": "{kind}：未采用对无标注文本的猜测；留出标注上的微平均 F1 与只用标注相比 {gain}，看不出有帮助。",
    "teach.how": "括号内为按 id 计算的 95% 区间。同一 id 的文本和重复的文本不会分到训练与检验两边。",
    "label.nothing asked": "没有写出标注表。",
    "label.nobody": "无人应答：--interactive 需要在终端里使用。",
    "label.written": "从 {posts} 条中随机抽取 {audit} 条用于校验，另选最有用的 {train} 条用于训练。",
    "label.unread": "未读取：{rows} 行（{why}）。",
    "label.by nothing": "没有模型也没有种子词：训练用的帖子按彼此差异挑选。",
    "label.by seeds": "训练用的帖子是种子词最拿不准、且彼此不相似的。",
    "label.by model": "训练用的帖子是模型最拿不准、且彼此不相似的。",
    "label.next": "请填写标注表；一条帖子有第二个触点时另加一行。use 和 drawn 两列请勿改动：只有随机抽取的帖子才能用来校正计数。",
    "label.prompt": "直接回车：没有。q：保存已填内容并结束。",
    "label.ask touchpoint": "触点？", "label.ask polarity": "情感（1、0、-1）？", "label.ask own": "是品牌自己的发言吗（1、0）？", "label.ask spam": "是垃圾内容吗（1、0）？",
    "label.ask stance": "立场（1 支持、0 中立、-1 反对）？", "label.ask target": "针对谁（{names}）？",
    "label.again": "{answer} 不在 {allowed} 之中。",
    "stage.fold 1": "第 1 折", "stage.fold 2": "第 2 折", "stage.fold 3": "第 3 折", "stage.fold 4": "第 4 折", "stage.fold 5": "第 5 折", "stage.all": "全部文本", "stage.distil": "猜测", "stage.test": "检验",
}  # fmt: skip
