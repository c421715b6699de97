"""Write what people who do not exist said of refrigerators that do not exist: posts, hand labels, exposure, a ledger of controversies.

    python make_posts.py [FOLDER]

What is true of these posts is in LIKED, TOPICS, BURSTS and AFTER_OWN; README.md says what a report on them should find.
"""

from __future__ import annotations

import csv
import math
import random
import sys
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

SEED = 20251203
FIRST, DAYS = datetime(2024, 1, 1), 731
ORDINARY, PEOPLE = 3_900, 2_600
TOUCHPOINTS = ("quality", "design", "technology", "price", "service", "channel", "communication", "")
"""Product quality and safety, design, technology, price, service, sales channels, communication; "" is none of them."""
TOPICS = {
    "lanxu": (26, 14, 14, 16, 12, 7, 5, 6), "jingjie": (30, 22, 22, 14, 5, 3, 0, 4), "keheng": (6, 4, 22, 8, 6, 4, 40, 10),
    "aurenne": (24, 22, 10, 20, 12, 6, 3, 3), "halberg": (28, 16, 12, 18, 14, 6, 3, 3),
}  # fmt: skip
"""Percent of a name's posts at each touchpoint."""
LIKED = {"lanxu": 0.52, "jingjie": 0.60, "keheng": 0.45, "aurenne": 0.62, "halberg": 0.58}
"""Share of posts with a stance that are for a name, before what AT adds."""
AT = {
    "quality": 0.10,
    "design": 0.08,
    "technology": 0.0,
    "price": -0.10,
    "service": -0.05,
    "channel": -0.12,
    "communication": -0.15,
    "": 0.0,
}
CRACKS = datetime(2025, 3, 12)
AFTER_CRACKS = -0.35
"""From that day on the share for Lanxu, and its product, at quality moves by so much."""
NEUTRAL = 0.2
SPOKEN = {"lanxu": 40, "jingjie": 13, "keheng": 13, "keheng lanxu": 7, "aurenne": 15, "halberg": 8, "lanxu aurenne": 4}
"""Percent of ordinary posts that name these; the first is the one that the stance is towards."""
LAUNCH = datetime(2024, 9, 10)
BURSTS = {  # day, name, touchpoint, posts, share that is for the name, days until half of them are out
    "launch": (LAUNCH, "jingjie", "design", 160, 0.75, 2.0),
    "cracked panels": (CRACKS, "lanxu", "quality", 260, 0.08, 3.0),
    "quiet enough": (datetime(2025, 6, 2), "keheng", "communication", 190, 0.20, 1.0),
    "test figures": (datetime(2024, 5, 20), "lanxu", "technology", 90, 0.15, 1.5),
    "price cut": (datetime(2025, 11, 3), "lanxu", "price", 110, 0.55, 2.0),
}
CASCADES, SHOCK, EVERY, AFTER_OWN = 12, 52, 0.30, 5.0
"""Threads; replies that a post brings by itself, that each reply brings, and that each reply of the brand itself brings."""
WRITTEN = {
    "lanxu": (("澜叙", "澜叙冰箱", "蓝须"), ("Lanxu", "LANXU")), "jingjie": (("静界", "静界620"), ("Stillpoint", "Stillpoint 620")),
    "keheng": (("柯衡", "柯总", "老柯"), ("Ke Heng", "Mr Ke")), "aurenne": (("奥岚",), ("Aurenne",)), "halberg": (("霍贝格", "霍家"), ("Halberg",)),
}  # fmt: skip
ASPECTS = {
    "quality": (["门板", "压缩机", "门封", "制冷", "抽屉", "控温", "滑轨", "内胆", "异响"], ["door panel", "compressor", "door seal", "cooling", "drawers", "temperature", "hinges", "noise at night"]),
    "design": (["外观", "颜色", "做工纹理", "内部布局", "把手", "灯光", "嵌入效果", "面板配色"], ["look", "colour", "handles", "inner layout", "lighting", "flush fit", "finish", "panels"]),
    "technology": (["双循环", "保鲜技术", "除菌", "变频", "参数", "实测数据", "智能控温", "检测报告"], ["dual cooling", "freshness system", "sterilising", "inverter", "test figures", "sensors", "lab report", "smart control"]),
    "price": (["价格", "定价", "优惠", "性价比", "降价", "券后价", "国补价", "保值"], ["price", "discount", "value for money", "price cut", "voucher", "list price", "subsidised price", "resale"]),
    "service": (["客服", "安装师傅", "售后", "物流", "退换", "送货", "上门", "维修响应"], ["support", "installers", "after-sales", "delivery", "returns", "repair team", "hotline", "warranty claim"]),
    "channel": (["门店", "导购", "加盟店", "合同条款", "定金", "展厅", "线下渠道", "经销商"], ["store", "sales clerk", "dealer", "contract terms", "deposit", "showroom", "retailer", "outlet"]),
    "communication": (["发布会", "回应", "声明", "广告", "直播", "道歉", "采访", "宣传口径"], ["keynote", "reply", "statement", "advert", "livestream", "apology", "interview", "claims"]),
    "": (["消息", "同款", "话题", "图片", "新闻", "讨论"], ["news", "thread", "picture", "topic", "post"]),
}  # fmt: skip
SAID = {  # touchpoint -> for and against, in Chinese and English
    "quality": (("用了半年没毛病", "很稳", "做得扎实", "一点不漏冷", "夜里听不见声音"), ("三个月就裂了", "一直结霜", "半夜响得睡不着", "忽冷忽热", "修了两次还坏"),
                ("is solid", "never failed in a year", "stays silent", "holds steady", "feels well made"), ("cracked in three months", "keeps failing", "rattles all night", "leaks", "broke twice")),
    "design": (("真好看", "和橱柜浑然一体", "越看越耐看", "质感到位", "有自己的风格"), ("像抄的", "又土又笨", "显脏", "太花哨", "跟别家一模一样"),
               ("looks gorgeous", "blends in nicely", "has its own style", "feels premium", "is tasteful"), ("looks copied", "is clumsy", "looks cheap", "is ugly", "shows every fingerprint")),
    "technology": (("确实领先", "实测和宣传一致", "菜放两周还脆", "有真东西", "经得起测"), ("参数注水", "实测差一截", "都是噱头", "数据对不上", "根本没这功能"),
                   ("is ahead of the rest", "matches the lab test", "really works", "is the real thing", "measures up"), ("is inflated", "fails the test", "is a gimmick", "does not match the figures", "does nothing")),
    "price": (("很值", "这个价没对手", "比别家划算", "降得有诚意", "闭眼入"), ("太贵了", "刚买就降", "不值这个价", "先涨后降", "溢价离谱"),
              ("is a bargain", "is worth it", "beats the others", "is fair", "is a good deal"), ("is too high", "dropped right after I bought", "is not worth it", "is a rip-off", "went up before the sale")),
    "service": (("当天就解决", "很耐心", "约得准时", "一次装好", "没有推诿"), ("一直踢皮球", "等了半个月", "态度很差", "没人接电话", "爽约两次"),
                ("fixed it the same day", "was patient", "came on time", "kept the promise", "was helpful"), ("never called back", "made me wait two weeks", "was rude", "kept passing the buck", "missed two visits")),
    "channel": (("讲得清楚", "不强推", "样机齐全", "条款透明", "离家近"), ("不退定金", "捆绑销售", "各说各话", "只有样机没有货", "条款藏着坑"),
                ("explained everything", "did not push", "had every model", "was transparent", "was easy to find"), ("kept the deposit", "forced a bundle", "told me another story", "had nothing in stock", "hid the terms")),
    "communication": (("说得诚恳", "回应及时", "不吹牛", "敢认错", "讲得明白"), ("避重就轻", "吹得太过", "装作没看见", "越描越黑", "拿用户当傻子"),
                      ("was honest", "came quickly", "was modest", "admitted the fault", "was clear"), ("dodged the question", "was all bragging", "made it worse", "ignored us", "was insulting")),
    "": (("挺有意思", "支持一下", "喜欢"), ("没意思", "烦了", "不看好"), ("is fun", "made me smile", "I like it"), ("is boring", "annoys me", "I doubt it")),
}  # fmt: skip
FLAT = (
    ("有人了解吗", "看到有人在问", "先记一下", "求个对比", "不知道怎么样", "路过看看"),
    ("anyone know more?", "any comparison?", "just noting this", "what do you think?", "saw it in a shop"),
)
OPEN = (
    ("", "", "", "说实话，", "邻居家买了，", "装修群里聊到，", "对比了三家，", "周末去看了，", "刚刷到，", "老妈问我，", "搬家以后，", "@家电小站 "),
    ("", "", "", "Honestly, ", "My parents bought one: ", "After a month: ", "Compared three brands. ", "Saw this today. ", "Renovating, so: ", "For what it's worth, "),
)  # fmt: skip
CLOSE = (
    ("。", "。", "！", "……", "，就这样。", "，大家怎么看？", "，记录一下。", "，供参考。", " 😂", " 👍", "，无语", "，后续再更"),
    (".", ".", "!", "...", ", that's all.", ", just saying.", " :)", " 😅", " - will update.", ", for reference."),
)  # fmt: skip
SIDE = (
    ("，不过{aspect}还行", "，至于{aspect}没注意", "，{aspect}另说", "，{aspect}也被人提过"),
    (" though the {aspect} is okay", "; did not check the {aspect}", ", and somebody mentioned the {aspect}"),
)
PRIZES = (
    "转发抽奖送{name}一台，关注即可参加，编号{k}",
    "关注加转发，抽{k}位送{name}保鲜盒，仅限今天",
    "Follow and repost to win a {name}, ticket {k}",
    "代拍{name}优惠券，加群{k}",
)
CHORUS = (
    (datetime(2025, 3, 15), 46, "用了三年澜叙冰箱，从来没有出过任何问题，门板也没裂过，希望大家理性看待，支持国货不容易"),
    (datetime(2025, 6, 4), 24, "柯总的话被断章取义了，完整视频里说的是静音标准，建议大家看完再评论，不要被人带节奏"),
    (datetime(2024, 10, 8), 14, "奥岚的冰箱颜值和品质都在线，闭眼入不踩雷，同价位里根本找不到对手，强烈推荐给装修的朋友"),
)  # fmt: skip
CONTROVERSIES = (  # name of it, whom, began, and for each of two coders: touchpoint, flaw, day it was known; who attacked
    ("Test figures of freshness", "lanxu", "2024-05-20", (("technology", "inflated figures", "2024-05-20"), ("technology", "inflated figures", "2024-05-20")), ""),
    ("Panels said to be copied", "jingjie", "2024-09-14", (("design", "copied look", "2024-09-14"), ("design", "copied look", "2024-09-14")), "aurenne"),
    ("Deposits kept by dealers", "lanxu", "2024-12-02", (("channel", "deposits kept", "2024-03-18"), ("service", "deposits kept", "2024-03-18")), ""),
    ("Cracked door panels", "lanxu", "2025-03-12", (("quality", "door panels crack", "2025-01-20"), ("quality", "door panels crack", "2025-01-20")), ""),
    ("A rival tests panels on camera", "lanxu", "2025-04-02", (("quality", "door panels crack", "2025-01-20"), ("communication", "door panels crack", "2025-03-12")), "aurenne"),
    ("'Quiet enough'", "keheng", "2025-06-02", (("communication", "founder's remark", "2025-06-02"), ("communication", "founder's remark", "2025-06-02")), ""),
    ("A rival's noise advert", "jingjie", "2025-08-18", (("quality", "noise at night", "2025-02-11"), ("quality", "noise above label", "")), "halberg"),
    ("Price cut after the sale", "lanxu", "2025-11-03", (("price", "cut after purchase", "2025-11-03"), ("price", "cut after purchase", "2025-11-03")), ""),
)  # fmt: skip
HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 9, 9, 8, 9, 12, 9, 8, 8, 8, 9, 11, 13, 15, 15, 11, 6)
CODERS, SLIPS, DRAWN = ("c1", "c2"), 0.05, {"plaza": 0.042, "forum": 0.075}


