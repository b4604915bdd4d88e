"""What names and places look like, and words that are none although they stand where one would."""

import re

AGENTS = ("anima", "neo", "nexus")  # who answers here, and is spoken to

# Thanks to whoever answers, “you're an angel!”: no role that they are to play.
PRAISE = (
    r"(?:(?:real|true|absolute|such an?|vrai|vraie|véritable|petit|petite) )?(?:angel|genius|"
    r"star|gem|life-?saver|treasure|legend|darling|"
    r"champ|champion(?:ne)?|sweetheart|godsend|ange|génie|trésor|amour|perle|as|crack|star|bijou)(?=\s*(?:[!.…]|\n|\Z))"
)

CAPITAL = r"(?!I\b|J'|Je\b)[A-ZÀ-ÖØ-Þ][\w'-]*+"  # possessive: “Saint-Saint-…” can be split in too many ways
_NAMED = r"(?!I\b|J'|Je\b)[A-ZÀ-ÖØ-Þ][\w-]*(?:'(?!s\b|d\b|ll\b)[\w-]+)*"  # “Anna's birthday” is Anna's
NAME = rf"{_NAMED}(?: (?:(?:(?:de|du|des|van|von|da|di|ben|el|le|la|der|den|al) ){{1,2}}|(?:d')?){_NAMED}){{0,2}}"
_JOINT = r"(?:[ -](?:of|upon|sur|en|de|du|des|la|le|les|lès|sous|and|the|d|l)){1,2}[ -]?'?|[ -]"
PLACE = (
    rf"(?:(?:[Tt]he|[Ll]a|[Ll]e|[Ll]es) |[Ll]')?(?:(?:St|Ste|Mt|Ft)\. )?{CAPITAL}(?:(?:{_JOINT}){CAPITAL}){{0,3}}"
    rf"(?:, (?!My\b|Mon\b|Ma\b){CAPITAL}(?: {CAPITAL})?)?"
)
ORGANISATION = (
    rf"(?:(?:[Tt]he|[Ll]a|[Ll]e|[Ll]es) (?:[\w-]+ ){{0,2}})?(?:[Ll]')?(?:[A-ZÀ-ÖØ-Þ0-9][\w'&.-]*\w)"
    rf"(?: (?:(?:of|for|and|de|du|des|et|&) )?{CAPITAL}){{0,3}}"
)

LANGUAGES_EN = (
    "english|french|spanish|german|italian|portuguese|dutch|polish|russian|ukrainian|romanian|greek|turkish|arabic|hebrew|"
    "persian|farsi|hindi|urdu|bengali|tamil|chinese|mandarin|cantonese|japanese|korean|vietnamese|thai|swahili|wolof|"
    "breton|catalan|basque|welsh|irish|swedish|norwegian|danish|finnish|czech|hungarian|bulgarian|serbian|croatian"
)
LANGUAGES_FR = (
    "anglais|français|espagnol|allemand|italien|portugais|néerlandais|polonais|russe|ukrainien|roumain|grec|turc|arabe|"
    "hébreu|persan|hindi|ourdou|bengali|tamoul|chinois|mandarin|cantonais|japonais|coréen|vietnamien|thaï|swahili|wolof|"
    "breton|catalan|basque|gallois|irlandais|suédois|norvégien|danois|finnois|tchèque|hongrois|bulgare|serbe|croate"
)

# Somebody may move to these and yet stay where they are.
COMPUTING = frozenset(
    """
    linux windows mac macos ubuntu debian fedora arch android ios chrome firefox safari vim neovim emacs vscode
    vs code python python3 rust go golang java kotlin swift ruby javascript typescript react vue angular svelte
    django flask postgres postgresql mysql mongodb redis kubernetes docker aws azure gcp git github gitlab jira
    slack discord notion excel word teams outlook gmail chatgpt claude gemini mistral wayland linux mint
    marketing sales finance engineering accounting hr it legal support product operations research design
    """.split()  # noqa: SIM905 - a list reads worse
) | {"vs code", "linux mint", "google cloud", "arch linux"}

