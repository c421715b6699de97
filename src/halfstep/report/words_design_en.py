"""English words of planned experiments: how many respondents, what they would see, what the tasks can tell."""

from __future__ import annotations

__all__ = ["DESIGN"]

_HEADS = {
    "design.all": "all respondents", "design.brand": "brand", "design.price": "price", "design.none": "none of these", "design.no gap": "none",
    "design.head group": "among", "design.head respondents": "respondents", "design.head of group": "of them here", "design.head power": "chance to see the gap",
    "design.head smallest": "smallest gap seen", "design.head taste": "taste", "design.head expected": "expected, in utility", "design.head error": "standard error",
    "design.head factor": "what varies", "design.head levels": "level × times shown", "design.head overlap": "pairs alike in a task",
    "design.title curve": "What more respondents buy", "design.title tasks": "The tasks", "design.title errors": "What each taste would be known to",
    "design.title fielded": "The tasks of the table of choices that is there", "design.title assumes": "What this rests on",
    "design.many levels": "{n} levels", "stage.design": "tasks", "stage.power": "power",
}  # fmt: skip

_ANSWER = {
    "design.nothing planned": "Nothing is planned: with a section [choice.design] this command also makes tasks and says how many respondents a gap takes.",
    "design.nothing listed": "Nobody in the table of choices saw names and attributes together: there are no tasks to check.",
    "design.needed": "To see with a chance of {chance} that the name of {focal} is worth {gap} less than that of {benchmark}, {n} respondents are needed.",
    "design.needed alike": "To see with a chance of {chance} that the name of {focal} is worth {gap} less than that of {benchmark}, {n} respondents are needed at the very least: so many if all were alike in their tastes.",
    "design.needed none": "That the name of {focal} is worth {gap} less than that of {benchmark} would not be seen with a chance of {chance} by ten million respondents in these tasks: show other prices or levels.",
    "design.needed in": "To see it among {group} by themselves ({share} of respondents): {n}, of whom {mine} are of that group.",
    "design.needed in none": "Among {group} by themselves ({share} of respondents) it would not be seen by ten million.",
    "design.planned": "The {planned} respondents that are planned see it with a chance of {power}; the smallest gap they see with {chance} is {smallest}.",
    "design.planned none": "The {planned} respondents that are planned see it with a chance of {power}; no gap, however large, is seen with {chance}.",
    "design.planned in": "Among {group} ({of} of the {planned}) the chance is {power}; the smallest gap seen with {chance} is {smallest}.",
    "design.planned in none": "Among {group} ({of} of the {planned}) the chance is {power}; no gap, however large, is seen with {chance}.",
    "design.seen": "Seen means: the lower end of the {level} interval of the gap, errors by respondent, is above zero.",
}

_CHECKS = {
    "design.is": "{versions} versions of {tasks} tasks, {alternatives} profiles each.",
    "design.is none": "{versions} versions of {tasks} tasks, {alternatives} profiles and “none of these” each.",
    "design.efficiency": "D-error {d} at these tastes; of profiles drawn at random {random}, {ratio} times as much.",
    "design.efficiency random": "Profiles are drawn at random; D-error {d} at these tastes.",
    "design.at random": "With tasks drawn at random {n} respondents would be needed.",
    "design.told": "Every taste is told: {rank} of them.",
    "design.untold": "Not told, because they never vary apart from each other: {columns}.",
    "design.twins": "In {n} of {tasks} tasks a profile stands twice.",
    "design.dominated": "In {n} of {tasks} tasks a profile is no better than another in anything and worse in something: such tasks tell little.",
    "design.prohibited": "{n} profiles hold a combination that is prohibited.",
    "design.clean": "No profile stands twice in a task, none is worse than another in everything, none is prohibited.",
    "design.together": "{n} pairs of columns move almost together within tasks (correlation .9 or more): their tastes are told apart badly.",
    "design.fielded": "{tasks} tasks of {n} respondents.",
    "design.never varies": "{factor} never varies within a task.",
}

_ASSUMES = {
    "design.stated": "Tastes are stated, not estimated. Source: {source}.",
    "design.alike": "Respondents are taken to be alike in their tastes and to weigh alike, for want of a pilot. Where they are not, more are needed: in a published experiment on cars 1.3 to 1.5 times as many because people differ, six to nine times with its uneven weights. A pilot would tell.",
    "design.estimated": "Tastes are those of {n} respondents with {tasks} tasks each in the table of choices, taken for the truth.",
    "design.inflated": "The variance is multiplied by {weights} because weights are uneven (errors by task against those of the inverse Hessian in that table) and by {people} because people differ (errors by respondent against those by task, carried to this number of tasks).",
    "design.own tastes": "With tastes of their own from that table: {groups}.",
    "design.same tastes": "A segment without tastes of its own is taken to have those of all: if its buyers mind price less, it takes more respondents than said.",
    "design.moved": "The brand term of {focal} is moved so that the gap is the one asked about; at the tastes as given it is {gap}.",
    "design.balance": "Tasks are chosen for these tastes; every level is shown half as often as an even share or more, so that a worth that is no straight line can be noticed.",
    "design.drawn": "Each profile is as likely as any other that is allowed.",
}

DESIGN = _HEADS | _ANSWER | _CHECKS | _ASSUMES