@dataclass(frozen=True)
class Post:
    """What was said, and what is true of it."""

    time: datetime
    platform: str
    author: str
    text: str
    name: str
    touchpoint: str
    stance: int
    slot: str = "feed"
    own: int = 0
    root: str = ""
    spam: int = 0
    id: str = ""


def poisson(rng: random.Random, mean: float) -> int:
    """Draw a count (Knuth 1969)."""
    count, left = 0, rng.random()
    while left > math.exp(-mean):
        count, left = count + 1, left * rng.random()
    return count


def moment(rng: random.Random, day: datetime) -> datetime:
    """Draw a time of day."""
    return day + timedelta(hours=rng.choices(range(24), HOURS)[0], seconds=rng.randrange(3600))


def somebody(rng: random.Random) -> str:
    """Draw an author: few write much."""
    return f"a{2 + int(PEOPLE * rng.random() ** 1.7):05d}"


def sentence(rng: random.Random, names: list[str], touchpoint: str, stance: int, language: int) -> str:
    """Word a post, in Chinese (0) or English (1)."""
    called = [rng.choice(WRITTEN[name][language]) for name in names]
    who = (" and " if language else "和").join(called)
    aspect = rng.choice(ASPECTS[touchpoint][language])
    told = FLAT[language] if stance == 0 else SAID[touchpoint][2 * language + (stance < 0)]
    verdict = rng.choice(told)
    if stance == 0:
        core = f"{who} {aspect}: {verdict}" if language else f"{who}的{aspect}{verdict}"
    elif language:
        core = rng.choice(
            (
                f"the {who} {aspect} {verdict}",
                f"{who}: the {aspect} {verdict}",
                f"their {aspect} {verdict}, I mean {who}",
            )
        )
    else:
        core = rng.choice(
            (f"{who}的{aspect}{verdict}", f"{who}这{aspect}，{verdict}", f"{aspect}{verdict}，说的就是{who}")
        )
    other = rng.choice([t for t in TOUCHPOINTS if t not in ("", touchpoint)])
    side = rng.choice(SIDE[language]).format(aspect=rng.choice(ASPECTS[other][language])) if rng.random() < 0.25 else ""
    return rng.choice(OPEN[language]) + core + side + rng.choice(CLOSE[language])


