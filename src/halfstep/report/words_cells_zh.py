"""Chinese words for how cells were read that are no plain numbers, periods or days."""

from __future__ import annotations

__all__ = ["CELLS_ZH"]

CELLS_ZH: dict[str, str] = {
    "guess.wan": "带万、亿、k 等量级的写法已换算：{example} 按 {read} 读取（共 {count} 格）。",
    "guess.full_width": "全角数字或符号：{example} 按 {read} 读取（共 {count} 格）。",
    "guess.thousands": "三位一组的分隔符视为千分位：{example} 按 {read} 读取（共 {count} 格）。",
    "guess.decimal_comma": "逗号不可能是千分位，视为小数点：{example} 按 {read} 读取（共 {count} 格）。",
    "guess.percent": "百分比换算为比例：{example} 按 {read} 读取（共 {count} 格）。",
    "guess.currency": "货币符号视为本研究的币种，已去掉：{example} 按 {read} 读取（共 {count} 格）。",
    "guess.unit_word": "数字后面的单位已去掉：{example} 按 {read} 读取（共 {count} 格）。",
    "guess.negative": "括号中的数字视为负数：{example} 按 {read} 读取（共 {count} 格）。",
    "guess.spelling": "写法少见的数字：{example} 按 {read} 读取（共 {count} 格）。",
    "guess.nan_word": "表示“没有”的字样按空白处理，不按零处理：{example}（共 {count} 格）。",
    "guess.float_id": "带小数点的编号按整数读取：{example} 按 {read} 读取（共 {count} 格）。",
    "guess.period_form": "时期的另一种写法：{example} 按 {read} 读取（共 {count} 格）。",
    "guess.fiscal_year": "财年视同自然年：{example} 按 {read} 读取（共 {count} 格）。",
    "guess.day_as_month": "日期归入所在月份：{example} 按 {read} 读取（共 {count} 格）。",
    "guess.day_form": "日期的另一种写法：{example} 按 {read} 读取（共 {count} 格）。",
    "guess.period_as_day": "应填日期处填了时期，从该时期最后一天算起：{example} 按 {read} 读取（共 {count} 格）。",
    "guess.excel_serial": "数字视为电子表格自 1900 年起计的日期序号：{example} 按 {read} 读取（共 {count} 格）。",
    "guess.missing_periods": "{periods} 没有数据行（共缺 {count} 期）：视为未覆盖，不按零处理。",
    "guess.missing_brand_periods": "有 {brands} 个品牌在首末期之间缺期（合计 {count} 处），例如 {brand} 缺 {periods}：视为未覆盖，不按零处理。",
    "guess.day_as_period": "各日期恰好相隔一期，按其所在的周、月、季度或年读取：{example} 读作 {read}（共 {count} 格）。",
    "left.outcomes, after as_of": "结果表中晚于截止日的行", "left.outcomes, revised later": "结果表中已被后来的修订取代的行",
    "left.outcomes, before first period": "结果表中早于首期的行", "left.outcomes, after last period": "结果表中晚于末期的行",
    "left.revised later": "已被后来的修订取代",
    "guess.flag_word": "表示“是”“否”的字样按 1、0 读取：{example} 按 {read} 读取（共 {count} 格）。",
    "guess.choice_unanswered": "没有选择、作答栏全部空白的题目视为未作答，不计入（共 {count} 题）。",
    "guess.choice_none_blank": "价格、品牌、属性全部空白的行视为“都不选”（共 {count} 行）。",
    "guess.choice_none_added": "题目中可以“都不选”，但表中没有对应的行：已给每题补一行（共 {count} 行），其余选项都未选中的，视为选了“都不选”。",
    "guess.choice_chosen_blank": "同一题已有选项被选中，其余空白格视为未选中（共 {count} 格）。",
    "guess.choice_not_offered": "各栏全部空白的选项，视为该题未提供（共 {count} 个）。",
    "guess.choice_not_shown": "空白格视为该题未展示属性 {attribute}（共 {count} 格）。",
    "guess.price codes": "价格 {values} 像是水平编码，已当作金额读取；若是编码，请写明 price_codes。",
    "guess.belief_blank": "空白的认知数据不计入，不按零处理（共 {count} 行）。",
}  # fmt: skip
