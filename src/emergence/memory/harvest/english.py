"""What people say of themselves in English."""
# ruff: noqa: E501 - a pattern reads best in one line

import re

from emergence.memory.harvest import health_makers, makers, relative_makers, work_makers
from emergence.memory.harvest.dates import DATE
from emergence.memory.harvest.deaths import ENGLISH_DEATHS
from emergence.memory.harvest.drafts import FAMILY, Grammar, pattern
from emergence.memory.harvest.endings import END_EN as _END
from emergence.memory.harvest.endings import WHAT_EN as _WHAT
from emergence.memory.harvest.everyday import ENGLISH_EVERYDAY
from emergence.memory.harvest.forms_of_answers import ENGLISH_FORMS, ENGLISH_FORMS_AGAIN, ENGLISH_WISHES
from emergence.memory.harvest.health import ENGLISH_HEALTH
from emergence.memory.harvest.health_denials import ENGLISH_DENIALS
from emergence.memory.harvest.health_endings import ENGLISH_ENDINGS
from emergence.memory.harvest.languages import ENGLISH_LANGUAGES
from emergence.memory.harvest.lists import MORE_EN
from emergence.memory.harvest.relatives import ENGLISH_RELATIVES, RELATIVE_EN
from emergence.memory.harvest.words import CAPITAL as _FIRST
from emergence.memory.harvest.words import NAME, ORGANISATION, PLACE
from emergence.memory.harvest.work import ENGLISH_WORK

# What points at something in the conversation says nothing once that is over.
_LASTING = (
    r"(?!(?:it|this|that|these|those|the|your|you|him|her|them|me|us|how|what|when|where|who|why|which|both|all|one|"
    r"some|something|someone|somebody|any|everything|nothing|each|his|their|its|our|not|more|most|much|so|too|option|version|variant|number|idea|my|"
    r"a|an|seeing|to (?:be|see|hear|know|think|have|get|say)|answer|as|and|or|to(?=\s*(?:[.,!;]|$)))\b)"
)
_I = r"(?i:i |we |(?<=and )|(?<=but ))"
_VERY = r"(?:(?:really|absolutely|generally|usually|always|still|also|just|quite|very much) )*+"
_PLAN = (
    r"(?:(?!question|problem)[\w'-]+ ){0,2}?(?:flight|train|exams?|test|appointment|interview|wedding|surgery|operation|"
    r"meeting|deadline|presentation|party|trip|concert|race|marathon|defen[cs]e|graduation|conference|audition|viva|"
    r"check-?up|hearing|scan)(?: (?:with|at|in|for|to|about|from) [\w' -]{1,40}?)?"
)
_DO = (
    "answer|reply|respond|write|speak|talk|call|use|give(?! up| in)|explain|add|put|include|end|begin|start|keep|be|show|cite|quote|"
    "suggest|ask|tell|translate|format|mention|avoid|stop|address|sign|recommend"
)
_FROM_NOW = r"from now on|in (?:the )?future|from here on|going forward"