def post(
    rng: random.Random, day: datetime, spoken: str, touchpoint: str | None = None, liked: float | None = None
) -> Post:
    """Draw a post of a day about somebody."""
    names = spoken.split()
    name = names[0]
    topic = rng.choices(TOUCHPOINTS, TOPICS[name])[0] if touchpoint is None else touchpoint
    share = LIKED[name] + AT[topic] if liked is None else liked
    if liked is None and topic == "quality" and name in ("lanxu", "jingjie") and day >= CRACKS:
        share += AFTER_CRACKS
    stance = 0 if rng.random() < NEUTRAL else 1 if rng.random() < share else -1
    platform = "plaza" if rng.random() < 0.62 else "forum"
    language = int(rng.random() < (0.12 if platform == "plaza" else 0.5))
    paid = stance > 0 and rng.random() < 0.08
    text = sentence(rng, names, topic, stance, language)
    return Post(moment(rng, day), platform, somebody(rng), text, name, topic, stance, "promoted" if paid else "feed")


def ordinary(rng: random.Random) -> list[Post]:
    """Return posts of ordinary days and of bursts, prize draws, and texts that many say alike."""
    out = []
    while len(out) < ORDINARY:
        day = FIRST + timedelta(days=int(DAYS * rng.random() ** 0.8))
        spoken = rng.choices(list(SPOKEN), list(SPOKEN.values()))[0]
        if "jingjie" not in spoken or day >= LAUNCH:
            out.append(post(rng, day, spoken))
    for day, name, topic, posts, liked, half in BURSTS.values():
        for _ in range(posts):
            late = day + timedelta(days=int(rng.expovariate(math.log(2) / half)))
            out.append(post(rng, late, name, topic if rng.random() < 0.8 else None, liked))
    for _ in range(150):
        text = rng.choice(PRIZES).format(name=rng.choice(("澜叙", "奥岚", "霍贝格")), k=rng.randrange(100, 999))
        day = FIRST + timedelta(days=rng.randrange(DAYS))
        out.append(Post(moment(rng, day), "plaza", somebody(rng), text, "", "", 0, spam=1))
    for day, copies, text in CHORUS:
        for _ in range(copies):
            end = rng.choice(("", "。", "！", " 👍"))
            when = moment(rng, day + timedelta(days=rng.randrange(2)))
            out.append(
                Post(when, "plaza", somebody(rng), text + end, "aurenne" if "奥岚" in text else "lanxu", "quality", 1)
            )
    return out


