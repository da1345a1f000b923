"""The README's Python runs, and its links lead somewhere."""

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from eezkit.cli import COMMANDS, eezkit

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_lines_of_python_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert code is not None
    exec(compile(code[1], "README.md", "exec"), {})  # noqa: S102 - the README is ours
    assert capsys.readouterr().out.startswith("True 119.4")
    assert "http" not in re.findall(r'(?:src)="(.*?)"', (tmp_path / "page.html").read_text())


def test_the_printed_answer_is_the_answer() -> None:
    printed = re.search(r"```\n(inside .*)\n```", README)
    assert printed is not None
    done = CliRunner().invoke(eezkit, ["check", "51.7S 57W"])
    assert done.stdout.splitlines() == [printed[1]]


def test_every_command_is_a_command() -> None:
    block = re.search(r"## On the command line\n\n```sh\n(.*?)```", README, re.DOTALL)
    assert block is not None
    lines = [shlex.split(line)[1:] for line in block[1].splitlines()]
    assert {words[0] for words in lines} | {"map"} == set(COMMANDS)
    for words in lines:
        command: click.Command = eezkit
        rest = list(words)
        while isinstance(command, click.Group):
            found = command.get_command(click.Context(command), rest.pop(0))
            assert found is not None, words
            command = found
        command.make_context(words[0], rest, resilient_parsing=False)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_every_link_leads_to_a_file(target: str) -> None:
    assert (ROOT / target).exists()


@pytest.mark.parametrize("mark", ["command 1", "command 2"])
def test_both_commands_are_marked_for_ci(mark: str) -> None:
    assert re.search(rf"<!-- {mark} -->\n```sh\n.+?\n```", README, re.DOTALL)
