"""`eezkit data`: datasets on this machine, and those of Marine Regions that could be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from eezkit.cli import options, reading
from eezkit.cli.terminal import bar, confirm, json_text, say
from eezkit.sources.cache import datasets as cache
from eezkit.units import parse_size

if TYPE_CHECKING:
    from eezkit.sources.cache.datasets import CachedDataset

__all__ = ["data"]


@click.group()
def data() -> None:
    """Fetch, add and look after datasets of Marine Regions.

    NAME is a layer ("eez"), a version of it ("eez@11") or a selection from it ("eez:JPN").
    """


@data.command("list")
@options.as_json
def list_datasets(as_json: bool) -> None:
    """List the layers that can be fetched, and the datasets in the cache."""
    from eezkit.sources.marine_regions.registry import layers

    cached, damaged = cache.listed()
    if as_json:
        _echo_json(
            layers=[layer.to_json() for layer in layers().values()],
            cached=[dataset.to_json() for dataset in cached],
            damaged=[str(error) for error in damaged],
        )
        return
    for layer in layers().values():
        say(f"{layer.name:<24} v{layer.version:<4} {layer.title}")
    for dataset in cached:
        say(f"cached  {dataset.name:<24} {_summary(dataset)}")
    for error in damaged:
        say(f"damaged {error} `eezkit data clear` removes it.")


@data.command()
@click.argument("layer", default="eez")
@click.option("--sovereign", metavar="CODE|NAME", help="Only zones that name this State (JPN).")
@click.option("--where", metavar="CQL", help="Only features that pass this filter.")
@click.option("--lines/--no-lines", default=True, help="Fetch with it the layer of its lines.")
@click.option("--refresh", is_flag=True, help="Fetch again although it is cached.")
@click.option("--timeout", type=float, metavar="SECONDS", help="Silence before giving up.")
@click.option("--max-size", type=float, metavar="MB", help="Of what may be sent. Default: 1,074.")
@click.option("--url", metavar="URL", help="Another service with the same layers.")
@options.as_json
def fetch(
    layer: str,
    sovereign: str | None,
    where: str | None,
    lines: bool,
    refresh: bool,
    timeout: float | None,
    max_size: float | None,
    url: str | None,
    as_json: bool,
) -> None:
    """Fetch LAYER (default: eez) from Marine Regions into the cache, and print its name."""
    from eezkit.sources.marine_regions.fetching import DEFAULT_TIMEOUT, fetch_files
    from eezkit.sources.marine_regions.transport import MAX_SIZE

    with bar(layer) as progress:
        dataset = fetch_files(
            layer,
            sovereign=sovereign,
            where=where,
            lines=lines,
            refresh=refresh,
            timeout=DEFAULT_TIMEOUT if timeout is None else timeout,
            max_size=MAX_SIZE if max_size is None else int(max_size * 1e6),
            base_url=url,
            progress=progress,
        )
    _echo_kept(dataset, as_json)


@data.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--layer", metavar="LAYER[@VERSION]", help="What the file is, if its name is mute.")
@click.option("--max-size", metavar="SIZE", help="What a zip may unpack to. Default: 2GB.")
@options.as_json
def add(file: Path, layer: str | None, max_size: str | None, as_json: bool) -> None:
    """Copy FILE, downloaded by hand, into the cache, and print its name there."""
    from eezkit.sources.marine_regions.adding import add_file

    limit = None if max_size is None else parse_size(max_size, what="--max-size")
    _echo_kept(add_file(file, layer=layer, max_size=limit), as_json)


@data.command()
@click.argument("name")
@click.option("--verify", is_flag=True, help="Read the cached data and check their hash.")
@options.as_json
def info(name: str, verify: bool, as_json: bool) -> None:
    """Tell what is known of NAME, and its manifest if it is cached."""
    if verify:
        cache.get(name).verify()
    known = cache.describe(name)
    if as_json:
        _echo_json(**known)
        return
    cached = known.pop("cached") or {"cached": "no"}
    for key, value in {**known, **cached}.items():
        if key == "lines":
            say(f"{key:<14} {value or 'none: what each edge is is found out'}")
        elif value is not None:
            say(f"{key:<14} {_text(value)}")


@data.command()
@click.argument("name")
@options.as_json
def cite(name: str, as_json: bool) -> None:
    """Print how to cite NAME, its licence, and what its publisher asks of users."""
    known = cache.describe(name)
    if as_json:
        _echo_json(**{key: known[key] for key in ("citation", "doi", "licence", "terms")})
        return
    say(known["citation"])
    say(f"Licence: {known['licence']}")
    for sentence in known["terms"]:
        say(sentence)


@data.command()
@click.argument("name", required=False)
def path(name: str | None) -> None:
    """Print the path of the cached dataset NAME, or of the cache."""
    say(cache.cache_dir() if name is None else cache.get(name).path)


@data.command()
@click.argument("name", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
def clear(name: str | None, yes: bool) -> None:
    """Remove the dataset NAME, or all datasets, from the cache."""
    what = f"the dataset {name}" if name else "all datasets"
    if not yes and not confirm(f"Remove {what} from {cache.cache_dir()}?"):
        say("Nothing was removed.", err=True)
        return
    freed = cache.clear(name)
    say(f"Removed {what}: {_size(freed)} free.", err=True)


@data.command()
@click.argument("data", required=False, metavar="[FILE|LAYER]")
@click.option("--refresh", is_flag=True, help="Build anew although it is built.")
@click.option("--verify", is_flag=True, help="Read what is built, and check its hash.")
@reading.how
@options.as_json
def build(data: str | None, how: reading.How, refresh: bool, verify: bool, as_json: bool) -> None:
    """Have the index of FILE or LAYER (default: the built-in atlas) built in the cache.

    Every command does so when it first meets a dataset; this does it beforehand.
    """
    from eezkit.sources import building

    (chosen,) = how.of([data])
    built = building.build(data, refresh=refresh, verify=verify, **chosen.options())
    if as_json:
        _echo_json(**built.to_json())
        return
    say(built.path)
    say(f"{built}", err=True)


@data.command("diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--positions", default=200_000, show_default=True, help="How many to compare.")
@click.option("--seed", default=0, show_default=True, help="Of their draw.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file.")
@reading.how
@options.as_json
@click.pass_context
def compare(
    ctx: click.Context,
    before: str,
    after: str,
    how: reading.How,
    positions: int,
    seed: int,
    output: Path | None,
    as_json: bool,
) -> None:
    """Say what differs between datasets A and B: zones, areas, answers at sea.

    A and B are files, names in the cache, or "embedded". Exit code: 0 no difference, 1 some,
    2 failure.
    """
    from eezkit.compare.diff import diff

    one, other = how.of([before, after])
    found = diff(one.open(), other.open(), n=positions, seed=seed)
    text = json_text(found.to_json()) + "\n"
    options.write_or_echo(text if as_json else found.to_markdown(), output)
    ctx.exit(int(bool(found)))


def _echo_json(**values: Any) -> None:
    options.echo_json({"schema_version": cache.SCHEMA_VERSION, **values})


def _echo_kept(dataset: CachedDataset, as_json: bool) -> None:
    if as_json:
        _echo_json(**dataset.to_json())
        return
    say(dataset.name)
    say(f"{_summary(dataset)}: {dataset.path}", err=True)
    say(f"Cite: {dataset.manifest.citation}", err=True)
    for sentence in dataset.manifest.terms:
        say(sentence, err=True)


def _summary(dataset: CachedDataset) -> str:
    kept = dataset.manifest
    plural = "" if kept.n_features == 1 else "s"
    features = "" if kept.n_features is None else f"{kept.n_features} feature{plural}, "
    origin = "fetched" if kept.origin == "service" else "added"
    return f"{features}{_size(kept.size)}, {origin} {kept.obtained[:10]} from {kept.source}"


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:.1f} MB" if n_bytes >= 1e5 else f"{n_bytes} bytes"


def _text(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
