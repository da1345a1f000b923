"""How everything on a map looks: one table, from which the style sheet and the key are made.

Colours of regimes are those of Okabe and Ito, which colour-blind readers tell apart; a pattern
says the same again. Text colours keep the contrast of WCAG 2 AA (4.5 : 1), which a test holds.
"""

from __future__ import annotations

from dataclasses import dataclass

from eezkit.zones import EdgeKind, Regime

__all__ = [
    "COLOURS",
    "LINES",
    "REGIMES",
    "SERIES",
    "AreaStyle",
    "LineStyle",
    "pattern_defs",
    "style_sheet",
]

COLOURS: dict[str, tuple[str, str]] = {
    # name: (light, dark)
    "sea": ("#dce8f0", "#14222d"),
    "land": ("#f3eee2", "#303a41"),
    "coast": ("#b3a88f", "#56646e"),
    "graticule": ("#b4c7d4", "#2c4251"),
    "panel": ("#ffffff", "#1b2a35"),
    "rule": ("#c8d3db", "#3a4d5a"),
    "ink": ("#15242e", "#e9eff3"),
    "quiet": ("#455863", "#b0bfc9"),
    "accent": ("#00507f", "#8ccdf5"),
    "focus": ("#b3005e", "#ff9bcb"),
    "sole": ("#0072b2", "#56b4e9"),
    "joint": ("#00855f", "#3fd0a4"),
    "overlapping": ("#c24f00", "#f5a04f"),
    "unknown": ("#66727b", "#9dabb5"),
    "limit": ("#004b78", "#8ccdf5"),
    "yes": ("#00664a", "#5fdcb3"),
    "no": ("#a33b00", "#ffb37a"),
    "first": ("#0072b2", "#56b4e9"),
    "second": ("#b86e00", "#f0b040"),
    "third": ("#00855f", "#3fd0a4"),
    "fourth": ("#a8548c", "#e29cc8"),
    "fifth": ("#c24f00", "#f5824f"),
    "sixth": ("#2f3f9f", "#a3b0ff"),
    "seventh": ("#857300", "#e3d65a"),
}
"""Colour of everything, in light and in dark surroundings; print is light."""


SERIES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")
"""Colours that tell the values of a column apart, most frequent first."""


@dataclass(frozen=True, slots=True)
class AreaStyle:
    """How a kind of area is filled.

    Parameters
    ----------
    label : str
        What the key calls it.
    colour : str
        Name of a colour, of fill and outline.
    pattern : {"plain", "stripes", "lattice", "bars", "dots", "none"}
        So that colour is never the only difference.
    """

    label: str
    colour: str
    pattern: str


@dataclass(frozen=True, slots=True)
class LineStyle:
    """How a kind of line is drawn.

    Parameters
    ----------
    label : str
        What the key calls it.
    colour : str
        Name of a colour.
    width : float
        Pixels.
    dash : str
        Dash pattern of SVG, "" for an unbroken line.
    """

    label: str
    colour: str
    width: float
    dash: str = ""


REGIMES: dict[Regime, AreaStyle] = {
    Regime.SOLE: AreaStyle("one claimant in these data", "sole", "plain"),
    Regime.JOINT: AreaStyle("joint regime", "joint", "stripes"),
    Regime.OVERLAPPING_CLAIM: AreaStyle("overlapping claims", "overlapping", "lattice"),
    Regime.IN_ABEYANCE: AreaStyle("claims held in abeyance", "unknown", "bars"),
    Regime.UNKNOWN: AreaStyle("regime not known", "unknown", "dots"),
    Regime.NONE: AreaStyle("no claimant in these data", "unknown", "none"),
}

LINES: dict[str, LineStyle] = {
    EdgeKind.COAST: LineStyle("coast", "coast", 1.0),
    EdgeKind.OUTER_LIMIT: LineStyle("outer limit", "limit", 2.2),
    EdgeKind.BOUNDARY: LineStyle("boundary", "limit", 1.6, "9 3 2 3"),
    EdgeKind.TREATY: LineStyle("treaty boundary", "limit", 1.6, "12 4"),
    EdgeKind.CLAIM: LineStyle("claimed line", "overlapping", 1.6, "3 3"),
    EdgeKind.UNKNOWN: LineStyle("line of unknown kind", "unknown", 1.4, "2 4"),
    "contiguous_zone": LineStyle("24 nmi, contiguous zone", "limit", 1.2, "6 4"),
    "territorial_sea": LineStyle("12 nmi, territorial sea", "limit", 1.2, "2 3"),
    "geodesic": LineStyle("shortest way to the limit", "focus", 2.4),
    "link": LineStyle("distance, on hover", "quiet", 1.3, "2 5"),
    "uncertainty": LineStyle("uncertainty of the position", "focus", 1.4, "5 4"),
}

_PATTERNS = {
    "plain": '<rect width="8" height="8" class="eez-tint"/>',
    "stripes": '<rect width="8" height="8" class="eez-wash"/>'
    '<path d="M-2 2l4-4M0 8l8-8M6 10l4-4" class="eez-hatch"/>',
    "lattice": '<rect width="8" height="8" class="eez-wash"/>'
    '<path d="M0 0l8 8M0 8l8-8" class="eez-hatch"/>',
    "bars": '<rect width="8" height="8" class="eez-wash"/><path d="M0 4h8" class="eez-hatch"/>',
    "dots": '<rect width="8" height="8" class="eez-wash"/>'
    '<circle cx="2" cy="2" r="1.1" class="eez-dot"/>'
    '<circle cx="6" cy="6" r="1.1" class="eez-dot"/>',
    "none": "",
}


def style_sheet() -> str:
    """Write the table as CSS: custom properties of both themes, and a class for each style."""
    light, dark = (
        ";".join(f"--eez-{name}:{pair[i]}" for name, pair in COLOURS.items()) for i in (0, 1)
    )
    rules = [
        f":root{{color-scheme:light;{light}}}",
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light])"
        f"{{color-scheme:dark;{dark}}}}}",
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}",
    ]
    for regime, area in REGIMES.items():
        fill = "none" if area.pattern == "none" else f"url(#eez-{regime.value})"
        rules.append(
            f".eez-{regime.value}{{--eez-own:var(--eez-{area.colour});"
            f"fill:{fill};stroke:var(--eez-own)}}"
        )
    for kind, line in LINES.items():
        rules.append(
            f".eez-line-{kind}{{stroke:var(--eez-{line.colour});stroke-width:{line.width}px;"
            f"stroke-dasharray:{line.dash or 'none'};fill:none}}"
        )
    for colour in (*SERIES, "unknown"):
        rules.append(f".eez-series-{colour}{{fill:var(--eez-{colour});stroke:var(--eez-{colour})}}")
        rules.append(f".eez-area.eez-series-{colour}{{fill-opacity:.4}}")
    return "\n".join(rules) + "\n"


def pattern_defs() -> str:
    """Write the fill patterns of the regimes as an SVG that takes no room on the page."""
    patterns = "".join(
        f'<pattern id="eez-{regime.value}" width="8" height="8" patternUnits="userSpaceOnUse" '
        f'class="eez-{regime.value}">{_PATTERNS[area.pattern]}</pattern>'
        for regime, area in REGIMES.items()
        if area.pattern != "none"
    )
    return (
        '<svg width="0" height="0" style="position:absolute" aria-hidden="true" focusable="false">'
        f"<defs>{patterns}</defs></svg>"
    )
