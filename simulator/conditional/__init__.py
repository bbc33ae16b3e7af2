"""Conditional Access: which policies apply to a sign-in and what they ask for. Pure functions of plain facts.

Sources: learn.microsoft.com/entra/identity/conditional-access and /graph/api/resources/conditionalaccesspolicy.
`evaluate` of Graph and the sign-in service use the same judgement.
"""

from simulator.conditional.demands import Answer, Outcome, combine, unmet
from simulator.conditional.facts import Conditions, Person, Place, SignIn, Target, Workload
from simulator.conditional.judge import Verdict, judge

__all__ = [
    "Answer",
    "Conditions",
    "Outcome",
    "Person",
    "Place",
    "SignIn",
    "Target",
    "Verdict",
    "Workload",
    "combine",
    "judge",
    "unmet",
]
