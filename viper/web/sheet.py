"""The sheet of pictures on Create: what is finished, what is being drawn, what is to come."""

from dataclasses import dataclass, replace

from viper.generation import Progress
from viper.generation.recipe import Recipe
from viper.store import StoredPicture
from viper.studio import Drawn
from viper.web.markup import empty, esc, inline, notice, picture_address, score_line


@dataclass(frozen=True, slots=True)
class Sheet:
    """One drawing, as far as it is."""

    count: int
    prompt: str
    best_of: int = 1
    done: tuple[Drawn, ...] = ()
    progress: Progress | None = None
    running: bool = True
    sentence: str = ""
    failed: bool = False

    def with_news(self, news: Progress | Drawn) -> "Sheet":
        """After a step, or with a picture more."""
        if isinstance(news, Progress):
            return replace(self, progress=news)
        return replace(self, done=(*self.done, news))

    def ended(self, sentence: str = "", *, failed: bool = False) -> "Sheet":
        """At the end, whatever ended it."""
        if sentence and not failed:
            sentence = f"{sentence} {len(self.done)} of {self.count} pictures were finished."
        return replace(self, running=False, progress=None, sentence=sentence, failed=failed)

    @property
    def first(self) -> str:
        """Id of the first finished picture, or nothing."""
        return self.done[0].stored.id if self.done else ""

    @property
    def comparable(self) -> bool:
        """Whether the first picture was personalized at all."""
        if not self.done:
            return False
        return any(recipe_of(self.done[0].stored).unstyled().to_request().active_degrees())

    def markup(self) -> str:
        """The whole sheet."""
        places = range(len(self.done), self.count if self.running else len(self.done))
        tiles = "".join(map(_finished, self.done)) + "".join(map(self._open, places))
        notes = notice(" ".join(note for drawn in self.done for note in drawn.notes))
        dropped = tuple(dict.fromkeys(name for drawn in self.done for name in drawn.dropped))
        return (
            notice(self.sentence, "clash" if self.failed else "note")
            + self._status()
            + notes
            + f'<div class="vp-sheet vp-sheet-{min(self.count, 3)}">{tiles}</div>'
            + (notice(f"Did not fit and was left out: {', '.join(dropped)}.") if dropped else "")
        )

    def _status(self) -> str:
        if not self.running:
            return ""
        if self.progress is None:
            words, share = "Waiting for its turn; the first picture also loads the model …", 0.0
        else:
            share = self.progress.step / self.progress.steps
            # Steps of no picture are those of previews.
            what = "Step" if self.progress.pictures else "Choosing the degree: step"
            words = f"{what} {self.progress.step} of {self.progress.steps}"
        return (
            f'<div class="vp-status" role="status"><span>{words}</span>'
            f'<div class="vp-bar-line"><div style="width:{share:.0%}"></div></div></div>'
        )

    def _open(self, place: int) -> str:
        progress = self.progress
        if progress and progress.preview:
            for index, preview in zip(progress.pictures, progress.preview, strict=True):
                if index // self.best_of == place:
                    return (
                        f'<figure class="vp-tile vp-drawing"><img src="{inline(preview)}" '
                        f'alt="Picture {place + 1}, being drawn"></figure>'
                    )
        return (
            f'<figure class="vp-tile vp-wait" aria-label="Picture {place + 1}, to come"></figure>'
        )


def recipe_of(stored: StoredPicture) -> Recipe:
    """How a picture on record was made."""
    return Recipe.from_json(stored.picture.recipe, source=f"picture {stored.id}")


def _finished(drawn: Drawn) -> str:
    picture = drawn.stored.picture
    address = picture_address(drawn.stored.id)
    explored = " · explores, with less of your taste" if recipe_of(drawn.stored).explored else ""
    return (
        f'<figure class="vp-tile"><a href="{address}" target="_blank" rel="noopener">'
        f'<img src="{address}" alt="{esc(picture.prompt)}"></a>'
        f"<figcaption>{score_line(drawn.score)}"
        f'<span class="vp-quiet">seed {picture.seed}{explored}</span></figcaption></figure>'
    )


def welcome() -> str:
    """Before the first drawing."""
    return empty(
        "What shall it be?",
        "Write what the picture should show. How it looks comes from your taste; the slider says "
        "how strongly.",
    )


def comparison(personal: str, plain: str, recipe: Recipe) -> str:
    """The same seed, plain on the left and personalized on the right of a line to be moved."""
    prompt = esc(recipe.prompt)
    return (
        '<section class="vp-card"><h3>The same seed, without and with your taste</h3>'
        '<div class="vp-compare" style="--split:50%">'
        f'<img src="{picture_address(personal)}" alt="{prompt}, personalized">'
        f'<img class="vp-plain" src="{picture_address(plain)}" alt="{prompt}, plain">'
        '<span class="vp-tag vp-left">plain</span><span class="vp-tag vp-right">yours</span>'
        '<input type="range" min="0" max="100" value="50" '
        'aria-label="Before and after: how much of the plain picture is shown"></div></section>'
    )
