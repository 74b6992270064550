"""A small hand-made vocabulary: words as readable vectors over named features.

Edit the table freely: one line is one meaning, its words on the left (lower case,
straight apostrophes), its features on the right. A feature left out is 0.
"""

from __future__ import annotations

#: Canonical order: a scenario that grows takes the next one it doesn't have yet.
FEATURES: tuple[str, ...] = (
    "pronoun",
    "verb",
    "feeling",
    "first person",
    "noun",
    "adjective",
    "animate",
    "negation",
    "article",
    "plural",
    "name",
    "feminine",
    "past",
    "punctuation",
)

#: Features that no word has by itself; learned positions may fill them.
ORDER: tuple[str, ...] = ("early", "late")

#: Features that a word has from where it stands, not from what it is.
PLACES: tuple[str, ...] = ("1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th")

_TABLE = """
je j' i            : pronoun 1, first person 1, animate 0.6
me m' moi          : pronoun 0.9, first person 0.9, animate 0.6
nous we us         : pronoun 1, first person 1, animate 0.6, plural 1
tu te t' toi you   : pronoun 1, animate 0.6
il he him          : pronoun 1, animate 0.7
elle she her       : pronoun 1, animate 0.7, feminine 1
vous               : pronoun 1, animate 0.6, plural 1
ils they them      : pronoun 1, animate 0.7, plural 1
elles              : pronoun 1, animate 0.7, plural 1, feminine 1
on                 : pronoun 0.9, animate 0.6, plural 0.4
it ça c' ce        : pronoun 0.8, animate -0.4
s' se              : pronoun 0.7, animate 0.4

suis am            : verb 1, first person 0.6
es                 : verb 1
est is             : verb 1
sommes are sont êtes : verb 1, plural 0.6
étais était was    : verb 1, past 1
ai                 : verb 0.9, first person 0.6
as a               : verb 0.7
have               : verb 0.9
avons avez ont     : verb 0.9, plural 0.6
aime               : verb 1, feeling 0.8
aimes aimons aimez aiment love loves : verb 1, feeling 0.8
déteste détestes hate hates : verb 1, feeling -0.8
dort dorment sleeps sleep : verb 1
mange mangent eats eat   : verb 1
voit vois voient sees see : verb 1
saw vu             : verb 1, past 1
bites bite mord    : verb 1, feeling -0.3
rêve rêvent dreams dream : verb 1, feeling 0.3
chante chantent sings sing : verb 1, feeling 0.4
court courent runs run : verb 1
parle parlent speaks speak : verb 1

heureux happy content glad : adjective 0.8, feeling 1, first person 0.3
heureuse contente  : adjective 0.8, feeling 1, feminine 1
triste sad         : adjective 0.8, feeling -1
fatigué tired      : adjective 0.8, feeling -0.5
noir noire black   : adjective 1
blanc blanche white : adjective 1
petit petite small little : adjective 1
grand grande big   : adjective 1
belle beautiful    : adjective 1, feeling 0.5, feminine 0.6
beau               : adjective 1, feeling 0.5
other autre        : adjective 0.8

chat cat           : noun 1, animate 1
chats cats         : noun 1, animate 1, plural 1
chien dog          : noun 1, animate 1
chiens dogs        : noun 1, animate 1, plural 1
homme man          : noun 1, animate 1
femme woman        : noun 1, animate 1, feminine 1
enfant child       : noun 1, animate 1
enfants children   : noun 1, animate 1, plural 1
ami friend         : noun 1, animate 1, feeling 0.5
souris mouse       : noun 1, animate 0.9
été summer         : noun 1, feeling 0.4
hiver winter       : noun 1, feeling -0.2
maison house       : noun 1, feminine 0.5
pain bread         : noun 1
livre book         : noun 1
table              : noun 1, feminine 0.5
fleur flower       : noun 1, feeling 0.3, feminine 0.5

marie alice        : noun 0.6, name 1, animate 1, feminine 1
paul tom           : noun 0.6, name 1, animate 1
paris london       : noun 0.6, name 1, animate -0.2

le l' un the       : article 1
la une             : article 1, feminine 1
les des            : article 1, plural 1
an                 : article 1
mon my             : article 0.6, first person 0.8
ne n' not never jamais : negation 1
pas                : negation 1
et and car because que qu' : punctuation 0.3
. , ! ? … ... ; :  : punctuation 1
"""


def _read(table: str) -> dict[str, dict[str, float]]:
    words: dict[str, dict[str, float]] = {}
    for line in filter(str.strip, table.splitlines()):
        # The last " : " divides, for the colon is itself a word of the table.
        spelled, _, described = line.rpartition(" : ")
        features = dict(_feature(part) for part in described.split(","))
        for word in spelled.split():
            if word in words:
                raise ValueError(f"The vocabulary has {word!r} twice.")
            words[word] = features
    return words


def _feature(part: str) -> tuple[str, float]:
    name, _, value = part.strip().rpartition(" ")
    if name not in FEATURES:
        raise ValueError(f"The vocabulary knows no feature {name!r}; it has {FEATURES}.")
    return name, float(value)


#: word in lower case → its features that aren't 0
WORDS: dict[str, dict[str, float]] = _read(_TABLE)
