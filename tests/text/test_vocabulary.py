"""The table of words: what it holds, and that the words of presets and lessons stay."""

import json
from pathlib import Path

import pytest

from attn_core.learning import corpus
from attn_core.presets import PRESETS
from attn_core.text import tokenize
from attn_core.text.chosen_features import PARTS
from attn_core.text.embeddings import spelling
from attn_core.text.vocabulary import FEATURES, WORDS, read

#: The words of presets and corpus over the first 15 features, as links and lessons have them.
FIRST = json.loads((Path(__file__).parents[1] / "golden" / "words.json").read_text())

#: Closed classes, whole. Each word needs the part of speech that opens its line.
CLOSED = """
pronoun: je j' me m' moi tu te t' toi il elle on se s' lui soi nous vous ils elles eux leur y en
pronoun: i me you he him she her it we us they them myself yourself himself herself itself
pronoun: ourselves yourselves themselves ce c' ça cela ceci celui celle ceux celles
pronoun: this that these those mien mienne miens miennes tien tienne tiens tiennes sien sienne
pronoun: siens siennes nôtre vôtre mine yours hers ours theirs qui quoi dont lequel laquelle
pronoun: lesquels lesquelles duquel auquel desquels auxquels who whom whose which what
pronoun: personne rien aucun nobody nothing someone somebody everyone everything chacun
article: le la l' les un une des du au aux the an mon ma mes ton ta tes son sa ses notre nos
article: votre vos leurs my your his its our their cet cette ces quel quelle quels quelles
preposition: à de d' dans avec chez sur sous devant derrière entre vers par pour sans avant après
preposition: pendant depuis dès jusqu' contre sauf malgré selon of in with at over under between
preposition: behind near to from into through by for about without before after during since until
conjunction: et ou mais donc ni car que qu' si lorsque lorsqu' puisque puisqu' quoique quoiqu'
conjunction: and or but so nor because if whether although though unless while than
negation: ne n' pas non jamais rien aucun guère plus personne not never no nothing don't isn't can't
adverb: où quand comment pourquoi combien where when how why très bien ici là hier demain oui non
verb: suis es est sommes êtes sont ai as a avons avez ont fais fait faisons faites font vais vas va
verb: allons allez vont am is are was were be been have has had do does did can could may might
verb: must shall should will would peux peut pouvons pouvez peuvent dois doit devons devez doivent
"""


def test_enough_words_with_usable_values():
    assert len(WORDS) >= 400
    assert {name for features in WORDS.values() for name in features} == set(FEATURES)
    assert all(0 < abs(v) <= 1 for features in WORDS.values() for v in features.values())


def test_every_word_is_what_a_sentence_is_cut_into():
    assert [
        word for word in WORDS if tokenize.split(word) != (word,) or spelling(word) != word
    ] == []


def test_closed_classes_are_whole():
    lacking = []
    for line in CLOSED.strip().splitlines():
        part, _, words = line.partition(": ")
        lacking += [(part, w) for w in words.split() if not WORDS.get(w, {}).get(part)]
    assert lacking == []


def test_words_of_presets_and_lessons_keep_their_numbers():
    used = {spelling(word) for s in corpus.sentences() for word in s.tokens}
    used |= {spelling(word) for preset in PRESETS for word in preset.scenario.tokens}
    assert used == set(FIRST)
    now = {w: {f: v for f, v in WORDS[w].items() if f in FEATURES[:15]} for w in FIRST}
    assert now == FIRST


def test_every_word_has_a_part_of_speech():
    parts = {*PARTS, "function word"}
    assert [word for word, features in WORDS.items() if not parts & set(features)] == []


def test_french_endings_tell_person_and_number():
    verbs = {word: features for word, features in WORDS.items() if features.get("verb") == 1}
    persons = {ending: [w for w in verbs if w.endswith(ending)] for ending in ("ons", "ez")}
    assert all(len(words) > 20 for words in persons.values())
    wrong = [w for w in persons["ons"] if verbs[w].get("first person") != 0.6]
    wrong += [w for w in persons["ez"] if "first person" in verbs[w]]
    wrong += [w for words in persons.values() for w in words if verbs[w].get("plural") != 0.6]
    assert wrong == []
    assert WORDS["sommes"]["first person"] == WORDS["suis"]["first person"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("chat : noun 1\ncat chat : noun 1", "has 'chat' twice"),
        ("chat : furry 1", "no feature 'furry'"),
        ("chat : noun much", "much"),
    ],
)
def test_a_table_that_cannot_be_used(table, message):
    with pytest.raises(ValueError, match=message):
        read(table)


def test_the_table_is_as_people_write_it():
    assert read("\n# Signs\n: ; : punctuation 1\nà : preposition -0.5, place 0.7\n") == {
        ":": {"punctuation": 1},
        ";": {"punctuation": 1},
        "à": {"preposition": -0.5, "place": 0.7},
    }
