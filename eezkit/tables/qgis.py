"""A style of QGIS for zones: how they are held, at a glance."""

from __future__ import annotations

from xml.etree import ElementTree

from eezkit.zones import Regime

__all__ = ["zone_style"]

_FILLS = {
    Regime.SOLE: ("Held by one State", "102,153,204,90", "solid"),
    Regime.JOINT: ("Joint regime", "68,153,102,255", "horizontal"),
    Regime.OVERLAPPING_CLAIM: ("Claimed by several States", "204,102,51,255", "b_diagonal"),
    Regime.IN_ABEYANCE: ("Claims held in abeyance", "136,136,136,255", "dense6"),
    Regime.NONE: ("Nobody's jurisdiction", "255,255,255,60", "solid"),
    Regime.UNKNOWN: ("Not known", "170,170,170,90", "solid"),
}
_OUTLINE = "51,68,85,255"


def zone_style() -> str:
    """Give a style by regime, as a QML document.

    Returns
    -------
    str

    Notes
    -----
    No State has a colour of its own: a shared zone would have to wear that of one of them.

    Examples
    --------
    >>> zone_style().count("<category ")
    6
    """
    root = ElementTree.Element("qgis", version="3.22", styleCategories="Symbology")
    renderer = ElementTree.SubElement(
        root, "renderer-v2", type="categorizedSymbol", attr="regime", symbollevels="0"
    )
    categories = ElementTree.SubElement(renderer, "categories")
    symbols = ElementTree.SubElement(renderer, "symbols")
    for number, (regime, (label, colour, fill)) in enumerate(_FILLS.items()):
        ElementTree.SubElement(
            categories,
            "category",
            symbol=str(number),
            value=regime.value,
            label=label,
            render="true",
        )
        _symbol(symbols, str(number), colour, fill)
    for name in ("blendMode", "featureBlendMode"):
        ElementTree.SubElement(root, name).text = "0"
    ElementTree.SubElement(root, "layerGeometryType").text = "2"
    ElementTree.indent(root, " ")
    text = ElementTree.tostring(root, encoding="unicode")
    return f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{text}\n"


def _symbol(symbols: ElementTree.Element, name: str, colour: str, fill: str) -> None:
    symbol = ElementTree.SubElement(symbols, "symbol", type="fill", name=name, alpha="1")
    attributes = {"class": "SimpleFill", "enabled": "1", "locked": "0", "pass": "0"}
    layer = ElementTree.SubElement(symbol, "layer", attributes)
    options = ElementTree.SubElement(layer, "Option", type="Map")
    for key, value in (
        ("color", colour),
        ("style", fill),
        ("outline_color", _OUTLINE),
        ("outline_style", "solid"),
        ("outline_width", "0.2"),
        ("outline_width_unit", "MM"),
    ):
        ElementTree.SubElement(options, "Option", type="QString", name=key, value=value)