def thread(rng: random.Random, first: Post) -> list[Post]:
    """Return the replies to a post: by itself it brings SHOCK, half within three hours; each reply brings more, the brand's own most."""
    waiting = [(rng.expovariate(math.log(2) / 3), 0) for _ in range(poisson(rng, SHOCK))]
    waiting += [(rng.uniform(0.5, 20), 1) for _ in range(rng.randrange(3, 7))]
    out = []
    while waiting:
        at, own = waiting.pop()
        if at > 47:
            continue
        when = first.time + timedelta(hours=at)
        if own:
            text = rng.choice(
                (
                    "感谢关注，我们正在核实，会尽快答复。",
                    "已私信您，请留下联系方式。",
                    "非常抱歉给您带来困扰，售后同事马上联系。",
                )
            ) + rng.choice(("", "🙏", "祝好", "——澜叙客服"))
            out.append(Post(when, first.platform, "a00001", text, "lanxu", "communication", 0, "comment", 1))
        else:
            said = post(rng, first.time, first.name, first.touchpoint if rng.random() < 0.7 else None, 0.3)
            out.append(replace(said, time=when, platform=first.platform, slot="comment"))
        for _ in range(poisson(rng, AFTER_OWN if own else EVERY)):
            waiting.append((at + rng.expovariate(1 / 0.7), 0))
    return out