ENGLISH = Grammar(
    language="en",
    patterns=(
        *ENGLISH_WORK,
        *ENGLISH_DEATHS,
        *ENGLISH_RELATIVES,
        ENGLISH_FORMS,
        ENGLISH_FORMS_AGAIN,
        *ENGLISH_WISHES,
        *ENGLISH_EVERYDAY,
        pattern(
            rf"(?i:my (?:first |given |full )?name is|i am called|i'm called|i go by)\s+({NAME}\b|[a-z][a-z-]{{1,20}}(?=\s*(?:[.,!;]|$)|\s+and (?i:i|my)\b))",
            makers.name("Is called {}"),
            any_case=False,
        ),
        pattern(rf"(?i:(?:you can |please |just )?call me)\s+({NAME})\b", makers.name("Is called {}"), any_case=False),
        pattern(
            r"i(?:'m| am)(?: now)? (\d{1,3})(?: years old\b| years of age\b| yo\b|(?=\s*(?:[.,!;]|$| and (?!a half))))",
            makers.age("Is {} years old"),
        ),
        pattern(r"i (?:just )?turned (\d{1,3})\b(?! (?:degrees|of|pages|times))", makers.age("Is {} years old")),
        pattern(rf"my birthday is ({DATE['en']})", makers.birthday("Birthday: {}", "Born in {}")),
        pattern(rf"i was born (on {DATE['en']})", makers.birthday("Birthday: {}", "Born in {}")),
        pattern(rf"i was born in ((?:19|20)\d\d){_END}", makers.fact("Born in {}", "born")),
        pattern(
            rf"{_I}(?i:(?:currently |still |now )?live(?: alone| on my own| with my [a-z]+)? (?:in|near)(?: an? [\w -]{{2,30}}? (?:in|near))?) ({PLACE})",
            makers.fact("Lives in {}", "lives_in", concept="place"),
            any_case=False,
        ),
        pattern(
            rf"(?i:i'm|i am) (?i:based|living|settled) (?i:in|near) ({PLACE})",
            makers.fact("Lives in {}", "lives_in", concept="place"),
            any_case=False,
        ),
        pattern(
            rf"(?:{_I}(?i:'ve |have )?|(?i:i've |we've ))(?i:(?:just |recently )?(?:moved|relocated)(?: back)? to) (?P<to>{PLACE}) from (?P<from>{PLACE})(?![\w-]|'s\b)",
            makers.moved("Lives in {}", "No longer lives in {}"),
            any_case=False,
        ),
        pattern(
            rf"(?:{_I}(?i:'ve |have )?|(?i:i've |we've ))(?i:(?:just |recently )?(?:moved|relocated)(?: back)?(?: from (?P<from>(?-i:{PLACE})))? to) (?P<to>{PLACE})(?![\w-]|'s\b| as an? | (?:team|department|plan|project)\b)",
            makers.moved("Lives in {}", "No longer lives in {}"),
            any_case=False,
        ),
        pattern(
            rf"(?i:i'm|i am|i come) (?i:originally )?(?i:from) ({PLACE})",
            makers.fact("Comes from {}", "comes_from", concept="place"),
            any_case=False,
        ),
        pattern(
            rf"(?i:i no longer live in|i've left|i moved out of|i moved away from|i (?:don't|do not)(?P<not>) live in) (?P<from>{PLACE})"
            rf"(?(not) (?i:any ?more|any longer))(?:,? (?i:but)(?: (?i:now))? (?i:in|near) (?P<to>{PLACE}))?",
            makers.moved("Lives in {}", "No longer lives in {}"),
            any_case=False,
        ),
        pattern(
            rf"{_I}(?i:(?:currently |now |still )?work (?:at|for)) ({ORGANISATION})",
            makers.fact("Works at {}", "works_at", concept="organisation"),
            any_case=False,
        ),
        pattern(
            rf"(?i:i'm|i am) (?i:working|employed) (?i:at|for|by) ({ORGANISATION})",
            makers.fact("Works at {}", "works_at", concept="organisation"),
            any_case=False,
        ),
        pattern(
            rf"(?i:i (?:just )?(?:started|joined|got a job)(?: working)?(?: at| with)?) ({ORGANISATION})",
            makers.fact("Works at {}", "works_at", concept="organisation"),
            any_case=False,
        ),
        pattern(
            rf"(?i:i no longer work (?:at|for)|i(?:'ve| have)? (?:quit|left) my job at|i(?:'ve| have)? resigned from) ({ORGANISATION})",
            makers.ended("No longer works at {}", "works_at"),
            any_case=False,
        ),
        pattern(
            rf"(?i:i (?:don't|do not) work (?:at|for)) ({ORGANISATION}) (?i:any ?more|any longer)",
            makers.ended("No longer works at {}", "works_at"),
            any_case=False,
        ),
        pattern(
            rf"(?i:i (?:currently )?study(?: [\w ]{{2,30}}?)? at|i'm studying(?: [\w ]{{2,30}}?)? at) ({ORGANISATION})",
            makers.fact("Studies at {}", "studies_at", concept="organisation"),
            any_case=False,
        ),
        pattern(rf"i(?:'m| am) studying ([a-z][\w ]{{2,30}}?){_END}", makers.fact("Studies {}", "studies")),
        pattern(
            rf"{_I}(?:work as|'m working as|am working as) (?:an? )?((?:[\w-]+ ){{0,3}}?[\w-]+?)(?: (?:at|for|in) [^,.]+?)?{_END}",
            work_makers.job("Works as {}"),
        ),
        pattern(
            rf"i(?:'m| am) (?:currently )?an? ((?:[\w-]+ ){{0,2}}?[\w-]+?)(?: (?:at|for|in|from|by) [^,.]+?)?{_END}",
            work_makers.job("Works as {}"),
        ),
        pattern(
            rf"(?i:my ({RELATIVE_EN}),?) ({NAME}),? (?i:is|works as) (?i:an? )((?:[\w-]+ ){{0,3}}?[\w-]+?)(?i: (?:at|for|in|from) [^,.]+?)?{_END}",
            relative_makers.relative_at_work("{}: {}", "{} works as {}"),
            any_case=False,
        ),
        pattern(
            rf"(?i:(?:i|we)(?: have|'ve)?(?: just| recently)? (?:adopted|got|bought) an? ({RELATIVE_EN}),? (?:called|named)) ({NAME})",
            relative_makers.relative("{}: {}"),
            any_case=False,
        ),
        pattern(
            rf"(?i:i have|i've got|we have|we've got) (?P<has>(?i:two|three|four|five|\d) (?P<kind>(?i:kids|children|sons|daughters|brothers|sisters|cats|dogs|grandchildren)))"
            rf"(?:,|:|,? (?i:called|named))\s+(?P<names>{_FIRST}(?:, {_FIRST})*,? and {_FIRST})(?=\s*(?:[.!;]|$))",
            relative_makers.relatives("Has {}", "{}: {}"),
            any_case=False,
        ),
        pattern(
            rf"(?i:my ({RELATIVE_EN})(?: is called| is named|'s called|'s name is| name is|, who is called|,)?) ({NAME})",
            relative_makers.relative("{}: {}"),
            any_case=False,
        ),
        pattern(
            rf"(?i:i have an? ({RELATIVE_EN}),? (?:called|named|whose name is)) ({NAME})",
            relative_makers.relative("{}: {}"),
            any_case=False,
        ),
        pattern(
            rf"(?i:i've been|i have been|we've been) (?i:living in) ({PLACE})",
            makers.fact("Lives in {}", "lives_in", concept="place"),
            any_case=False,
        ),
        pattern(
            rf"(?i:i've been|i have been) (?i:working (?:at|for)) ({ORGANISATION})",
            makers.fact("Works at {}", "works_at", concept="organisation"),
            any_case=False,
        ),
        pattern(
            rf"(?i:(?:i have|i've got|we have|we've got) an? (?:[\w-]+ )?({RELATIVE_EN}),? (?:called|named|whose name is)) ({NAME})",
            relative_makers.relative("{}: {}"),
            any_case=False,
        ),
        pattern(r"my pronouns are ([a-z]+/[a-z]+(?:/[a-z]+)?)", makers.fact("Pronouns: {}", "pronouns")),
        *ENGLISH_LANGUAGES,
        pattern(
            r"i(?: want| need|'d like| would like) ((?:short|shorter|brief|concise|long|detailed|simple|direct|honest) (?:answers|replies|responses|explanations))\b",
            makers.like("Prefers {}", 1.0, "en"),
        ),
        pattern(
            rf"(?:i have|i've got|we have) ((?:one|two|three|four|five|six|\d) (?:kids?|child(?:ren)?|sons?|daughters?|brothers?|sisters?|cats?|dogs?|grandchildren)){_END}",
            makers.fact("Has {}", "has", FAMILY),
        ),
        *ENGLISH_ENDINGS,
        *ENGLISH_DENIALS,
        *ENGLISH_HEALTH,
        pattern(
            rf"i(?P<does> (?:don't|do not|can't|cannot|never|no longer) (?:eat|drink)|(?:'ve| have)?(?: just| recently)? (?:stopped|quit|given up|gave up) (?:eat|drink)ing) (?:any )?{_LASTING}(?P<what>{_WHAT}){MORE_EN}",
            health_makers.takes_none("en"),
        ),
        pattern(
            rf"i {_VERY}(?:can't stand|cannot stand|hate|detest|dislike|don't like|do not like|no longer like) {_LASTING}{_WHAT}",
            makers.like("Dislikes {}", -1.0, "en"),
        ),
        pattern(
            rf"i(?:'m| am) not (?:a big fan of|a fan of|fond of) {_LASTING}{_WHAT}",
            makers.like("Dislikes {}", -1.0, "en"),
        ),
        pattern(rf"i {_VERY}(?:like|love|enjoy|adore) {_LASTING}{_WHAT}", makers.like("Likes {}", 1.0, "en")),
        pattern(
            rf"i(?:'m| am) (?:a big fan of|a fan of|fond of|(?:really )?into) {_LASTING}{_WHAT}",
            makers.like("Likes {}", 1.0, "en"),
        ),
        pattern(
            rf"i(?:'d| would)? (?:much |really |usually |generally )*prefer {_LASTING}(?!if\b|you\b){_WHAT}",
            makers.prefer("Prefers {}", "en"),
        ),
        pattern(
            rf"my (?:all-time )?favou?rite (?P<thing>[\w ]{{2,25}}?) (?:is|are) (?!that|when|what|how|the one)(?P<what>(?:[^,;:.!…()\x00]|\.(?=\w)){{2,50}}?){_END}",
            makers.favourite("Favourite {}: {}"),
        ),
        pattern(rf"(?:please,? )?(?:always|never) (?:{_DO})\b[^.!…;\x00]{{2,120}}", makers.instruction),
        pattern(
            rf"(?:{_FROM_NOW}),? (?:please )?(?:always |never |don't |do not )?(?:{_DO})\b[^.!…;\x00]{{2,120}}",
            makers.instruction,
        ),
        pattern(rf"(?:please )?(?:don't|do not) ever (?:{_DO})\b[^.!…;\x00]{{2,120}}", makers.instruction),
        pattern(
            rf"(?:please )?(?:{_DO})\b[^.!…;\x00,]{{2,80}}?,? (?:{_FROM_NOW}|every time|always)\b(?=\s*(?:[.,!]|$))",
            makers.instruction,
        ),
        pattern(
            r"(?:please )?(?:use|stick to) (?:the )?(?:(?:metric|imperial)(?: system| units)?|celsius|fahrenheit|(?:british|american) (?:english|spelling)|"
            r"24[- ]hour (?:time|clock|format))(?=\s*(?:[.,!]|$))",
            makers.instruction,
        ),
        pattern(
            rf"(?P<what>my {_PLAN}) (?:is|'s|will be|takes place)(?: set| scheduled| planned)? (?:for )?(?P<day>{DATE['en']})",
            makers.plan("{} on {}", "en"),
        ),
        pattern(
            rf"(?:i have|i've got|i've|i have got|we have|there's|there is) (?P<what>(?:an?|my|the|our) {_PLAN}) (?P<day>{DATE['en']})",
            makers.plan("{} on {}", "en"),
        ),
        pattern(
            rf"(?P<day>{DATE['en']}),? (?:i have|i've got|we have) (?P<what>(?:an?|my|the|our) {_PLAN}){_END}",
            makers.plan("{} on {}", "en"),
        ),
        pattern(
            rf"(?i:i'm|i am|we're|we are) (?P<what>(?i:flying|travelling|traveling|going|moving|leaving) (?i:to|for) {PLACE}) (?P<day>(?i:{DATE['en']}))",
            makers.plan("{} on {}", "en"),
            any_case=False,
        ),
        pattern(
            rf"(?i:i|we) (?P<what>(?i:fly|leave|travel|move) (?i:to|for) {PLACE}) (?P<day>(?i:{DATE['en']}))",
            makers.plan("{} on {}", "en"),
            any_case=False,
        ),
        pattern(
            rf"i(?:'m| am) (?P<what>getting married|having surgery|being operated on|defending my thesis|starting a new job|running a marathon) (?P<day>{DATE['en']})",
            makers.plan("{} on {}", "en"),
        ),
    ),
    clause=re.compile(
        r"(?:^|[,:(–—]\s*|\s-\s|\b(?:and|but|because|since|as|so|now)\s+)"
        r"(?:(?:hi|hello|hey|ok|okay|well|so|oh|yes|no(?! (?:more )?(?:emoji|smiley|bullet|list|head|table|markdown|bold|em[- ]dash|exclamation|disclaimer|small talk))|by the way|btw|fyi|ps|actually|also|honestly|personally|in general|"
        r"usually|just so you know|for the record|to be honest|now|anyway|basically|nowadays|currently|unfortunately|"
        r"remember|right|thanks|thank you|there|everyone|and|but|for info|i should mention that|you should know that|"
        r"i should mention|please note that)[,!:]?\s+)*",
        re.IGNORECASE,
    ),
    undone_before=re.compile(
        r"\b(?:if|unless|whether|would|could|should i|might|maybe|perhaps|wish|hope|suppose|when i was|used to|"
        r"(?:don't|do not|didn't|doesn't|never) (?:think|believe|say|said|mean|want)|not (?:true|that|because|as if)|"
        r"(?:he|she|they|someone|somebody|who|people|my \w+|[a-z]+) (?:said|says|say|told me|tells|wrote|writes|thinks|"
        r"claims|claimed|asked|replied|goes like|reads|sings|jokes)|according to|as in|like|as though|as if)\b",
        re.IGNORECASE,
    ),
    undone_anywhere=re.compile(
        r"\b(?:just kidding|jk|kidding|lol|in theory|hypothetically|not really|sarcasm|said no one|in a parallel)\b",
        re.IGNORECASE,
    ),
    remember=re.compile(
        r"(?:(?:and|so|also|please|hey|ok|hi|hello|well),?\s+)*(?:(?:please |kindly |always )?(?P<firm>remember|don't forget|do not forget|"
        r"keep in mind|bear in mind|memori[sz]e)|(?P<soft>note|take note|please note)),?\s*"
        r"(?:that\s+|:\s*|(?=(?:i|i'm|my|we|our)\b))(?P<what>[^\x00]{3,300}?)\s*[.!…;]*$",
        re.IGNORECASE,
    ),
)
