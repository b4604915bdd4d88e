"""What people say when somebody close to them, or their animal, has died."""
# ruff: noqa: E501 - a pattern reads best in one line

import re
from dataclasses import replace
from datetime import datetime

from emergence.memory.harvest.drafts import FAMILY, PLANNED, SELF, Draft, Make, capitalised, pattern, trimmed
from emergence.memory.harvest.endings import END_EN, END_FR
from emergence.memory.harvest.relatives import RELATIVE_EN, RELATIVE_FR
from emergence.memory.harvest.words import NAME, NOT_NAMES
from emergence.memory.question.words import folded
from emergence.memory.store.concepts import NewConcept
from emergence.memory.store.keep_items import NewFact
from emergence.memory.store.relations import one_of_relation, relation_of

# How, when and of what; nothing else may follow: who “died laughing” or « est mort de rire » lives.
_MORE_EN = (
    r"(?: (?:suddenly|peacefully|recently|yesterday|today|last (?:night|week|month|year|\w+day|spring|summer|autumn|winter)|this (?:morning|week|month|year|\w+)|"
    r"in (?:\w+ )?(?:(?:19|20)\d\d|january|february|march|april|may|june|july|august|september|october|november|december|(?:his|her|their|its) sleep)|"
    r"(?:\w+|a few) (?:days?|weeks?|months?|years?) ago|of (?:old age|cancer|covid|a (?:heart attack|stroke))))*"
)
_MORE_FR = (
    r"(?: (?:subitement|récemment|hier(?: soir)?|aujourd'hui|ce matin|cette (?:nuit|semaine|année)|(?:la semaine|l'année) dernière|le mois dernier|l'an dernier|"
    r"en (?:\w+ )?(?:(?:19|20)\d\d|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)|"
    r"il y a (?:\w+|quelques) (?:jours?|semaines?|mois|ans?)|de vieillesse|d'un (?:cancer|avc|infarctus)))*"
)
_IN_EARNEST = r"(?!,? (?i:in|of|from|at|on|to|laughing|while|de|d'|dans|en|à|au|sur)\b)"  # “…, in Fortnite.”
_LONG_AGO = re.compile(r"\d|\b(?:ago|years?|il y a|an|ans|année)\b", re.IGNORECASE)


def died(told: str, ends: str) -> Make:
    """Who is dead; that they are close to the person is so no longer where their name was said."""

    def make(found: re.Match[str], said_at: datetime) -> Draft | None:
        who, called = trimmed(found["who"]).lower(), trimmed(found["called"] or "")
        if folded(called) in NOT_NAMES:
            return None
        relation, how = relation_of(folded(who)), found.groupdict().get("how") or "mort(e)"
        reads = told.format(" ".join(part for part in (capitalised(who), called) if part), how)
        dead = NewFact(called or one_of_relation(folded(who)), "died", relation)
        concepts = [NewConcept(called, "person")] if called else []
        draft = Draft("fact", reads, FAMILY, fact=dead, concepts=concepts)
        # Of several animals nobody knows which; who lost a partner years ago may have another one.
        if not called and (relation != "partner" or _LONG_AGO.search(found[0])):
            return draft
        over = NewFact(SELF, relation, called, valid_to=said_at)
        reads = ends.format(called or capitalised(who))
        return replace(draft, also=[Draft("event", reads, PLANNED, happened_at=said_at, fact=over)])

    return make


ENGLISH_DEATHS = (
    pattern(
        rf"(?i:(?:my|our) (?:(?:dear|poor|beloved|sweet|old) )?(?P<who>{RELATIVE_EN}),?)(?: (?P<called>{NAME}),?)? (?i:(?:has )?(?:just |recently |sadly )?(?:died|passed away)|is (?:now |sadly )?dead){_MORE_EN}{_IN_EARNEST}(?i:{END_EN})",
        died("{} died", "{} is no longer alive"),
        any_case=False,
    ),
)
FRENCH_DEATHS = (
    pattern(
        rf"(?i:(?:mon|ma|notre) (?:(?:pauvre|vieux|vieille|chère?) )?(?P<who>{RELATIVE_FR}),?)(?: (?P<called>{NAME}),?)? (?i:est (?P<how>morte?|décédée?)|vient de mourir|nous a quittés){_MORE_FR}{_IN_EARNEST}(?i:{END_FR})",
        died("{} : {}", "{} n’est plus en vie"),
        any_case=False,
    ),
)
