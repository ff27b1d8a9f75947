"""Subject matter is not taste: the words for what pictures show."""

from viper.extraction.lexicon import Lexicon, load_lexicon, phrase
from viper.extraction.matching import singular


def is_subject(word: str, lexicon: Lexicon) -> bool:
    """True for things, beings and places that pictures show: "boat", "trees", "grandmother's"."""
    subjects = lexicon.words("subjects")
    bare = word.removesuffix("'s")
    return bare in subjects or any(form in subjects for form in singular(bare))


def names_only_subjects(name: str) -> bool:
    """True if every word that carries meaning names a subject: "the boats", "cat and dog"."""
    lexicon = load_lexicon()
    stop = lexicon.words("stop")
    words = [word for word in phrase(name.casefold()) if word not in stop]
    return bool(words) and all(is_subject(word, lexicon) for word in words)
