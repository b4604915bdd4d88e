"""What people say of what they must live with, and of how they eat; a diet is chosen, an illness is not."""
# ruff: noqa: E501 - a pattern reads best in one line

from emergence.memory.harvest import health_makers
from emergence.memory.harvest.drafts import pattern
from emergence.memory.harvest.endings import END_EN, END_FR, WHAT_EN
from emergence.memory.harvest.lists import MORE_EN, MORE_INTOLERANT_FR, MORE_TO_FR

DIET_EN = r"vegetarian|vegan|pescatarian|flexitarian"
IS_ILL_EN = r"(?:type [12] )?diabetic|asthmatic|epileptic|coeliac|celiac|dyslexic|dyspraxic|autistic|bipolar|colou?r-?blind|anaemic|anemic|hypertensive"
ILLNESS_EN = (
    r"(?:type [12] )?diabetes|asthma|epilepsy|arthritis|osteoporosis|migraines?|hypertension|high blood pressure|low blood pressure|adhd|autism|dyslexia|"
    r"hay fever|eczema|psoriasis|ibs|irritable bowel syndrome|crohn's(?: disease)?|c(?:o)?eliac disease|endometriosis|fibromyalgia|"
    r"multiple sclerosis|parkinson's(?: disease)?|lupus|gout|anaemia|anemia|tinnitus|sleep apn(?:o)?ea|insomnia|a pacemaker|"
    r"a heart condition|chronic (?:pain|fatigue)|high cholesterol|glaucoma|scoliosis|a hearing aid"
)
INTOLERANCE_EN = r"lactose|gluten|fructose|histamine|wheat|dairy|sorbitol|sulphite|sulfite|caffeine|alcohol"
DIET_FR = r"végétarien(?:ne)?|végétalien(?:ne)?|v[ée]gane?|pescétarien(?:ne)?|flexitarien(?:ne)?"
IS_ILL_FR = r"diabétique(?: de type [12])?|asthmatique|épileptique|c[œo]e?liaque|dyslexique|dyspraxique|autiste|bipolaire|daltonien(?:ne)?|hypertendue?|anémique|hypocondriaque"
ILLNESS_FR = (
    r"diabète(?: de type [12])?|asthme|épilepsie|arthrose|arthrite|ostéoporose|migraines?|hypertension|hypotension|tdah|autisme|dyslexie|"
    r"rhume des foins|eczéma|psoriasis|maladie (?:c[œo]e?liaque|de crohn|de parkinson)|endométriose|fibromyalgie|sclérose en plaques|"
    r"lupus|goutte|anémie|acouphènes?|apnées? du sommeil|insomnies?|pacemaker|cholestérol|glaucome|scoliose|appareil auditif"
)

_VERY = r"(?:(?:also|very|quite|really|severely|badly|deathly|extremely|highly|terribly|seriously|dangerously|violently|mildly|slightly) )*"
# What somebody says their allergies are like, and not to what they are.
_NO_CAUSE = (
    r"(?!(?:not|no|so|very|too|really|quite|pretty|bad|worse|terrible|awful|horrible|annoying|acting|getting|back|gone|better|under|over|"
    r"killing|driving|making|flaring|mild|severe|strong|strange|seasonal|the|my|all|going|mostly|just|still|now|always|being|playing|out)\b)"
)
_ILLNESSES_EN = rf"(?:{ILLNESS_EN})(?:(?:,? (?:and|or)|,) (?:mild |severe |bad |chronic )?(?:{ILLNESS_EN}))*"
_INTOLERANCES_EN = rf"(?:{INTOLERANCE_EN})(?:(?:,? (?:and|or)|,) (?:to )?(?:{INTOLERANCE_EN}))*"
_OF = r"(?:de l'|du |de la |des |les? |la |l'|une? |d'une |d'un |de |d')"
_ILLNESSES_FR = rf"(?P<what>{ILLNESS_FR})(?:(?:,? (?:et|ou|ni)|,) {_OF}?(?:{ILLNESS_FR}))*"

