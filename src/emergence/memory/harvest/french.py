"""What people say of themselves in French."""
# ruff: noqa: E501 - a pattern reads best in one line

import re

from emergence.memory.harvest import health_makers, makers, relative_makers, work_makers
from emergence.memory.harvest.dates import DATE
from emergence.memory.harvest.deaths import FRENCH_DEATHS
from emergence.memory.harvest.drafts import FAMILY, Grammar, pattern
from emergence.memory.harvest.endings import END_FR as _END
from emergence.memory.harvest.endings import WHAT_FR as _WHAT
from emergence.memory.harvest.everyday import FRENCH_EVERYDAY
from emergence.memory.harvest.forms_of_answers import FRENCH_FORMS, FRENCH_FORMS_AGAIN, FRENCH_WISHES
from emergence.memory.harvest.french_places import ALONE, AT, FORMER, FORMER_AT, FROM, lives, lives_no_more
from emergence.memory.harvest.health import FRENCH_HEALTH
from emergence.memory.harvest.health_denials import FRENCH_DENIALS
from emergence.memory.harvest.health_endings import FRENCH_ENDINGS
from emergence.memory.harvest.languages import FRENCH_LANGUAGES
from emergence.memory.harvest.lists import MORE_OF_FR
from emergence.memory.harvest.relatives import FRENCH_RELATIVES, RELATIVE_FR
from emergence.memory.harvest.words import CAPITAL as _FIRST
from emergence.memory.harvest.words import NAME, ORGANISATION, PLACE
from emergence.memory.harvest.work import AT_WORK_FR, FRENCH_WORK

# What points at something in the conversation says nothing once that is over.
_LASTING = (
    r"(?!(?:ça|cela|ceci|ce|cet|cette|ces|ton|ta|tes|votre|vos|celui|celle|ceux|celles|quand|que|qu'|comment|où|lequel|"
    r"laquelle|tout|toute|tous|toutes|rien|chaque|son|sa|ses|leur|leurs|mieux|bien ça|pas|plutôt|autant|beaucoup ça|"
    r"(?:la|le|l'|les (?=premi|derni|deux|autres)) ?(?:première?|premier|deuxième|second|seconde|troisième|dernière?|dernier|réponse|idée|version|option|"
    r"proposition|phrase|titre|texte|suite|façon dont|manière dont|même|autre|fait)s?|l'un|l'une|savoir|voir|être|avoir|"
    r"croire|penser|dire|un|une|te|vous|toi|lui|elle|eux|ne|y|en|option|version|moi)\b)"
)
_I = r"(?i:j'|je )"
_VERY = r"(?:(?:beaucoup|vraiment|bien|énormément|surtout|toujours|particulièrement|tellement|trop|aussi|généralement|assez) )*+"
_ADVERB = r"(?i: toujours| maintenant| désormais| actuellement)?"
_PLAN = (
    r"(?:(?!question|problème)[\w'-]+ ){0,2}?(?:vol|train|examens?|rendez-vous|rdv|entretien|mariage|opération|"
    r"réunion|échéance|présentation|soutenance|fête|voyage|concert|course|marathon|audition|conférence|partiels?|"
    r"déménagement|concours|oral|contrôle|anniversaire|audience|irm|scanner|permis)(?: (?:avec|à|chez|pour|de|d'|du|en|au|aux) ?[\w' -]{1,40}?)?"
)
_DO = (
    r"réponds|répondez|écris|écrivez|parle|parlez|utilise|utilisez|donne|donnez|explique|expliquez|ajoute|ajoutez|mets|mettez|"
    r"fais|faites|termine|terminez|commence|commencez|sois|soyez|garde|gardez|montre|montrez|cite|citez|propose|proposez|"
    r"demande|demandez|dis|dites|traduis|traduisez|évite|évitez|arrête|arrêtez|tutoie|tutoyez|vouvoie|vouvoyez|appelle|appelez|"
    r"signe|signez|recommande|recommandez|indique|indiquez"
)
_FROM_NOW = r"désormais|dorénavant|à partir de maintenant|à l'avenir|dès maintenant|à chaque fois"

