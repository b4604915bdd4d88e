"""Where people work and as what, where they say both in one go."""
# ruff: noqa: E501 - a pattern reads best in one line

from emergence.memory.harvest import work_makers as makers
from emergence.memory.harvest.drafts import pattern
from emergence.memory.harvest.endings import END_EN, END_FR
from emergence.memory.harvest.words import ORGANISATION

AT_WORK_FR = r"(?i:(chez |pour |à la |à l'|à |aux |au ))"
_BEFORE = AT_WORK_FR.replace("(chez", "(?P<before>chez")
_AT = rf"(?P<at>{ORGANISATION})"
_JOB = r"(?P<job>(?:[\w-]+ ){0,3}?[\w-]+?)"
_THERE = r"(?i: (?:at|for|in) [^,.]+?)?"
_THERE_FR = r"(?i: (?:à|chez|dans|pour|au) [^,.]+?)?"

ENGLISH_WORK = (
    pattern(
        rf"(?i:(?:i |we |(?<=and )|(?<=but ))(?:currently |now |still )?work (?:at|for)|(?:i'm|i am) (?:working|employed) (?:at|for|by)|"
        rf"i(?:'ve| have)? (?:just )?(?:started|joined|got a job)(?: working)?(?: at| with)?) {_AT},? (?i:as (?:an? |the )?){_JOB}{_THERE}(?i:{END_EN})",
        makers.employed("Works at {}", "Works as {}"),
        any_case=False,
    ),
    pattern(
        rf"(?i:(?:i |(?<=and )|(?<=but ))(?:currently |now |still )?(?:work|'m working|am working) as |(?:i'm|i am) (?:currently )?(?=an? ))(?i:an? )?{_JOB} (?i:at) (?!Christmas|Easter|Home|Night|Heart){_AT}(?i:{END_EN})",
        makers.employed("Works at {}", "Works as {}"),
        any_case=False,
    ),
)
FRENCH_WORK = (
    pattern(
        rf"(?i:(?:je |(?<=et ))(?:travaille|bosse)(?: actuellement| maintenant| toujours)?|je suis (?:employée?|salariée?)) {_BEFORE}{_AT},? (?i:comme |en tant que |en tant qu')(?i:une? )?{_JOB}{_THERE_FR}(?i:{END_FR})",
        makers.employed_fr("Travaille {}", "Travaille comme {}"),
        any_case=False,
    ),
    pattern(
        rf"(?i:(?:je |(?<=et ))(?:travaille|bosse) (?:actuellement |maintenant )?(?:comme|en tant que)) {_JOB} {_BEFORE}{_AT}(?i:{END_FR})",
        makers.employed_fr("Travaille {}", "Travaille comme {}"),
        any_case=False,
    ),
    pattern(
        rf"(?i:je suis (?:une? )?){_JOB} (?P<before>(?i:chez )){_AT}(?i:{END_FR})",
        makers.employed_fr("Travaille {}", "Est {}"),
        any_case=False,
    ),
)
