"""The use cases over real parts: SQLite, the offline reader, a painted set, a tiny generator."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from PIL import Image

from viper.atelier.collection import write_collection
from viper.curation import CuratedSet, load_curated
from viper.errors import BadInput, Cancelled, LanguageModelError, NotFound, Unreachable
from viper.extraction import Extraction, Extractor, Pictures
from viper.extraction.offline import OfflineExtractor
from viper.generation import Fusion, GenerationRequest, Generator, Progress
from viper.generation.models import load_generator
from viper.generation.recipe import read_recipe
from viper.judging import Score
from viper.judging.objective import DEGREES
from viper.preference import Attribute, Comment, VisualPreference
from viper.store import Store
from viper.studio import Choosing, Drawn, Studio, draw_best
from viper.studio.strength import best
from viper.taxonomy import load_taxonomy

# diffusers converts tensors with np.array, and torch's conversion predates NumPy 2.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

ME, YOU = "me", "you"
TEAL = VisualPreference(liked=(Attribute(attribute="teal", facet="color palette"),))


class Bright:
    """A scorer that likes light pictures, and more so beside light examples."""

    name = "bright"

    def score(
        self,
        pictures: Sequence[Image.Image],
        *,
        preference: VisualPreference,
        liked: Sequence[Image.Image] = (),
        disliked: Sequence[Image.Image] = (),
    ) -> tuple[Score, ...]:
        shift = 0.001 * (len(liked) - len(disliked))
        values = [float(np.asarray(p.convert("L")).mean()) / 255 * 0.9 + shift for p in pictures]
        return tuple(Score(value=v, enough_evidence=True, reasons=()) for v in values)

    def agreement(self, pictures: Sequence[Image.Image], text: str) -> tuple[float, ...]:
        return tuple(0.0 for _ in pictures)

    def spread(self, pictures: Sequence[Image.Image]) -> float:
        return 1.0


class Moody:
    """An extractor whose language model is away until told otherwise; it notes what it read."""

    def __init__(self, inner: Extractor) -> None:
        self.away = False
        self.read: list[tuple[str, ...]] = []
        self.meanwhile: Callable[[], object] | None = None
        self._inner = inner

    def extract(
        self, comments: Sequence[Comment], *, pictures: Pictures, name: str = "default"
    ) -> Extraction:
        self.read.append(tuple(comment.text for comment in comments))
        if self.away:
            raise Unreachable("The language model at example did not answer.")
        happens, self.meanwhile = self.meanwhile, None
        if happens is not None:
            happens()
        return self._inner.extract(comments, pictures=pictures, name=name)


@pytest.fixture(scope="module")
def curated(tmp_path_factory: pytest.TempPathFactory) -> CuratedSet:
    folder = tmp_path_factory.mktemp("curated")
    write_collection(folder, count=8, size=128)
    return load_curated(folder)


@pytest.fixture(scope="module")
def offline() -> OfflineExtractor:
    return OfflineExtractor()


@pytest.fixture(scope="module")
def generator(tiny_builtin: Path) -> Generator:
    return load_generator(str(tiny_builtin), device="cpu", pictures_at_once=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(f"sqlite:///{tmp_path}/viper.sqlite3") as store:
        store.upgrade()
        yield store


@pytest.fixture
def extractor(offline: OfflineExtractor) -> Moody:
    return Moody(offline)


@pytest.fixture
def studio(
    store: Store, extractor: Moody, curated: CuratedSet, generator: Generator, tmp_path: Path
) -> Studio:
    return Studio(
        store=store,
        data_dir=tmp_path / "data",
        curated=curated,
        taxonomy=load_taxonomy,
        extractor=lambda: extractor,
        generator=lambda: generator,
        scorer=Bright,
        max_images_per_day=6,
    )


@pytest.fixture
def profile(store: Store) -> str:
    return store.profiles.get_or_default(ME).id


def ask(**fields: object) -> GenerationRequest:
    defaults = {"prompt": "a boat", "steps": 2, "seed": 5, "width": 64, "height": 64}
    return GenerationRequest.model_validate(defaults | fields)


def say(studio: Studio, profile: str, text: str, owner: str = ME) -> VisualPreference:
    return studio.comment(owner, profile, image=None, text=text, stance=None).preference


def liked(preference: VisualPreference) -> set[str]:
    return {a.attribute for a in preference.liked}


def pixels(drawn: Drawn) -> bytes:
    with Image.open(drawn.file) as picture:
        return picture.tobytes()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


# -- elicit -----------------------------------------------------------------------------------


def test_words_become_attributes_whose_evidence_is_the_stored_comment(
    studio: Studio, store: Store, profile: str
) -> None:
    say(studio, profile, "I love the teal.")
    found = say(studio, profile, "I love gold, but I hate neon glow.")
    first, second = store.comments.list(ME, profile)
    by_name = {a.attribute: [e.comment for e in a.evidence] for a in found.liked}
    assert by_name["teal"] == [first.id]
    assert by_name["gold"] == [second.id]
    assert "neon glow" in {a.attribute for a in found.disliked}
    assert all(e.comment == second.id for a in found.disliked for e in a.evidence)


def test_pictures_come_one_after_another_and_never_again(
    studio: Studio, curated: CuratedSet, profile: str
) -> None:
    shown = []
    while (image := studio.next_image(ME, profile)) is not None:
        shown.append(image.reference)
        if len(shown) % 2:
            studio.skip(ME, profile, image=image.reference)
        else:
            studio.comment(ME, profile, image=image.reference, text="", stance="like")
    assert sorted(shown) == sorted(image.reference for image in curated.images)
    assert set(studio.seen(ME, profile)) == set(shown)
    with pytest.raises(NotFound):
        studio.skip(ME, profile, image="curated:nowhere")


def test_what_cannot_be_kept_is_refused_before_it_is_stored(
    studio: Studio, store: Store, profile: str
) -> None:
    for text in ("  ", "x" * 4001):
        with pytest.raises(BadInput, match="This comment cannot be kept"):
            say(studio, profile, text)
    assert store.comments.list(ME, profile) == ()


def test_a_comment_is_stored_before_it_is_read_and_read_again_later(
    studio: Studio, store: Store, extractor: Moody, profile: str
) -> None:
    extractor.away = True
    with pytest.raises(LanguageModelError, match="did not answer"):
        say(studio, profile, "I love the teal.")
    (kept,) = store.comments.list(ME, profile)
    assert kept.comment.text == "I love the teal."
    (failed,) = store.preferences.extractions(ME, profile)
    assert failed.extraction.error is not None
    assert "did not answer" in failed.extraction.error
    assert failed.extraction.comments == (kept.id,)

    extractor.away = False
    found = say(studio, profile, "I love gold.")
    assert extractor.read[-1] == ("I love the teal.", "I love gold.")
    assert liked(found) >= {"teal", "gold"}
    say(studio, profile, "I love purple.")
    assert extractor.read[-1] == ("I love purple.",)


def test_an_edited_comment_says_only_what_it_says_now(
    studio: Studio, store: Store, profile: str
) -> None:
    say(studio, profile, "I love the teal.")
    say(studio, profile, "I love gold.")
    first, _ = store.comments.list(ME, profile)
    version = studio.edit_comment(
        ME, profile, comment=first.id, text="I love the purple.", stance=None
    )
    assert liked(version.preference) >= {"purple", "gold"}
    assert "teal" not in liked(version.preference)
    with pytest.raises(NotFound, match="no comment"):
        studio.edit_comment(ME, profile, comment=first.id + 99, text="so", stance=None)


def test_an_edit_that_could_not_be_read_is_read_with_the_next_comment(
    studio: Studio, store: Store, extractor: Moody, profile: str
) -> None:
    say(studio, profile, "I love the teal.")
    (first,) = store.comments.list(ME, profile)
    extractor.away = True
    with pytest.raises(LanguageModelError):
        studio.edit_comment(ME, profile, comment=first.id, text="I love purple.", stance=None)
    assert store.comments.list(ME, profile)[0].comment.text == "I love purple."
    extractor.away = False
    found = say(studio, profile, "I love gold.")
    assert extractor.read[-1] == ("I love purple.", "I love gold.")
    assert liked(found) >= {"purple", "gold"}
    assert "teal" not in liked(found)


def test_a_deleted_comment_takes_exactly_its_evidence_along(
    studio: Studio, store: Store, profile: str
) -> None:
    say(studio, profile, "I love the teal.")
    say(studio, profile, "I love teal and gold.")
    first, second = store.comments.list(ME, profile)
    after = studio.delete_comment(ME, profile, comment=second.id).preference
    (teal,) = [a for a in after.liked if a.attribute == "teal"]
    assert [e.comment for e in teal.evidence] == [first.id]
    assert "gold" not in liked(after)
    gone = studio.delete_comment(ME, profile, comment=first.id).preference
    assert gone.is_empty
    assert store.comments.list(ME, profile) == ()


def test_only_new_comments_are_read_and_what_was_learned_stays(
    studio: Studio, extractor: Moody, profile: str
) -> None:
    texts = ["I love the teal.", "I love gold.", "I hate neon glow."]
    for text in texts:
        say(studio, profile, text)
    studio.change(ME, profile, change=lambda p: p.mute("liked", "gold"), note="muted")
    studio.read_pending(ME, profile)
    assert extractor.read == [(text,) for text in texts]
    assert liked(studio.knowledge(ME, profile).preference) == {"teal", "gold"}


def test_a_deleted_comment_leaves_the_profile_as_if_it_had_never_been_read(
    studio: Studio, store: Store, profile: str
) -> None:
    before = say(studio, profile, "I love the teal, but I hate neon glow.")
    after = say(studio, profile, "I really love teal and gold!")
    assert after.find("teal")[0][1].strength > before.find("teal")[0][1].strength
    second = store.comments.list(ME, profile)[1]
    assert studio.delete_comment(ME, profile, comment=second.id).preference == before


def test_a_comment_that_goes_while_it_is_read_leaves_nothing(
    studio: Studio, store: Store, extractor: Moody, profile: str
) -> None:
    say(studio, profile, "I love gold.")
    kept = store.preferences.current(ME, profile).preference

    def meanwhile() -> None:
        studio.delete_comment(ME, profile, comment=store.comments.list(ME, profile)[-1].id)

    extractor.meanwhile = meanwhile
    assert say(studio, profile, "I love the teal.").model_copy(update={"warnings": ()}) == kept
    assert [len(e.extraction.comments) for e in store.preferences.extractions(ME, profile)] == [
        0,
        1,
    ]


def test_a_comment_that_changes_while_it_is_read_says_only_what_it_says_now(
    studio: Studio, store: Store, extractor: Moody, profile: str
) -> None:
    def meanwhile() -> None:
        (stored,) = store.comments.list(ME, profile)
        studio.edit_comment(ME, profile, comment=stored.id, text="I love gold.", stance=None)

    extractor.meanwhile = meanwhile
    assert liked(say(studio, profile, "I love the teal.")) == {"gold"}


def test_knowledge_grows_with_comments_and_names_contradictions(
    studio: Studio, profile: str
) -> None:
    assert studio.knowledge(ME, profile).level == 0
    levels = []
    for text in ("I love the teal.", "I love gold.", "I hate the teal."):
        say(studio, profile, text)
        levels.append(studio.knowledge(ME, profile).level)
    assert 0 < levels[0] < levels[1] < levels[2] < 1
    known = studio.knowledge(ME, profile)
    assert known.comments == 3
    assert any(str(conflict).startswith("teal and teal:") for conflict in known.conflicts)


# -- manage the profile -----------------------------------------------------------------------


def test_an_added_attribute_takes_the_name_of_the_taxonomy(studio: Studio, profile: str) -> None:
    synonym = load_taxonomy().attributes["teal"].synonyms[0]
    studio.add_attribute(ME, profile, side="liked", attribute=f"  {synonym} ")
    version = studio.add_attribute(ME, profile, side="disliked", attribute="my  own words")
    (teal,) = version.preference.liked
    (own,) = version.preference.disliked
    assert (teal.attribute, teal.facet, teal.pinned) == ("teal", "color palette", True)
    assert (own.attribute, own.facet) == ("my own words", None)
    for words in ("", " ", "x" * 81):
        with pytest.raises(BadInput, match="1 to 80 characters"):
            studio.add_attribute(ME, profile, side="liked", attribute=words)


def test_a_deleted_attribute_comes_back_only_by_the_persons_hand(
    studio: Studio, store: Store, profile: str
) -> None:
    exported = say(studio, profile, "I love the teal.")
    studio.change(ME, profile, change=lambda p: p.remove("liked", "teal"), note="deleted")
    gone = say(studio, profile, "I really love teal, and gold!")
    assert liked(gone) == {"gold"}
    first, second = store.comments.list(ME, profile)
    assert [e.comment for e in gone.deleted.liked[0].mentions] == [second.id]
    studio.edit_comment(ME, profile, comment=first.id, text="Teal! I love it.", stance="like")
    studio.import_preference(ME, profile, preference=exported)
    known = studio.knowledge(ME, profile).preference
    assert "teal" not in liked(known)
    assert [a.attribute for a in known.deleted.liked] == ["teal"]
    for _ in range(2):
        studio.undo(ME, profile)
    restored = studio.restore_attribute(ME, profile, side="liked", attribute="teal").preference
    assert liked(restored) >= {"teal", "gold"}
    assert restored.deleted.liked == ()
    with pytest.raises(BadInput, match="not among the deleted"):
        studio.restore_attribute(ME, profile, side="liked", attribute="teal")


def test_undo_brings_a_deleted_attribute_back(studio: Studio, profile: str) -> None:
    before = say(studio, profile, "I love the teal.")
    studio.change(ME, profile, change=lambda p: p.remove("liked", "teal"), note="deleted")
    assert studio.undo(ME, profile).preference == before


def test_an_import_overrules_no_decision_and_finds_its_comments(
    studio: Studio, store: Store, profile: str
) -> None:
    exported = say(studio, profile, "I love teal, gold and purple.")
    studio.change(
        ME,
        profile,
        change=lambda p: p.set_strength("liked", "teal", 0.2).mute("liked", "gold"),
        note="edited",
    )
    (comment,) = store.comments.list(ME, profile)
    taken = studio.import_preference(ME, profile, preference=exported).preference
    by_name = {a.attribute: a for a in taken.liked}
    assert (by_name["teal"].strength, by_name["teal"].pinned) == (0.2, True)
    assert by_name["gold"].muted
    assert by_name["purple"] == exported.find("purple")[0][1]
    assert {e.comment for a in taken.liked for e in a.evidence} == {comment.id}
    after = studio.delete_comment(ME, profile, comment=comment.id).preference
    assert liked(after) == {"teal", "gold"}


def test_undo_goes_further_back_each_time_and_ends_at_nothing(studio: Studio, profile: str) -> None:
    for word in ("teal", "gold", "red"):
        studio.add_attribute(ME, profile, side="liked", attribute=word)
    known = []
    for _ in range(3):
        preference = studio.undo(ME, profile).preference
        known.append({a.attribute for a in preference.liked})
    assert known == [{"teal", "gold"}, {"teal"}, set()]
    with pytest.raises(BadInput, match="nothing to undo"):
        studio.undo(ME, profile)


def test_undo_goes_back_one_version_and_is_one_itself(
    studio: Studio, store: Store, profile: str
) -> None:
    with pytest.raises(BadInput, match="nothing to undo"):
        studio.undo(ME, profile)
    studio.add_attribute(ME, profile, side="liked", attribute="teal")
    before = store.preferences.current(ME, profile)
    studio.change(ME, profile, change=lambda p: p.mute("liked", "teal"), note="muted")
    after = studio.undo(ME, profile)
    assert after.preference == before.preference
    assert after.number == before.number + 2


def test_a_preference_travels_as_json(studio: Studio, store: Store, profile: str) -> None:
    exported = say(studio, profile, "I love the teal.").to_json()
    other = store.profiles.create(ME, name="other").id
    brought = VisualPreference.from_json(exported)
    version = studio.import_preference(ME, other, preference=brought)
    assert version.preference.name == "other"
    assert version.preference.sha256() == brought.sha256()
    found = [e for a in version.preference.liked for e in a.evidence]
    assert found
    assert all(e.comment is None for e in found)
    assert [e.quote for e in found] == [e.quote for a in brought.liked for e in a.evidence]


# -- personalize ------------------------------------------------------------------------------


def test_drawn_pictures_are_kept_with_their_recipes(
    studio: Studio, store: Store, profile: str, tmp_path: Path
) -> None:
    studio.add_attribute(ME, profile, side="liked", attribute="teal")
    drawn = list(studio.draw(ME, profile, request=ask(count=2)))
    assert [d.stored.picture.seed for d in drawn] == [5, 6]
    assert len(store.images.page(ME, profile=profile)) == 2
    assert len({d.stored.picture.request for d in drawn}) == 1
    for one in drawn:
        assert studio.picture_file(ME, one.stored.id) == one.file
        recipe = read_recipe(one.file)
        assert recipe.to_dict() == json.loads(one.stored.picture.recipe)
        assert recipe.preference is not None
        assert liked(recipe.preference) == {"teal"}
        assert one.score is not None
        assert recipe.score == pytest.approx(one.score.value, abs=1e-4)
        assert (recipe.scorer, one.stored.picture.version) == ("bright", 1)
    assert sorted(files(tmp_path / "data")) == sorted(d.file for d in drawn)


def test_a_picture_is_drawn_again_from_its_recipe(studio: Studio, profile: str) -> None:
    studio.add_attribute(ME, profile, side="liked", attribute="teal")
    (first,) = studio.draw(ME, profile, request=ask())
    request = read_recipe(first.file).to_request()
    (again,) = studio.draw(ME, None, request=request)
    assert pixels(again) == pixels(first)


def test_without_a_taste_nothing_is_scored(studio: Studio, profile: str) -> None:
    (drawn,) = studio.draw(ME, profile, request=ask(), choosing=Choosing(best_of=3))
    assert drawn.score is None
    assert drawn.stored.picture.score is None
    assert drawn.stored.picture.version is None


def test_degree_zero_is_the_same_picture_as_no_rule(studio: Studio, profile: str) -> None:
    studio.add_attribute(ME, profile, side="liked", attribute="teal")
    plain, zero, full = (
        pixels(*studio.draw(ME, profile, request=ask(**fields)))
        for fields in (
            {"rule": "none"},
            {"liked_degree": 0.0, "disliked_degree": 0.0},
            {"liked_degree": 1.0, "preference_interval": (0.0, 1.0)},
        )
    )
    assert zero == plain
    assert full != plain


def test_of_several_candidates_the_best_is_kept(
    studio: Studio, store: Store, generator: Generator, profile: str
) -> None:
    studio.add_attribute(ME, profile, side="liked", attribute="teal")
    taste = store.preferences.current(ME, profile).preference
    candidates = list(generator.generate(ask(count=6, preference=taste)))
    scores = [s.value for s in Bright().score([c.image for c in candidates], preference=taste)]
    assert len(set(scores)) == 6
    drawn = list(studio.draw(ME, profile, request=ask(count=2), choosing=Choosing(best_of=3)))
    wanted = [max(range(3), key=scores.__getitem__), max(range(3, 6), key=scores.__getitem__)]
    assert [d.stored.picture.seed for d in drawn] == [5 + k for k in wanted]
    assert [d.score.value for d in drawn if d.score] == [scores[k] for k in wanted]
    assert store.images.count(ME) == 2


def test_the_degree_is_chosen_by_previews_and_the_choice_is_recorded(
    studio: Studio, profile: str
) -> None:
    studio.add_attribute(ME, profile, side="liked", attribute="teal")
    (drawn,) = studio.draw(ME, profile, request=ask(steps=8), choosing=Choosing(weight=1.0))
    recipe = read_recipe(drawn.file)
    chosen = recipe.chosen_degree
    assert chosen is not None
    tried = [c.degree for c in chosen.candidates]
    assert tried == sorted(set(tried))
    assert {0.0, 0.55, 1.0} < set(tried) < set(DEGREES)
    assert (chosen.weight, chosen.steps) == (1.0, 4)
    winner = max(chosen.candidates, key=lambda c: c.preference)
    assert recipe.liked_degree == recipe.disliked_degree == winner.degree
    assert drawn.notes[0].startswith(f"Degree {winner.degree:g} chosen: predicted liking")
    (again,) = studio.draw(ME, None, request=recipe.to_request())
    assert pixels(again) == pixels(drawn)


def test_the_weight_decides_between_taste_and_prompt(generator: Generator) -> None:
    class Torn(Bright):
        """Likes what the prompt does not say: both by brightness, in opposite directions."""

        def agreement(self, pictures: Sequence[Image.Image], text: str) -> tuple[float, ...]:
            scores = self.score(pictures, preference=TEAL)
            return tuple(1 - score.value for score in scores)

    request = ask(preference=TEAL, steps=4, preference_interval=(0.0, 1.0))
    kept = {}
    for weight in (0.0, 1.0):
        (chosen,) = draw_best(generator, request, scorer=Torn, choosing=Choosing(weight=weight))
        assert chosen.degree is not None
        kept[weight] = (best(chosen.degree), chosen.degree.candidates)
    liking, fidelity = (lambda c: c.preference), (lambda c: c.fidelity)
    assert kept[1.0][0].preference == max(map(liking, kept[1.0][1]))
    assert kept[0.0][0].fidelity == max(map(fidelity, kept[0.0][1]))
    assert kept[0.0][0].degree != kept[1.0][0].degree


@pytest.mark.parametrize("rule", ["fusion", "none"])
def test_no_degree_is_chosen_for_rules_without_one(generator: Generator, rule: str) -> None:
    drawing = draw_best(
        generator, ask(rule=rule, preference=TEAL), scorer=Bright, choosing=Choosing(weight=0.5)
    )
    with pytest.raises(BadInput, match=f"cannot be chosen for the rule {rule}"):
        next(drawing)


def test_what_cannot_be_chosen_is_refused_before_a_model_is_loaded(
    store: Store, offline: OfflineExtractor, curated: CuratedSet, tmp_path: Path
) -> None:
    def never() -> Generator:
        raise AssertionError("the model was loaded")

    studio = Studio(
        store=store,
        data_dir=tmp_path / "data",
        curated=curated,
        taxonomy=load_taxonomy,
        extractor=lambda: offline,
        generator=never,
        scorer=Bright,
    )
    request = ask(rule="none", preference=TEAL)
    for choosing in (Choosing(weight=0.5), Choosing(best_of=99)):
        with pytest.raises(BadInput):
            next(studio.draw(ME, None, request=request, choosing=choosing))


def test_cancelling_stops_previews_too(generator: Generator) -> None:
    steps: list[Progress] = []
    drawing = draw_best(
        generator,
        ask(preference=TEAL),
        scorer=Bright,
        choosing=Choosing(weight=0.5),
        on_progress=steps.append,
        cancelled=lambda: len(steps) == 3,
    )
    with pytest.raises(Cancelled):
        next(drawing)
    assert [(p.step, p.steps, p.pictures) for p in steps] == [(k, 8, ()) for k in (1, 2, 3)]


def test_what_contradicts_the_prompt_neither_acts_nor_is_scored(
    studio: Studio, profile: str
) -> None:
    for word in ("neon glow", "film grain"):
        studio.add_attribute(ME, profile, side="liked", attribute=word)
    wish = ask(prompt="a black and white boat", preference_interval=(0.0, 1.0))
    (drawn,) = studio.draw(ME, profile, request=wish)
    recipe = read_recipe(drawn.file)
    assert recipe.preference is not None
    assert liked(recipe.preference) == {"film grain"}
    assert recipe.contradicted == {"neon glow": "black and white"}
    assert drawn.notes == ('Left out because the prompt says "black and white": neon glow.',)
    grain = VisualPreference(liked=(Attribute(attribute="film grain", facet="texture"),))
    (alone,) = studio.draw(ME, None, request=wish.model_copy(update={"preference": grain}))
    assert pixels(alone) == pixels(drawn)


def test_fusion_draws_other_words_at_the_cost_of_a_plain_picture(
    studio: Studio, profile: str
) -> None:
    studio.add_attribute(ME, profile, side="liked", attribute="teal")
    (plain,) = studio.draw(ME, profile, request=ask(rule="none"))
    (drawn,) = studio.draw(ME, profile, request=ask(rule="fusion"))
    (said,) = studio.draw(ME, profile, request=ask(rule="none", prompt="a boat, teal"))
    recipe = read_recipe(drawn.file)
    assert (recipe.prompt, recipe.rule) == ("a boat", "fusion")
    assert recipe.fused == Fusion(prompt="a boat, teal")
    assert recipe.passes == read_recipe(plain.file).passes
    assert pixels(drawn) == pixels(said) != pixels(plain)
    (again,) = studio.draw(ME, None, request=recipe.to_request())
    assert pixels(again) == pixels(drawn)
    (zero,) = studio.draw(
        ME, profile, request=ask(rule="fusion", liked_degree=0, disliked_degree=0)
    )
    assert pixels(zero) == pixels(plain)


def test_one_picture_of_a_batch_explores(generator: Generator) -> None:
    request = ask(preference=TEAL, count=3, liked_degree=0.5, preference_interval=(0.0, 1.0))
    seen: list[Progress] = []
    drawn = list(
        draw_best(
            generator,
            request,
            scorer=Bright,
            choosing=Choosing(best_of=2, explore=True),
            on_progress=seen.append,
        )
    )
    assert [c.explored for c in drawn] == [False, False, True]
    assert [c.request.liked_degree for c in drawn] == [0.5, 0.5, 0.2]
    assert [c.picture.index for c in drawn] == [0, 1, 2]
    assert {place for p in seen for place in p.pictures} == set(range(6))
    assert drawn[2].picture.seed in {9, 10}
    assert drawn[2].recipe(generator, "bright").explored
    usual = list(draw_best(generator, request, scorer=Bright, choosing=Choosing(best_of=2)))
    for one, other in zip(drawn[:2], usual[:2], strict=True):
        assert one.picture.image.tobytes() == other.picture.image.tobytes()
    assert drawn[2].picture.image.tobytes() != usual[2].picture.image.tobytes()


@pytest.mark.parametrize("fields", [{"count": 1}, {"count": 2, "liked_degree": 0.0}])
def test_nothing_explores_alone_or_without_a_degree(
    generator: Generator, fields: dict[str, object]
) -> None:
    request = ask(preference=TEAL, **fields)
    drawn = list(draw_best(generator, request, scorer=Bright, choosing=Choosing(explore=True)))
    assert not any(c.explored for c in drawn)


def test_pictures_that_look_alike_are_told(generator: Generator) -> None:
    class Alike(Bright):
        name = "builtin"

        def spread(self, pictures: Sequence[Image.Image]) -> float:
            assert len(pictures) == 3
            return 0.0

    request = ask(preference=TEAL, count=3)
    notes = [c.notes for c in draw_best(generator, request, scorer=Alike)]
    assert notes[:2] == [(), ()]
    assert "look much alike" in notes[2][0]
    assert "let one picture explore" in notes[2][0]
    more = request.model_copy(update={"count": 4})
    exploring = list(draw_best(generator, more, scorer=Alike, choosing=Choosing(explore=True)))
    assert "look much alike" in exploring[3].notes[0]
    assert "explore" not in exploring[3].notes[0]
    assert not any(c.notes for c in draw_best(generator, request, scorer=Bright))
    plain = request.model_copy(update={"liked_degree": 0.0})
    assert not any(c.notes for c in draw_best(generator, plain, scorer=Alike))


def test_pictures_outlive_a_judge_that_fails(generator: Generator) -> None:
    asked = []

    class Away(Bright):
        name = "builtin"

        def score(self, *_: object, **__: object) -> tuple[Score, ...]:
            asked.append(1)
            raise Unreachable("The judge is away.")

    request = ask(preference=TEAL, count=3)
    drawn = list(draw_best(generator, request, scorer=Away))
    assert [c.score for c in drawn] == [None] * 3
    assert [c.notes for c in drawn] == [("Not scored: The judge is away.",), (), ()]
    assert len(asked) == 1
    usual = list(draw_best(generator, request, scorer=Bright))
    for one, other in zip(drawn, usual, strict=True):
        assert one.picture.image.tobytes() == other.picture.image.tobytes()
    with pytest.raises(Unreachable):
        list(draw_best(generator, request, scorer=Away, choosing=Choosing(best_of=2)))


@pytest.mark.parametrize(("best_of", "count"), [(0, 1), (65, 1), (33, 2)])
def test_too_many_candidates_are_refused(generator: Generator, best_of: int, count: int) -> None:
    request = ask(count=count, preference=TEAL)
    with pytest.raises(BadInput, match="at most 64 in all"):
        next(draw_best(generator, request, choosing=Choosing(best_of), scorer=Bright))


def test_the_daily_limit_counts_deleted_pictures_too(
    studio: Studio, store: Store, profile: str
) -> None:
    drawn = list(studio.draw(ME, profile, request=ask(count=4, steps=1)))
    studio.delete_picture(ME, drawn[0].stored.id)
    with pytest.raises(BadInput, match=r"3 pictures were asked for, 2 are left of today's 6"):
        next(studio.draw(ME, profile, request=ask(count=3)))
    assert len(list(studio.draw(ME, profile, request=ask(count=2, steps=1)))) == 2
    yours = store.profiles.get_or_default(YOU).id
    assert len(list(studio.draw(YOU, yours, request=ask(steps=1)))) == 1


def test_pictures_on_their_way_count_for_the_daily_limit(
    studio: Studio, store: Store, profile: str
) -> None:
    stop = Event()
    first = studio.draw(ME, profile, request=ask(count=4, steps=1), cancelled=stop.is_set)
    next(first)
    with pytest.raises(BadInput, match="3 pictures were asked for, 2 are left"):
        next(studio.draw(ME, profile, request=ask(count=3)))
    stop.set()
    with pytest.raises(Cancelled):
        list(first)
    rest = 6 - store.images.count(ME)
    assert len(list(studio.draw(ME, profile, request=ask(count=rest, steps=1)))) == rest


def test_cancelling_keeps_what_was_drawn(
    studio: Studio, store: Store, profile: str, tmp_path: Path
) -> None:
    kept: list[Drawn] = []

    def draw() -> None:
        pictures = studio.draw(ME, profile, request=ask(count=3), cancelled=lambda: len(kept) == 1)
        for drawn in pictures:
            kept.append(drawn)

    with pytest.raises(Cancelled):
        draw()
    assert [p.id for p in store.images.page(ME)] == [kept[0].stored.id]
    assert files(tmp_path / "data") == [kept[0].file]


# -- feed back --------------------------------------------------------------------------------


def test_ratings_teach_the_scorer_and_can_be_taken_back(studio: Studio, profile: str) -> None:
    studio.add_attribute(ME, profile, side="liked", attribute="teal")
    (drawn,) = studio.draw(ME, profile, request=ask())
    image = drawn.stored.id
    picture = Image.new("RGB", (8, 8), "gray")

    def predicted() -> float:
        return studio.predict(ME, profile, pictures=[picture])[0].value

    neutral = predicted()
    studio.rate(ME, image, rating=5)
    assert predicted() > neutral
    studio.rate(ME, image, rating=1)
    assert predicted() < neutral
    for rating in (3, None):
        studio.rate(ME, image, rating=rating)
        assert predicted() == neutral
    with pytest.raises(BadInput, match="1 to 5"):
        studio.rate(ME, image, rating=6)


def test_a_rating_is_weak_evidence_that_goes_with_it(
    studio: Studio, store: Store, profile: str
) -> None:
    say(studio, profile, "I love gold.")
    before = studio.knowledge(ME, profile).preference
    (drawn,) = studio.draw(ME, profile, request=ask(prompt="a boat in art deco, teal, foggy"))
    image = drawn.stored.id
    for rating, side in ((5, "liked"), (4, "liked"), (1, "disliked")):
        studio.rate(ME, image, rating=rating)
        known = studio.knowledge(ME, profile).preference
        assert {"art deco", "teal"} <= {a.attribute for a in getattr(known, side)}
        for name in ("art deco", "teal"):
            ((where, found),) = known.find(name)
            assert (where, found.strength, found.is_weak) == (side, 0.3, True)
            assert [(e.kind, e.image) for e in found.evidence] == [("click", f"image:{image}")]
        assert len(store.comments.list(ME, profile)) == 2
    for rating in (3, None):
        studio.rate(ME, image, rating=rating)
        assert studio.knowledge(ME, profile).preference == before
        assert len(store.comments.list(ME, profile)) == 1


def test_a_rating_is_kept_when_nobody_can_read_it(
    studio: Studio, extractor: Moody, profile: str
) -> None:
    (drawn,) = studio.draw(ME, profile, request=ask(prompt="a boat in art deco"))
    extractor.away = True
    rated = studio.rate(ME, drawn.stored.id, rating=5)
    assert rated.feedback is not None
    assert rated.feedback.rating == 5
    extractor.away = False
    assert liked(say(studio, profile, "I love gold.")) == {"art deco", "gold"}


def test_words_about_a_result_teach_the_profile(studio: Studio, store: Store, profile: str) -> None:
    (drawn,) = studio.draw(ME, profile, request=ask())
    image = drawn.stored.id
    studio.rate(ME, image, rating=4)
    version = studio.comment_on_result(
        ME, profile, image=image, text="I love the teal.", stance="like"
    )
    assert "teal" in liked(version.preference)
    (comment,) = store.comments.list(ME, profile)
    assert comment.comment.image == f"image:{image}"
    feedback = store.images.get(ME, image).feedback
    assert feedback is not None
    assert (feedback.rating, feedback.comment) == (4, comment.id)
    taken_back = studio.rate(ME, image, rating=None).feedback
    assert taken_back is not None
    assert (taken_back.rating, taken_back.comment) == (None, comment.id)


def test_a_comment_outlives_its_picture(
    studio: Studio, store: Store, extractor: Moody, profile: str
) -> None:
    (drawn,) = studio.draw(ME, profile, request=ask())
    extractor.away = True
    with pytest.raises(LanguageModelError):
        studio.comment_on_result(
            ME, profile, image=drawn.stored.id, text="I love the teal.", stance=None
        )
    studio.delete_picture(ME, drawn.stored.id)
    extractor.away = False
    assert liked(say(studio, profile, "I love gold.")) >= {"teal", "gold"}


# -- ownership --------------------------------------------------------------------------------


def test_two_people_never_meet(studio: Studio, store: Store, profile: str) -> None:
    yours = store.profiles.get_or_default(YOU).id
    say(studio, profile, "I love the teal.")
    (drawn,) = studio.draw(ME, profile, request=ask())
    (comment,) = store.comments.list(ME, profile)
    image = drawn.stored.id
    attempts: list[Callable[[], object]] = [
        lambda: studio.next_image(YOU, profile),
        lambda: studio.knowledge(YOU, profile),
        lambda: say(studio, profile, "I love gold.", owner=YOU),
        lambda: studio.edit_comment(YOU, yours, comment=comment.id, text="no", stance=None),
        lambda: studio.delete_comment(YOU, yours, comment=comment.id),
        lambda: studio.undo(YOU, profile),
        lambda: studio.import_preference(YOU, profile, preference=TEAL),
        lambda: next(studio.draw(YOU, profile, request=ask())),
        lambda: studio.rate(YOU, image, rating=1),
        lambda: studio.comment_on_result(YOU, yours, image=image, text="so", stance=None),
        lambda: studio.picture_file(YOU, image),
        lambda: studio.delete_picture(YOU, image),
    ]
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()
    assert studio.knowledge(YOU, yours).preference.is_empty
    assert studio.picture_file(ME, image) == drawn.file
    assert "teal" in liked(studio.knowledge(ME, profile).preference)


def test_a_strangers_picture_tells_nothing(studio: Studio, store: Store, profile: str) -> None:
    studio.add_attribute(ME, profile, side="liked", attribute="teal")
    (drawn,) = studio.draw(ME, profile, request=ask())
    yours = store.profiles.get_or_default(YOU).id
    version = studio.comment(
        YOU, yours, image=f"image:{drawn.stored.id}", text="I love the colors.", stance="like"
    )
    assert "teal" not in liked(version.preference)


def test_erasing_removes_the_files_of_that_person_only(
    studio: Studio, store: Store, profile: str, tmp_path: Path
) -> None:
    yours = store.profiles.get_or_default(YOU).id
    list(studio.draw(ME, profile, request=ask(count=2, steps=1)))
    (kept,) = studio.draw(YOU, yours, request=ask(steps=1))
    studio.erase(ME)
    assert files(tmp_path / "data") == [kept.file]
    assert store.profiles.list(ME) == ()
    with pytest.raises(NotFound):
        studio.erase(ME)


def test_a_file_that_is_gone_is_said_to_be(studio: Studio, profile: str) -> None:
    (drawn,) = studio.draw(ME, profile, request=ask(steps=1))
    drawn.file.unlink()
    with pytest.raises(NotFound, match="is gone"):
        studio.picture_file(ME, drawn.stored.id)
    studio.delete_picture(ME, drawn.stored.id)