FRENCH = Grammar(
    language="fr",
    patterns=(
        *FRENCH_WORK,
        *FRENCH_DEATHS,
        *FRENCH_RELATIVES,
        FRENCH_FORMS,
        FRENCH_FORMS_AGAIN,
        *FRENCH_WISHES,
        *FRENCH_EVERYDAY,
        pattern(
            rf"(?i:je m'appelle|mon (?:prénom|nom) est|mon (?:prénom|nom),? c'est|je me prénomme|on m'appelle)\s+({NAME}|[a-zà-ÿ][a-zà-ÿ-]{{1,20}}(?=\s*(?:[.,!;]|$| et )))(?=\s*(?:[,;:.!…()–—]|$)|\s+(?:et|mais|j'|je)\b)",
            makers.name("S’appelle {}"),
            any_case=False,
        ),
        pattern(
            rf"(?<=[Mm]oi )(?i:c'est) ({NAME})(?=\s*(?:[.!;]|$|, |\s+et (?:j'|je )))",
            makers.name("S’appelle {}"),
            any_case=False,
        ),
        pattern(
            rf"(?<=[Mm]oi, )(?i:c'est) ({NAME})(?=\s*(?:[.!;]|$|, |\s+et (?:j'|je )))",
            makers.name("S’appelle {}"),
            any_case=False,
        ),
        pattern(
            rf"(?i:(?:tu peux |vous pouvez )?(?:m'appeler|appelle-moi|appelez-moi))\s+({NAME}){_END}",
            makers.name("S’appelle {}"),
            any_case=False,
        ),
        pattern(
            r"(?:j'ai|je viens d'avoir|je viens de fêter mes) (\d{1,3}) ans(?! d[e'])(?=\s*(?:[.,!;]|$| et | mais | depuis ))",
            makers.age("A {} ans"),
        ),
        pattern(
            rf"mon anniversaire(?: est|,? c'est|,? tombe) ({DATE['fr']})",
            makers.birthday("Anniversaire : {}", "Né(e) en {}"),
        ),
        pattern(rf"je suis née? ({DATE['fr']})", makers.birthday("Anniversaire : {}", "Né(e) en {}")),
        pattern(rf"je suis née? en ((?:19|20)\d\d){_END}", makers.fact("Né(e) en {}", "born")),
        pattern(
            rf"(?:{_I}|(?i:on |nous )|(?<=et ))(?i:habite|habitons|vis|vit|vivons|réside|loge){_ADVERB}(?i: seule?| avec (?:mon|ma|mes) [a-zà-ÿ]+)?(?i: dans une? [\w' -]{{2,30}}?)? {AT}",
            lives("Habite {}"),
            any_case=False,
        ),
        pattern(
            rf"(?:{_I}|(?i:on |nous )|(?<=et ))(?i:habite|habitons){_ADVERB} {ALONE}{_END}",
            lives("Habite {}"),
            any_case=False,
        ),
        pattern(
            rf"(?i:je suis) (?i:basée?|installée?|domiciliée?) {AT}",
            lives("Habite {}"),
            any_case=False,
        ),
        pattern(
            rf"(?i:j'ai (?:récemment )?(?:emménagé|déménagé)|je viens (?:d'emménager|de déménager|de m'installer)|je me suis installée?|"
            rf"je suis (?:revenue?|retournée?|rentrée?) (?:vivre|habiter)|j'ai redéménagé)(?: {FORMER})? {AT}",
            lives("Habite {}", since_now=True),
            any_case=False,
        ),
        pattern(
            rf"(?i:je (?:viens|suis originaire)) {FROM}",
            lives("Vient {}"),
            any_case=False,
        ),
        pattern(
            rf"(?i:(?:je n'|j')habite plus|je (?:ne )?(?:vis|réside) plus|j'ai quitté mon appartement) {FORMER_AT}(?:,? (?i:mais)(?: (?i:maintenant|désormais))? {AT})?",
            lives_no_more,
            any_case=False,
        ),
        pattern(
            rf"(?:{_I}|(?<=et ))(?i:travaille|bosse)(?i: actuellement| maintenant| toujours)? {AT_WORK_FR}({ORGANISATION})",
            work_makers.works_fr("Travaille {}"),
            any_case=False,
        ),
        pattern(
            rf"(?i:je (?:viens d'être embauchée?|viens de commencer|suis employée?|suis salariée?)) (?i:(chez |par |à la |à l'|à |au ))({ORGANISATION})",
            work_makers.works_fr("Travaille {}"),
            any_case=False,
        ),
        pattern(
            rf"(?i:je (?:ne )?(?:travaille|bosse) plus|je n'ai plus de poste) {AT_WORK_FR}({ORGANISATION})",
            work_makers.works_fr("Ne travaille plus {}", ends=True),
            any_case=False,
        ),
        pattern(
            rf"(?i:j'ai (?:démissionné de|quitté mon (?:poste|travail|emploi) (?:chez|à|au))(?: chez)?) ({ORGANISATION})",
            makers.ended("Ne travaille plus chez {}", "works_at"),
            any_case=False,
        ),
        pattern(
            rf"(?i:je fais mes études|j'étudie(?: [\w' ]{{2,30}}?)?|je suis étudiante?(?: en [\w' ]{{2,30}}?)?) (?i:à|au) (?:la |l')?({ORGANISATION})",
            makers.fact("Étudie à {}", "studies_at", concept="organisation"),
            any_case=False,
        ),
        pattern(
            rf"j'étudie (?!la question|le dossier|cette|ce )((?:le |la |les |l')?[\w' ]{{2,30}}?){_END}",
            makers.fact("Étudie {}", "studies"),
        ),
        pattern(
            rf"je travaille comme ((?:[\w-]+ ){{0,3}}?[\w-]+?)(?: (?:à|chez|dans|pour|au) [^,.]+?)?{_END}",
            work_makers.job("Travaille comme {}"),
        ),
        pattern(
            rf"je suis (?:une? )?((?:[\w-]+ ){{0,3}}?[\w-]+?)(?: (?:à|chez|dans|pour|au|depuis) [^,.]+?)?{_END}",
            work_makers.job("Est {}"),
        ),
        pattern(
            rf"(?i:(?:mon|ma) ({RELATIVE_FR}),?) ({NAME}),? (?i:est|travaille comme|bosse comme) (?i:une? )?((?:[\w-]+ ){{0,3}}?[\w-]+?)(?i: (?:à|chez|dans|pour|au) [^,.]+?)?{_END}",
            relative_makers.relative_at_work("{} : {}", "{} est {}"),
            any_case=False,
        ),
        pattern(
            rf"(?i:(?:j'ai|on a|nous avons) (?:récemment )?adopté une? ({RELATIVE_FR}|chaton|chiot),? (?:qui s'appelle|nommée?|appelée?)) ({NAME})",
            relative_makers.relative("{} : {}"),
            any_case=False,
        ),
        pattern(
            rf"(?i:j'ai|on a|nous avons) (?P<has>(?i:deux|trois|quatre|cinq|\d) (?P<kind>(?i:enfants|filles|fils|garçons|frères|sœurs|soeurs|chats|chiens|petits-enfants)))"
            rf"(?:,| :|:|,? (?i:qui s'appellent|nommée?s|appelée?s))\s+(?P<names>{_FIRST}(?:, {_FIRST})* et {_FIRST})(?=\s*(?:[.!;]|$))",
            relative_makers.relatives("A {}", "{} : {}"),
            any_case=False,
        ),
        pattern(
            rf"(?i:(?:mon|ma) ({RELATIVE_FR})(?: s'appelle| se nomme| se prénomme|,? c'est|,)?) ({NAME})",
            relative_makers.relative("{} : {}"),
            any_case=False,
        ),
        pattern(
            rf"(?i:(?:j'ai|on a|nous avons) une? ({RELATIVE_FR}),? (?:qui s'appelle|nommée?|appelée?|prénommée?|du nom de)) ({NAME})",
            relative_makers.relative("{} : {}"),
            any_case=False,
        ),
        pattern(
            rf"(?i:j'ai une? (?:petite? |grande? )?({RELATIVE_FR}) de (?:\w+) ans,? (?:qui s'appelle|nommée?|appelée?|prénommée?)) ({NAME})",
            relative_makers.relative("{} : {}"),
            any_case=False,
        ),
        pattern(r"mes pronoms sont ([a-zà-ÿ]+(?:/[a-zà-ÿ]+){0,2})", makers.fact("Pronoms : {}", "pronouns")),
        *FRENCH_LANGUAGES,
        pattern(
            r"je (?:veux|voudrais|souhaite|aimerais) (des réponses (?:plus )?(?:courtes|brèves|concises|longues|détaillées|simples|directes|honnêtes))\b",
            makers.like("Préfère {}", 1.0, "fr"),
        ),
        pattern(
            rf"j'ai ((?:deux|trois|quatre|cinq|six|\d) (?:enfants|filles|fils|garçons|frères|sœurs|soeurs|chats|chiens|petits-enfants)){_END}",
            makers.fact("A {}", "has", FAMILY),
        ),
        *FRENCH_ENDINGS,
        *FRENCH_DENIALS,
        *FRENCH_HEALTH,
        pattern(
            rf"(?P<does>je (?:ne )?(?:mange|bois) (?:pas|plus|jamais)|je (?:ne )?peux (?:pas|plus) (?:manger|boire)) (?P<of>de |d'|du )?{_LASTING}(?P<what>{_WHAT}){MORE_OF_FR}",
            health_makers.takes_none("fr"),
        ),
        pattern(
            rf"(?:je n'|j')aime (?:pas|plus)(?: du tout| trop| vraiment| beaucoup| tellement)? {_LASTING}{_WHAT}",
            makers.like("N’aime pas {}", -1.0, "fr"),
        ),
        pattern(
            rf"(?:je {_VERY}(?:déteste|hais|supporte mal|(?:ne )?supporte (?:pas|plus))|j'ai horreur(?: de| d')) ?+{_LASTING}{_WHAT}",
            makers.like("N’aime pas {}", -1.0, "fr"),
        ),
        pattern(rf"j'(?:aime|adore|apprécie) {_VERY}{_LASTING}{_WHAT}", makers.like("Aime {}", 1.0, "fr")),
        pattern(
            rf"je suis (?:fan|grand fan|grande fan|passionnée?|amateur|amatrice) (?:de |d'){_LASTING}{_WHAT}",
            makers.like("Aime {}", 1.0, "fr"),
        ),
        pattern(rf"je pr[ée]f[éèe]re(?:rais)? {_VERY}{_LASTING}(?!qu|si\b){_WHAT}", makers.prefer("Préfère {}", "fr")),
        pattern(
            rf"(?:mon|ma|mes) (?P<thing>[\w' ]{{2,25}}?) préférée?s?(?: est| sont|,? c'est),? (?!celui|celle|quand|que|lequel|laquelle)(?P<what>(?:[^,;:.!…()\x00]|\.(?=\w)){{2,50}}?){_END}",
            makers.favourite("{} préféré(e) : {}"),
        ),
        pattern(
            rf"(?:s'il te pla[iî]t,? |stp,? |merci de )?(?:{_DO})(?:-(?:moi|nous))? (?:toujours|désormais|dorénavant)\b[^.!…;\x00]{{2,120}}",
            makers.instruction,
        ),
        pattern(
            rf"(?:s'il te pla[iî]t,? |stp,? )?(?:{_FROM_NOW}),? (?:ne |n')?(?:me |m')?(?:{_DO})\b[^.!…;\x00]{{1,120}}",
            makers.instruction,
        ),
        pattern(
            rf"(?:s'il te pla[iî]t,? |stp,? )?(?:ne |n')(?:me |m')?(?:{_DO}) (?:plus )?jamais\b[^.!…;\x00]{{2,120}}",
            makers.instruction,
        ),
        pattern(
            rf"(?:s'il te pla[iî]t,? |stp,? )?(?:{_DO})\b[^.!…;\x00,]{{2,80}}?,? (?:{_FROM_NOW}|toujours)(?=\s*(?:[.,!]|$))",
            makers.instruction,
        ),
        pattern(
            r"(?:s'il te pla[iî]t,? |stp,? |merci d')?(?:utilise[rz]?|garde[rz]?) (?:le système (?:métrique|impérial)|les unités (?:métriques|impériales)|les (?:degrés )?celsius|les kilomètres)(?=\s*(?:[.,!]|$))",
            makers.instruction,
        ),
        pattern(
            r"(?:s'il te pla[iî]t,? |stp,? |tu peux )?(?:tutoie-moi|tutoyez-moi|vouvoie-moi|vouvoyez-moi|me tutoyer|me vouvoyer)(?=\s*(?:[.,!]|$| plut[oô]t| toujours))",
            makers.instruction,
        ),
        pattern(
            rf"(?P<what>(?:mon|ma|mes) {_PLAN}) (?:est|sont|c'est|a lieu|ont lieu|tombe)(?: prévue?| fixée?)? (?P<day>{DATE['fr']})",
            makers.plan("{} le {}", "fr"),
        ),
        pattern(
            rf"(?:j'ai|nous avons|on a|il y a) (?P<what>(?:(?:une?|mon|ma|mes|le|la|notre|l') ?)?{_PLAN}),? (?P<day>{DATE['fr']})",
            makers.plan("{} le {}", "fr"),
        ),
        pattern(
            rf"(?P<day>{DATE['fr']}),? (?:j'ai|nous avons|on a) (?P<what>(?:(?:une?|mon|ma|mes|le|la|notre|l') ?)?{_PLAN}){_END}",
            makers.plan("{} le {}", "fr"),
        ),
        pattern(
            rf"(?i:(?:je|nous|on) (?:pars|partons|part|prends l'avion|m'envole|déménage|déménageons|vais|allons)) (?P<what>(?i:pour|à|au|aux|en|dans) (?:la |le |les |l')?{PLACE}) (?P<day>(?i:{DATE['fr']}))",
            makers.plan("Départ {} le {}", "fr"),
            any_case=False,
        ),
        pattern(
            rf"(?i:(?P<day>{DATE['fr']})),? (?i:(?:je|nous|on) (?:pars|partons|part|prends l'avion|m'envole|déménage|déménageons|vais|allons)) (?P<what>(?i:pour|à|au|aux|en|dans) (?:la |le |les |l')?{PLACE})",
            makers.plan("Départ {} le {}", "fr"),
            any_case=False,
        ),
        pattern(rf"je (?:me |m')(?P<what>marie|fais opérer) (?P<day>{DATE['fr']})", makers.plan("Se {} le {}", "fr")),
    ),
    clause=re.compile(
        r"(?:^|[,:(–—]\s*|\s-\s|\b(?:et|mais|car|puisque|comme|donc|maintenant|parce que)\s+)"
        r"(?:(?:bonjour|salut|coucou|bonsoir|hello|alors|au fait|en fait|sinon|d'ailleurs|ps|oui|non|ok|bon|ben|bah|oh|moi|"
        r"pour info|pour information|personnellement|en général|d'habitude|honnêtement|aussi|actuellement|maintenant|et|mais|"
        r"perso|voilà|merci|bref|sache que|sachez que|il faut que tu saches que|je précise que|à savoir|tu sais|malheureusement)"
        r"[,!:]?\s+)*",
        re.IGNORECASE,
    ),
    undone_before=re.compile(
        r"(?:\b(?:si|sauf si|à moins|peut-être|est-ce que|imagin\w*|suppos\w*|quand j'étais|rêv\w*|comme quoi|aimerais|voudrais|"
        r"espère|(?:il|elle|on|ils|elles|qui|tu|vous|personne|[a-zà-ÿ]+) (?:m'|lui |nous |me )?(?:dit|disait|disent|dis|"
        r"a dit|ont dit|a écrit|écrit|écrivait|prétend|prétendait|répond|a répondu|chante|raconte|pense|croit|affirme)|"
        r"d'après|selon|j'ai (?:dit|lu|entendu|écrit)|genre|du style|comme dans|"
        r"ne (?:pense|crois|dis|veux) pas|pas (?:vrai|parce|que))\b|\bs'il[s]?\b(?! te pla| vous pla))",
        re.IGNORECASE,
    ),
    undone_anywhere=re.compile(
        r"\b(?:je rigole|je plaisante|je blague|mdr|lol|en théorie|hypothétiquement|pas vraiment|c'est une blague)\b",
        re.IGNORECASE,
    ),
    remember=re.compile(
        r"(?:(?:et|alors|donc|aussi|bonjour|salut|s'il te pla[iî]t|stp|s'il vous pla[iî]t),?\s+)*"
        r"(?:(?P<firm>rappelle-toi|rappelez-vous|souviens-toi|souvenez-vous|n'oublie (?:pas|jamais)|n'oubliez (?:pas|jamais)|retiens|retenez|mémorise|"
        r"mémorisez|garde en (?:tête|mémoire)|gardez en (?:tête|mémoire))|(?P<soft>note|notez|prends note|prenez note))"
        r"(?: bien| aussi)?,?\s*(?:que\s+|qu'|:\s*|(?=(?:je |j'|mon |ma |mes |nous )))(?P<what>[^\x00]{3,300}?)\s*[.!…;]*$",
        re.IGNORECASE,
    ),
)
