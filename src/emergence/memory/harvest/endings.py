"""Where a thing that somebody names ends, and what may stand between."""
# ruff: noqa: E501 - a pattern reads best in one line

END_EN = (
    r"(?=\s*(?:[,;:!…()–—]|\.(?!\w)|$)|\s+-\s|\s+(?:but|because|so|since|when|while|if|unless|which|who|although|though|as|for my|"
    r"these days|right now|at the moment|now|with my|by the way|too|anymore|any more|and (?:i|i'm|my|we|it|he|she|they|the|"
    r"then|so|also|please|always|never|have|can|am|do|would|live|work|skill|need|also|allergic|asthmatic|diabetic|coeliac|lactose|gluten)\b)(?:\b|$))"
)
WHAT_EN = rf"((?:[^,;:.!…()\x00]|\.(?=\w)){{2,60}}?){END_EN}"
END_FR = (
    r"(?=\s*(?:[,;:!…()–—]|\.(?!\w)|$)|\s+(?:mais|parce qu|car|donc|alors|puisqu|quand|lorsqu|si|qui|que|dont|où|depuis|avec ma|"
    r"avec mon|en ce moment|ces temps-ci|maintenant|désormais|d'ailleurs|aussi|comme|"
    r"et (?:je|j'|mon|ma|mes|on|nous|il|elle|ils|elles|c'est|ça|tu|vous|ne|n'|toujours|jamais|habite|vis|travaille|bosse|alors|donc|aussi|allergique|intolérante?|diabétique|asthmatique))\b|\s+-\s)"
)
WHAT_FR = rf"((?:[^,;:.!…()\x00]|\.(?=\w)){{2,60}}?){END_FR}"
