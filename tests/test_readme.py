"""The README's Python runs, and its links lead somewhere."""

import re
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_every_link_leads_to_a_file(target: str) -> None:
    assert (ROOT / target).exists()


@pytest.mark.parametrize("mark", ["command 1", "command 2"])
def test_both_commands_are_marked_for_ci(mark: str) -> None:
    assert re.search(rf"<!-- {mark} -->\n```sh\n.+?\n```", README, re.DOTALL)
