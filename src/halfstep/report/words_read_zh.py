"""Chinese words of what was guessed while a file was read."""

from __future__ import annotations

__all__ = ["READ_ZH"]

READ_ZH: dict[str, str] = {
    "guess.encoding": "文件未标明编码，按 {encoding} 读取，例如“{sample}”。",
    "guess.delimiter": "按“{delimiter}”分隔各列。",
    "guess.line_ends": "文件只用回车符换行，每个回车符算一行。",
    "guess.sheet": "工作簿共有 {of} 张工作表，研究文件没有指定；读取了“{sheet}”，可见的工作表中只有它有内容。",
    "guess.title_rows": "表头上方的内容未读入：第 {rows} 行，“{text}”。",
    "guess.merged_header": "第 {rows} 行合起来作为表头，例如“{text}”。",
    "guess.blank_rows": "数据之间的空行未读入，共 {count} 行。",
    "guess.total_row": "合计行未读入：第 {rows} 行，“{text}”。",
    "guess.repeated_header": "重复出现的表头未读入：第 {rows} 行。",
    "guess.question_rows": "问卷工具重复题目与题号的行未读入：第 {rows} 行，“{text}”。",
    "guess.footer": "表尾的说明未读入：第 {rows} 行，“{text}”。",
    "guess.merged_cells": "“{column}”列有合并单元格，其内容已填入所覆盖的 {count} 个空格。",
    "guess.merged_figures": "“{column}”列有合并的数值单元格：数值只留在首行，其余 {count} 格留空，因为它可能是各行共有的数，也可能是各行之和。",
    "guess.unnamed_column": "有一列没有列名，记作“{name}”，首个内容是“{text}”。",
    "guess.trailing_cells": "表头有 {cells} 格，{count} 行超出这一宽度，超出部分都是空格，未读入。",
    "guess.missing_cells": "所有行都没有写到表头的最后几列（{columns}，共 {count} 列），这些列按空白处理。",
    "guess.hidden": "工作表有隐藏的行（{rows}）或列（{columns}），照常读入。",
    "guess.rounded": "“{column}”列有 {count} 个长数字，形如电子表格只保留前 15 位的数（“{sample}”），末尾几位可能已经丢失。",
    "guess.json_part": "文件里只有一组记录，研究没有指明；读取的是“{part}”。",
    "guess.json_keys": "“{column}”下每个键各有一组数据：逐一读成一行，键名放在“{column}”列。",
    "guess.json_lists": "“{column}”列里是列表，按文字保留。",
    "guess.claim_word": "中文用词按允许的取值读入：{example} 读作 {read}（{count} 格）。",
    "guess.months_in_part": "某车型前后月份都有数、唯独当月没有数的，该厂商当月合计留空，不按缺项相加，例如 {maker} 的 {model}，{period}（共 {count} 个月）。",
}  # fmt: skip
