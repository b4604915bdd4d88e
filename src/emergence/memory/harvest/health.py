"""What people say of what they must live with, and of how they eat; a diet is chosen, an illness is not."""
# ruff: noqa: E501 - a pattern reads best in one line

from emergence.memory.harvest import health_makers
from emergence.memory.harvest.drafts import pattern
from emergence.memory.harvest.endings import END_EN, END_FR, WHAT_EN

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

ENGLISH_HEALTH = (
    pattern(
        rf"i(?:'m| am) (?:very |severely |badly |quite )?allergic to {WHAT_EN}",
        health_makers.health("Allergic to {}", "allergic_to"),
    ),
    pattern(
        rf"(?<=and )(?:also )?(?:very |severely )?allergic to {WHAT_EN}",
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
        rf"i(?:'ve got| have| suffer from)(?: (?:mild|severe|bad|chronic))? ({ILLNESS_EN}){END_EN}",
        health_makers.health("Has {}", "has_condition"),
    ),
    pattern(
        rf"i(?:'m| am) ((?P<what>{INTOLERANCE_EN})[- ]intolerant){END_EN}",
        health_makers.health("Is {}", "intolerant_to"),
    ),
    pattern(
        rf"i(?:'m| am) intolerant to ({INTOLERANCE_EN}){END_EN}",
        health_makers.health("Is intolerant to {}", "intolerant_to"),
    ),
    pattern(
        rf"i have an? ((?P<what>{INTOLERANCE_EN}) intolerance){END_EN}",
        health_makers.health("Has a {}", "intolerant_to"),
    ),
)
FRENCH_HEALTH = (
    pattern(
        rf"(?<=et )(?:aussi )?(?:très )?allergique ((?:aux|au|à la|à l'|à) ?[^,;:.!…()\x00]{{2,50}}?){END_FR}",
        health_makers.going_on(health_makers.health("Allergique {}", "allergic_to")),
    ),
    pattern(
        rf"(?<=et )(?:aussi )?(intolérante? (?:au |à la |à l'|aux )(?P<what>[\w-]+)){END_FR}",
        health_makers.going_on(health_makers.health("Est {}", "intolerant_to")),
    ),
    pattern(
        rf"(?<=et )(?:aussi )?({IS_ILL_FR}){END_FR}",
        health_makers.going_on(health_makers.health("Est {}", "has_condition")),
    ),
    pattern(
        rf"je suis (?:très |sévèrement |gravement )?allergique ((?:aux|au|à la|à l'|à) ?[^,;:.!…()\x00]{{2,50}}?){END_FR}",
        health_makers.health("Allergique {}", "allergic_to"),
    ),
    pattern(
        rf"j'ai une allergie ((?:aux|au|à la|à l'|à) ?[^,;:.!…()\x00]{{2,50}}?){END_FR}",
        health_makers.health("Allergique {}", "allergic_to"),
    ),
    pattern(rf"je suis (?:strictement |maintenant )?({DIET_FR}){END_FR}", health_makers.diet("Est {}")),
    pattern(rf"je suis ({IS_ILL_FR}){END_FR}", health_makers.health("Est {}", "has_condition")),
    pattern(
        rf"j'ai ((?:de l'|du |de la |des |le |la |l'|une? )(?P<what>{ILLNESS_FR})){END_FR}",
        health_makers.health("A {}", "has_condition"),
    ),
    pattern(
        rf"je souffre ((?:d'une |d'un |de l'|du |de la |des |de |d')(?P<what>{ILLNESS_FR})){END_FR}",
        health_makers.health("Souffre {}", "has_condition"),
    ),
    pattern(
        rf"je suis (intolérante? (?:au |à la |à l'|aux )(?P<what>[\w-]+)){END_FR}",
        health_makers.health("Est {}", "intolerant_to"),
    ),
    pattern(
        rf"j'ai (une intolérance (?:au |à la |à l'|aux )(?P<what>[\w-]+)){END_FR}",
        health_makers.health("A {}", "intolerant_to"),
    ),
)
