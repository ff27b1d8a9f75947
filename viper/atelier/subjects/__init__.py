"""The subjects of paintings: each draws itself as a scene of semantic shapes."""

from viper.atelier.scene import Subject
from viper.atelier.subjects import (
    animals,
    buildings,
    figures,
    interiors,
    landmarks,
    landscapes,
    machines,
    people,
    pets,
    places,
    plants,
    seas,
    still_life,
    vehicles,
    wildlife,
)

SUBJECTS: dict[str, Subject] = {
    subject.name: subject
    for module in (
        landmarks,
        landscapes,
        seas,
        buildings,
        pets,
        animals,
        still_life,
        people,
        vehicles,
        places,
        figures,
        machines,
        interiors,
        wildlife,
        plants,
    )
    for subject in module.SUBJECTS
}
"""All subjects by name, in a fixed order: new modules are appended."""