ENGLISH_HEALTH = (
    pattern(
        rf"my (?:[\w-]+ )?allergies are (?:to )?{_NO_CAUSE}(?=[^.!;]* (?:and|or) ){WHAT_EN}{MORE_EN}",
        health_makers.health("Allergic to {}", "allergic_to"),
    ),
    pattern(
        rf"i(?: have|'ve got) (?:an? |some )?(?:[\w-]+ )?allerg(?:y|ies) to {WHAT_EN}{MORE_EN}",
        health_makers.health("Allergic to {}", "allergic_to"),
    ),
    pattern(
        rf"i(?:'m| am) {_VERY}allergic to {WHAT_EN}{MORE_EN}",
        health_makers.health("Allergic to {}", "allergic_to"),
    ),
    pattern(
        rf"(?<=and ){_VERY}allergic to {WHAT_EN}{MORE_EN}",
        health_makers.going_on(health_makers.health("Allergic to {}", "allergic_to")),
    ),
    pattern(
        rf"(?<=and )(?:also )?((?P<what>{INTOLERANCE_EN})[- ]intolerant){END_EN}",
        health_makers.going_on(health_makers.health("Is {}", "intolerant_to")),
    ),
    pattern(
        rf"(?<=and )(?:also )?({IS_ILL_EN}){END_EN}",
        health_makers.going_on(health_makers.health("Is {}", "has_condition")),
    ),
    pattern(
        rf"i have an? (?:bad |severe )?([\w ]{{2,30}}?) allergy{END_EN}",
        health_makers.health("Allergic to {}", "allergic_to", plural=True),
    ),
    pattern(rf"i(?:'m| am) (?:an? )?(?:strict |strictly |now )?({DIET_EN}){END_EN}", health_makers.diet("Is {}")),
    pattern(rf"i(?:'m| am) (?:a )?(teetotal(?:er|ler)?){END_EN}", health_makers.diet("Is {}", "drinks")),
    pattern(rf"i(?:'m| am) (?:an? )?({IS_ILL_EN}){END_EN}", health_makers.health("Is {}", "has_condition")),
    pattern(
        rf"i(?:'ve got| have| suffer from| (?:often |sometimes )?get)(?: (?:mild|severe|bad|chronic))? ({_ILLNESSES_EN}){END_EN}",
        health_makers.health("Has {}", "has_condition"),
    ),
    pattern(
        rf"i(?:'m| am) ((?P<what>{INTOLERANCE_EN})[- ]intolerant){END_EN}",
        health_makers.health("Is {}", "intolerant_to"),
    ),
    pattern(
        rf"i(?:'m| am) intolerant to ({_INTOLERANCES_EN}){END_EN}",
        health_makers.health("Is intolerant to {}", "intolerant_to"),
    ),
    pattern(
        rf"i have an? ((?P<what>{INTOLERANCE_EN}) intolerance){END_EN}",
        health_makers.health("Has a {}", "intolerant_to"),
    ),
)
FRENCH_HEALTH = (
    pattern(
        rf"(?<=et )(?:aussi )?(?:très )?allergique ((?:aux|au|à la|à l'|à) ?[^,;:.!…()\x00]{{2,50}}?){END_FR}{MORE_TO_FR}",
        health_makers.going_on(health_makers.health("Allergique {}", "allergic_to")),
    ),
    pattern(
        rf"(?<=et )(?:aussi )?(intolérante? (?:au |à la |à l'|aux )(?P<what>[\w-]+){MORE_INTOLERANT_FR}){END_FR}",
        health_makers.going_on(health_makers.health("Est {}", "intolerant_to")),
    ),
    pattern(
        rf"(?<=et )(?:aussi )?({IS_ILL_FR}){END_FR}",
        health_makers.going_on(health_makers.health("Est {}", "has_condition")),
    ),
    pattern(
        rf"je suis (?:très |sévèrement |gravement |mortellement |extrêmement |aussi )?allergique ((?:aux|au|à la|à l'|à) ?[^,;:.!…()\x00]{{2,50}}?){END_FR}{MORE_TO_FR}",
        health_makers.health("Allergique {}", "allergic_to"),
    ),
    pattern(
        rf"j'ai une allergie ((?:aux|au|à la|à l'|à) ?[^,;:.!…()\x00]{{2,50}}?){END_FR}{MORE_TO_FR}",
        health_makers.health("Allergique {}", "allergic_to"),
    ),
    pattern(rf"je suis (?:strictement |maintenant )?({DIET_FR}){END_FR}", health_makers.diet("Est {}")),
    pattern(rf"je suis ({IS_ILL_FR}){END_FR}", health_makers.health("Est {}", "has_condition")),
    pattern(
        rf"j'ai ((?:de l'|du |de la |des |le |la |l'|une? ){_ILLNESSES_FR}){END_FR}",
        health_makers.health("A {}", "has_condition"),
    ),
    pattern(
        rf"je fais ((?:de l'|du |de la |des ){_ILLNESSES_FR}){END_FR}",
        health_makers.health("Fait {}", "has_condition"),
    ),
    pattern(
        rf"je souffre ((?:d'une |d'un |de l'|du |de la |des |de |d'){_ILLNESSES_FR}){END_FR}",
        health_makers.health("Souffre {}", "has_condition"),
    ),
    pattern(
        rf"je suis (intolérante? (?:au |à la |à l'|aux )(?P<what>[\w-]+){MORE_INTOLERANT_FR}){END_FR}",
        health_makers.health("Est {}", "intolerant_to"),
    ),
    pattern(
        rf"j'ai (une intolérance (?:au |à la |à l'|aux )(?P<what>[\w-]+){MORE_INTOLERANT_FR}){END_FR}",
        health_makers.health("A {}", "intolerant_to"),
    ),
)