def posts(rng: random.Random) -> list[Post]:
    """Return all posts in time order, with ids, replies with the place of the post they go back to."""
    flat = ordinary(rng)
    heads = rng.sample(
        [k for k, p in enumerate(flat) if p.stance < 0 and p.name == "lanxu" and p.slot == "feed"], CASCADES
    )
    back: dict[int, int] = {}
    for k in heads:
        replies = thread(rng, flat[k])
        back |= dict.fromkeys(range(len(flat), len(flat) + len(replies)), k)
        flat += replies
    order = sorted(range(len(flat)), key=lambda k: (flat[k].time, k))
    ids = {k: str(5_120_000_000_000_000_000 + 7_919 * place) for place, k in enumerate(order)}
    return [replace(flat[k], id=ids[k], root=ids[back[k]] if k in back else "") for k in order]


def labels(rng: random.Random, said: list[Post]) -> list[tuple[object, ...]]:
    """Let two people read some posts, with slips: some picked to teach, the audit drawn by lot, more densely on the forum."""
    audit = [p for p in said if rng.random() < DRAWN[p.platform]]
    drawn = {p.id for p in audit}
    rest: dict[str, list[Post]] = {topic: [] for topic in TOUCHPOINTS}
    for p in rng.sample(said, len(said)):
        if p.id not in drawn:
            rest[p.touchpoint].append(p)
    train = [p for topic in TOUCHPOINTS for p in rest[topic][:75]]
    out = []
    for use, chosen in (("train", train), ("audit", audit)):
        for p in chosen:
            for coder in CODERS if rng.random() < 0.07 else (rng.choice(CODERS),):
                topic = rng.choice(TOUCHPOINTS) if rng.random() < SLIPS else p.touchpoint
                stance = rng.choice((-1, 0, 1)) if rng.random() < SLIPS else p.stance
                odds = DRAWN[p.platform] if use == "audit" else ""
                out.append((p.id, topic, stance, stance if p.name else "", p.name, p.own, p.spam, coder, use, odds))
    return out


def exposure(rng: random.Random, said: list[Post]) -> list[tuple[object, ...]]:
    """Return how many posts there were in all on each day, whoever they were about."""
    seen: dict[tuple[str, str], int] = {}
    for p in said:
        seen[f"{p.time:%Y-%m-%d}", p.platform] = seen.get((f"{p.time:%Y-%m-%d}", p.platform), 0) + 1
    days = [f"{FIRST + timedelta(days=k):%Y-%m-%d}" for k in range(DAYS + 2)]
    return [
        (d, where, seen.get((d, where), 0) + round(rng.gauss(400, 30))) for d in days for where in ("plaza", "forum")
    ]


def main(folder: Path) -> None:
    """Write the four tables."""
    rng = random.Random(SEED)
    said = posts(rng)
    likes = [int(rng.paretovariate(1.3)) - 1 for _ in said]
    rows = [
        (p.id, f"{p.time:%Y-%m-%d %H:%M:%S}", p.platform, p.author, like, p.slot, p.root, p.own, p.text)
        for p, like in zip(said, likes, strict=True)
    ]
    coded = [
        (what, coder, topic, name, began, flaw, known, attacker, "invented")
        for what, name, began, readings, attacker in CONTROVERSIES
        for coder, (topic, flaw, known) in zip(CODERS, readings, strict=True)
    ]
    tables = {
        "utterances": (("id", "time", "platform", "author", "likes", "slot", "root", "own", "text"), rows),
        "labels": (
            ("id", "touchpoint", "polarity", "stance", "target", "own", "spam", "coder", "use", "drawn"),
            labels(rng, said),
        ),
        "exposure": (("day", "platform", "posts"), exposure(rng, said)),
        "controversies": (
            ("controversy", "coder", "touchpoint", "name", "began", "flaw", "flaw_known", "attacker", "source"),
            coded,
        ),
    }
    for name, (head, lines) in tables.items():
        with (folder / f"{name}-invented.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(head)
            writer.writerows(lines)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