NOT_NAMES = frozenset(
    """
    a an the not no so too very just really still now here there back later when if because sorry sure ok fine
    good happy sad tired hungry ready done lost stuck new old back home busy late early on in at hard easy long
    short common mine yours is was are it this that these those and or but what how who comment quoi bien mal
    pas plus tres trop bon content contente triste fatigue fatiguee pret prete perdu perdue ici la desole
    desolee sur sure un une le les ce cette toujours jamais difficile facile long courte connu inconnu i me my
    je moi mon ma en de du unknown nobody none
    """.split()  # noqa: SIM905
)

# The last word of what somebody works as; the list is short on purpose: “a fan” and “a bit tired” are no trades.
JOBS = frozenset(
    """
    accountant actor actress analyst architect artist astronomer baker barista bartender biologist builder
    butcher carpenter cashier chef chemist cleaner cook consultant dancer dentist designer developer dietitian
    director doctor driver economist editor electrician engineer farmer firefighter gardener geologist
    hairdresser historian illustrator interpreter journalist judge lawyer lecturer librarian manager
    mathematician mechanic midwife musician notary novelist nurse optician painter paramedic pastor pharmacist
    photographer physicist physiotherapist pilot plumber postman principal producer professor programmer
    psychiatrist psychologist receptionist researcher sailor salesperson scientist secretary shepherd singer
    soldier statistician student surgeon surveyor tailor teacher technician therapist translator tutor vet
    veterinarian waiter waitress welder writer intern apprentice freelancer retiree acteur actrice agriculteur
    agricultrice apiculteur apicultrice apprenti apprentie artiste auteur autrice avocat avocate biologiste
    boucher bouchere boulanger boulangere cadre chauffeur chercheur chercheuse chimiste chirurgien chirurgienne
    coiffeur coiffeuse comedien comedienne commercial commerciale comptable conducteur conductrice consultant
    consultante couturiere cuisinier cuisiniere danseur danseuse dentiste designer developpeur developpeuse
    directeur directrice ebeniste economiste educateur educatrice electricien electricienne enseignant
    enseignante etudiant etudiante facteur factrice fleuriste geographe geologue geometre graphiste historien
    historienne infirmier infirmiere informaticien informaticienne ingenieur ingenieure instituteur institutrice
    interprete jardinier jardiniere journaliste juge juriste kinesitherapeute libraire maraicher maraichere
    medecin menuisier menuisiere musicien musicienne notaire opticien opticienne ouvrier ouvriere paysan
    paysanne peintre pharmacien pharmacienne photographe physicien physicienne pilote plombier pompier
    professeur professeure prof programmeur programmeuse psychiatre psychologue redacteur redactrice retraite
    retraitee sage-femme femme secretaire serveur serveuse soudeur stagiaire statisticien technicien
    technicienne traducteur traductrice veterinaire vendeur vendeuse vigneron vigneronne
    """.split()  # noqa: SIM905
)

# Of these an allergy is to many.
COUNTED = frozenset(
    """
    nut peanut walnut almond cashew hazelnut egg bee wasp cat dog horse strawberry mushroom apple sulphite prawn mite
    """.split()  # noqa: SIM905
)

# One of those that somebody has several of.
ONE_OF = {
    "kids": "child", "children": "child", "sons": "son", "daughters": "daughter", "brothers": "brother",
    "sisters": "sister", "cats": "cat", "dogs": "dog", "grandchildren": "grandchild", "enfants": "enfant",
    "filles": "fille", "fils": "fils", "garçons": "fils", "frères": "frère", "sœurs": "sœur", "soeurs": "sœur",
    "chats": "chat", "chiens": "chien", "petits-enfants": "petit-enfant",
}  # fmt: skip

# What points at something that was said before.
REFERRING = re.compile(
    r"\b(?:this|these|those|them|it|him|her|you|your|ça|cela|cette|ces|ce|cet|celui|celle|ceux|lui|te|ton|ta|tes|votre|vos)"
    r"\b",
    re.IGNORECASE,
)
