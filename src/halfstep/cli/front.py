"""The page that `halfstep` alone shows, in both languages; light, so that it comes at once."""

from __future__ import annotations

import sys

from halfstep import __version__
from halfstep.cli.language import chosen

__all__ = ["PAGES", "front_page"]

PAGES = {
    "en": """\
Halfstep: how far a brand is from the premium benchmark of its market, in money;
how much of that is the product, how much the name; what the data cannot decide.

  halfstep new DIR --from FILE    make a study of your tables: it proposes, you decide
  halfstep check DIR              all that is wrong with a study; what it can be asked
  halfstep run DIR                answer it: report.html and its twins for machines
  halfstep event DIR              what followed an event, or why that cannot be told
  halfstep docket DIR             what a source claims, claim by claim; --from FILE: a skeleton for it
  halfstep design DIR             before a choice experiment: its tasks, and how many respondents
  halfstep label DIR              a sheet of the posts that people should read
  halfstep teach FILE             a reader of posts, learnt from what people read
  halfstep doctor                 what is installed here, and what is missing
  halfstep completion [SHELL]     script that completes commands in bash, zsh, fish

  halfstep COMMAND --help         options of a command
  halfstep --version

--json prints one JSON document instead. 中文: HALFSTEP_LANG=zh
Exit codes: 0 it ran, 1 misused, 2 the study has faults, 3 nothing can be answered.
""",
    "zh": """\
半步 Halfstep：一个品牌离市场上的高端基准还差多少钱；
其中多少在产品，多少在品牌；哪些是现有数据定不了的。

  halfstep new DIR --from FILE    由您的数据表建一个研究：程序提议，您来决定
  halfstep check DIR              一次列出研究的全部问题，并说明现在能回答什么
  halfstep run DIR                给出答案：report.html 及供程序读取的同一份结果
  halfstep event DIR              某个事件之后发生了什么，或者为什么说不清
  halfstep docket DIR             逐条核对一篇文字的说法；加 --from FILE 则生成模板
  halfstep design DIR             选择实验开工之前：出题，并算出要多少受访者
  halfstep label DIR              一张表，列出最该由人读的帖子
  halfstep teach FILE             由人读过的帖子教出判读程序
  halfstep doctor                 看看装了什么、缺什么
  halfstep completion [SHELL]     bash、zsh、fish 的命令补全脚本

  halfstep COMMAND --help         某个命令的全部选项
  halfstep --version

加 --json 则只输出一份 JSON。English: HALFSTEP_LANG=en
退出码：0 已运行，1 命令写错，2 研究有问题，3 没有可回答的。
""",
}


def front_page(version_only: bool) -> None:
    """Print the version, or what can be done."""
    text = f"{__version__}\n" if version_only else PAGES[chosen(None)]
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding), end="")
