"""The registry names every layer, tells how to ask for it, and how to cite it."""

import json
from pathlib import Path

import pytest

import eezkit.sources.marine_regions.registry
from eezkit.errors import UnknownDatasetError
from eezkit.sources.marine_regions.registry import default_service, layer, layers

NAMES = [
    "eez",
    "eez_boundaries",
    "eez_12nm",
    "eez_24nm",
    "eez_internal_waters",
    "eez_archipelagic_waters",
    "high_seas",
    "ecs",
    "ecs_boundaries",
    "eez_iho",
    "eez_land",
    "iho",
    "goas",
]
DOIS = {
    "eez": "10.14284/632",
    "eez_12nm": "10.14284/633",
    "eez_24nm": "10.14284/630",
    "eez_internal_waters": "10.14284/631",
    "eez_archipelagic_waters": "10.14284/629",
    "high_seas": "10.14284/696",
}


def test_every_layer_of_the_service_is_there() -> None:
    assert list(layers()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_layer_says_all_that_a_fetch_and_a_citation_need(name: str) -> None:
    known = layer(name)
    assert known.name == name
    assert known.type_name == f"MarineRegions:{name}"
    assert known.geometry in ("polygon", "line")
    assert known.key
    assert known.page_size > 0
    assert len(known.label_point) in (0, 2)
    assert "CC BY 4.0" in known.licence
    assert "legal, economic" in known.terms[0]
    assert "navigational" in known.terms[0]
    assert "elsewhere" in known.terms[1]
    assert known.citation().startswith("Flanders Marine Institute (20")
    assert f"ersion {known.version}" in known.citation()
    assert known.citation().endswith(f"https://doi.org/{known.doi()}")
    json.dumps(known.to_json())


@pytest.mark.parametrize(("name", "doi"), DOIS.items())
def test_current_versions_carry_the_published_doi(name: str, doi: str) -> None:
    assert layer(name).doi() == doi


def test_the_citation_of_the_eez_is_the_publishers_own_word_for_word() -> None:
    assert layer("eez").citation() == (
        "Flanders Marine Institute (2023). Maritime Boundaries Geodatabase: Maritime Boundaries and"
        " Exclusive Economic Zones (200NM), version 12. Available online at"
        " https://www.marineregions.org/. https://doi.org/10.14284/632"
    )


def test_an_earlier_version_is_cited_as_itself() -> None:
    citation = layer("eez").citation("11")
    assert "(2019)" in citation
    assert "version 11" in citation
    assert citation.endswith("https://doi.org/10.14284/386")
    assert layer("ecs").doi("1") == "10.14284/577"


def test_a_version_the_registry_does_not_know_is_cited_without_a_doi() -> None:
    citation = layer("eez").citation("8")
    assert "(n.d.)" in citation
    assert "version 8" in citation
    assert "doi.org" not in citation
    assert layer("eez").doi("8") == ""


def test_a_layer_is_found_by_the_name_the_service_gives_it() -> None:
    assert layer("MarineRegions:EEZ") is layer("eez")


def test_an_unknown_layer_is_an_error_that_names_the_nearest_and_lists_all() -> None:
    with pytest.raises(UnknownDatasetError, match=r"'ezz'.*Did you mean 'eez'\?.*goas"):
        layer("ezz")


def test_the_address_of_the_service_is_the_public_one() -> None:
    assert default_service() == "https://geo.vliz.be/geoserver/ows"


def test_the_registry_is_data_and_no_module_names_a_layer() -> None:
    folder = Path(eezkit.sources.marine_regions.registry.__file__).parent
    modules = [*folder.glob("*.py"), folder.parent / "cache" / "datasets.py"]
    assert len(modules) > 5
    for module in modules:
        code = module.read_text(encoding="utf-8")
        statements = [line for line in code.splitlines() if '"eez_' in line]
        assert statements == []
