"""The subjects of paintings: each draws itself as a scene of semantic shapes."""

from viper.atelier.scene import SceneBuilder
from viper.atelier.subjects.animals import bird, horse
from viper.atelier.subjects.buildings import castle, city, cottage
from viper.atelier.subjects.landmarks import bridge, lighthouse, windmill
from viper.atelier.subjects.landscapes import desert, forest, mountain, tree
from viper.atelier.subjects.people import portrait
from viper.atelier.subjects.pets import cat, fish
from viper.atelier.subjects.seas import island, moon_sea, sailboat
from viper.atelier.subjects.still_life import teapot, vase
from viper.atelier.subjects.vehicles import balloon, car

SUBJECTS: dict[str, SceneBuilder] = {
    "lighthouse": lighthouse,
    "mountain": mountain,
    "forest": forest,
    "sailboat": sailboat,
    "city": city,
    "castle": castle,
    "cottage": cottage,
    "desert": desert,
    "bridge": bridge,
    "cat": cat,
    "bird": bird,
    "fish": fish,
    "horse": horse,
    "vase": vase,
    "tree": tree,
    "portrait": portrait,
    "moon": moon_sea,
    "balloon": balloon,
    "car": car,
    "teapot": teapot,
    "windmill": windmill,
    "island": island,
}
"""Name -> builder; the order never changes, new subjects are appended."""

SUBJECT_WORDS: dict[str, tuple[str, ...]] = {
    "lighthouse": ("a lighthouse", "a lighthouse on a cliff", "an old lighthouse by the sea"),
    "mountain": ("a mountain", "snowy mountains above a lake", "a mountain range with a lake"),
    "forest": ("a forest", "a path through a pine forest", "tall trees in the woods"),
    "sailboat": ("a sailboat", "a sailing boat on the sea", "a yacht under sail"),
    "city": ("a city skyline", "a city of skyscrapers", "tall buildings at the waterfront"),
    "castle": ("a castle", "a castle on a hill", "a medieval castle with towers"),
    "cottage": ("a cottage", "a little house in a garden", "a cottage with a smoking chimney"),
    "desert": ("a desert", "a cactus in the desert", "sand dunes with a cactus"),
    "bridge": ("a bridge", "a suspension bridge", "a big bridge over the water"),
    "cat": ("a cat", "a sitting cat", "a cat in front of a window"),
    "bird": ("a bird", "a bird on a branch", "a small songbird"),
    "fish": ("a fish", "a striped fish under water", "a tropical fish with bubbles"),
    "horse": ("a horse", "a horse in a meadow", "a horse walking on grass"),
    "vase": ("flowers in a vase", "a vase of flowers", "a still life with a bunch of flowers"),
    "tree": ("a tree", "a single tree on a hill", "a big old tree"),
    "portrait": ("a portrait", "a portrait of a person", "a person's face and shoulders"),
    "moon": ("the moon over the sea", "a full moon in the night sky", "a moonlit sea at night"),
    "balloon": ("a hot air balloon", "a striped hot air balloon", "a hot air balloon over hills"),
    "car": ("a car", "a little car on a road", "a small vintage car"),
    "teapot": ("a teapot", "a teapot and a cup of tea", "a still life with a teapot"),
    "windmill": ("a windmill", "a windmill in a field of flowers", "an old Dutch windmill"),
    "island": ("an island", "a palm tree on an island", "a tropical island in the sea"),
}
"""Name -> ways to say it, the plainest first."""
