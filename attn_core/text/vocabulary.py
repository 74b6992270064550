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
    "human",
)

#: Features that no word has by itself; learned positions may fill them.
ORDER: tuple[str, ...] = ("early", "late")

#: Features that a word has from where it stands, not from what it is.
PLACES: tuple[str, ...] = ("1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th")

_TABLE = """
je j' i            : pronoun 1, first person 1, animate 0.6, human 1
me m' moi          : pronoun 0.9, first person 0.9, animate 0.6, human 1
nous we us         : pronoun 1, first person 1, animate 0.6, human 1, plural 1
tu te t' toi you   : pronoun 1, animate 0.6, human 1
il he him          : pronoun 1, animate 0.7
elle she her       : pronoun 1, animate 0.7, feminine 1
vous               : pronoun 1, animate 0.6, human 1, plural 1
ils they them      : pronoun 1, animate 0.7, plural 1
elles              : pronoun 1, animate 0.7, plural 1, feminine 1
on                 : pronoun 0.9, animate 0.6, plural 0.4
it ça c' ce        : pronoun 0.8, animate -0.4
s' se              : pronoun 0.7, animate 0.4

suis am            : verb 1, first person 0.6
es                 : verb 1
est is             : verb 1
sommes             : verb 1, first person 0.6, plural 0.6
are sont êtes      : verb 1, plural 0.6
étais était was    : verb 1, past 1
étions             : verb 1, first person 0.6, past 1, plural 0.6
étiez étaient were : verb 1, past 1, plural 0.6
ai                 : verb 0.9, first person 0.6
as a               : verb 0.7
have has           : verb 0.9
avons              : verb 0.9, first person 0.6, plural 0.6
avez ont           : verb 0.9, plural 0.6
aime               : verb 1, feeling 0.8
aimes loves        : verb 1, feeling 0.8
aimons             : verb 1, first person 0.6, feeling 0.8, plural 0.6
aimez aiment love  : verb 1, feeling 0.8, plural 0.6
déteste détestes hates : verb 1, feeling -0.8
détestons          : verb 1, first person 0.6, feeling -0.8, plural 0.6
détestez détestent hate : verb 1, feeling -0.8, plural 0.6
dort dors sleeps   : verb 1
dormons mangeons buvons voyons courons parlons lisons : verb 1, first person 0.6, plural 0.6
dorment dormez sleep : verb 1, plural 0.6
mange manges eats  : verb 1
mangent mangez eat : verb 1, plural 0.6
boit bois drinks   : verb 1
boivent buvez drink : verb 1, plural 0.6
voit vois sees     : verb 1
voient voyez see   : verb 1, plural 0.6
saw vu             : verb 1, past 1
mord mords bites   : verb 1, feeling -0.3
mordons            : verb 1, first person 0.6, feeling -0.3, plural 0.6
mordent mordez bite : verb 1, feeling -0.3, plural 0.6
rêve rêves dreams  : verb 1, feeling 0.3
rêvons             : verb 1, first person 0.6, feeling 0.3, plural 0.6
rêvent rêvez dream : verb 1, feeling 0.3, plural 0.6
chante chantes sings : verb 1, feeling 0.4
chantons dansons   : verb 1, first person 0.6, feeling 0.4, plural 0.6
chantent chantez sing : verb 1, feeling 0.4, plural 0.6
danse danses dances : verb 1, feeling 0.4
dansent dansez dance : verb 1, feeling 0.4, plural 0.6
court cours runs   : verb 1
courent courez run : verb 1, plural 0.6
parle parles speaks : verb 1
parlent parlez speak : verb 1, plural 0.6
lit lis reads      : verb 1
lisent lisez read  : verb 1, plural 0.6
brille shines      : verb 1, animate -0.8
brillent shine     : verb 1, animate -0.8, plural 0.6
plaît pleases      : verb 1, feeling 0.5, animate -0.8
plaisent please    : verb 1, feeling 0.5, animate -0.8, plural 0.6

heureux happy content glad : adjective 0.8, feeling 1, first person 0.3, animate 0.8
heureuse contente  : adjective 0.8, feeling 1, animate 0.8, feminine 1
contents           : adjective 0.8, feeling 1, animate 0.8, plural 1
heureuses contentes : adjective 0.8, feeling 1, animate 0.8, plural 1, feminine 1
triste sad         : adjective 0.8, feeling -1, animate 0.8
tristes            : adjective 0.8, feeling -1, animate 0.8, plural 1
fatigué tired      : adjective 0.8, feeling -0.5, animate 0.8
fatiguée           : adjective 0.8, feeling -0.5, animate 0.8, feminine 1
fatigués           : adjective 0.8, feeling -0.5, animate 0.8, plural 1
fatiguées          : adjective 0.8, feeling -0.5, animate 0.8, plural 1, feminine 1
hungry             : adjective 1, feeling -0.3, animate 0.8
noir black         : adjective 1
noire              : adjective 1, feminine 1
noirs              : adjective 1, plural 1
noires             : adjective 1, plural 1, feminine 1
blanc white        : adjective 1
blanche            : adjective 1, feminine 1
blancs             : adjective 1, plural 1
blanches           : adjective 1, plural 1, feminine 1
rouge red          : adjective 1
rouges             : adjective 1, plural 1
vert green         : adjective 1
verte              : adjective 1, feminine 1
verts              : adjective 1, plural 1
vertes             : adjective 1, plural 1, feminine 1
petit small little : adjective 1
petite             : adjective 1, feminine 1
petits             : adjective 1, plural 1
petites            : adjective 1, plural 1, feminine 1
grand big          : adjective 1
grande             : adjective 1, feminine 1
grands             : adjective 1, plural 1
grandes            : adjective 1, plural 1, feminine 1
vieux old jeune young : adjective 1
vieille            : adjective 1, feminine 1
jeunes             : adjective 1, plural 1
beau beautiful     : adjective 1, feeling 0.5
belle              : adjective 1, feeling 0.5, feminine 1
belles             : adjective 1, feeling 0.5, plural 1, feminine 1
neuf new frais fresh vide empty : adjective 1, animate -0.8
neuve fraîche      : adjective 1, animate -0.8, feminine 1
neufs vides        : adjective 1, animate -0.8, plural 1
neuves             : adjective 1, animate -0.8, plural 1, feminine 1
other autre        : adjective 0.8

chat cat           : noun 1, animate 1
chats cats         : noun 1, animate 1, plural 1
chien dog          : noun 1, animate 1
chiens dogs        : noun 1, animate 1, plural 1
oiseau bird        : noun 1, animate 1
oiseaux birds      : noun 1, animate 1, plural 1
cheval horse lion  : noun 1, animate 1
chevaux horses lions : noun 1, animate 1, plural 1
mouse              : noun 1, animate 0.9
souris             : noun 1, animate 0.9, feminine 0.5
mice               : noun 1, animate 0.9, plural 1
homme man          : noun 1, animate 1, human 1
hommes men         : noun 1, animate 1, human 1, plural 1
femme woman        : noun 1, animate 1, human 1, feminine 1
femmes women       : noun 1, animate 1, human 1, plural 1, feminine 1
enfant child       : noun 1, animate 1, human 1
enfants children   : noun 1, animate 1, human 1, plural 1
garçon boy         : noun 1, animate 1, human 1
garçons boys       : noun 1, animate 1, human 1, plural 1
fille girl         : noun 1, animate 1, human 1, feminine 1
filles girls       : noun 1, animate 1, human 1, plural 1, feminine 1
père father frère brother : noun 1, animate 1, human 1
frères brothers    : noun 1, animate 1, human 1, plural 1
mère mother sœur sister : noun 1, animate 1, human 1, feminine 1
sœurs sisters      : noun 1, animate 1, human 1, plural 1, feminine 1
ami friend         : noun 1, animate 1, human 1, feeling 0.5
amis friends       : noun 1, animate 1, human 1, feeling 0.5, plural 1
amie               : noun 1, animate 1, human 1, feeling 0.5, feminine 1
amies              : noun 1, animate 1, human 1, feeling 0.5, plural 1, feminine 1
été summer         : noun 1, feeling 0.4
hiver winter       : noun 1, feeling -0.2
maison             : noun 1, feminine 0.5
maisons            : noun 1, plural 1, feminine 0.5
house              : noun 1
houses             : noun 1, plural 1
pain bread lait milk water : noun 1
livre book jardin garden : noun 1
livres books       : noun 1, plural 1
table pomme eau    : noun 1, feminine 0.5
pommes             : noun 1, plural 1, feminine 0.5
apple              : noun 1
apples             : noun 1, plural 1
fleur              : noun 1, feeling 0.3, feminine 0.5
fleurs             : noun 1, feeling 0.3, plural 1, feminine 0.5
flower             : noun 1, feeling 0.3
flowers            : noun 1, feeling 0.3, plural 1
soleil sun         : noun 1, feeling 0.3
étoile             : noun 1, feminine 0.5
étoiles            : noun 1, plural 1, feminine 0.5
star               : noun 1
stars              : noun 1, plural 1

marie alice        : noun 0.6, name 1, animate 1, human 1, feminine 1
emma julie         : noun 0.6, name 1, animate 1, human 1, feminine 1
paul tom           : noun 0.6, name 1, animate 1, human 1
hugo leo           : noun 0.6, name 1, animate 1, human 1
paris london londres : noun 0.6, name 1, animate -0.2

le l' un the       : article 1
la une             : article 1, feminine 1
les des            : article 1, plural 1
an                 : article 1
du au              : article 0.6
aux                : article 0.6, plural 1
mon my             : article 0.6, first person 0.8
ma                 : article 0.6, first person 0.8, feminine 1
mes                : article 0.6, first person 0.8, plural 1
ne n' not never jamais : negation 1
pas                : negation 1
et and car because que qu' t : punctuation 0.3
of in with d' de à dans avec : punctuation 0.3
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
