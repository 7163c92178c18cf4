"""Reading `environment.yml` of conda: any legal YAML, of the shape that conda documents.

Texts are taken as they are written, so that `1.10` stays a version and `yes` a word. The shape is
checked while it is read; what is wrong is told with file, line and what was expected.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from wisp.errors import ManifestError, Place
from wisp.exchange.foreign import ForeignEnvironment
from wisp.exchange.requirements_txt import read_lines
from wisp.manifest.words import conda_word
from wisp.printable import few
from wisp.specs.conda import CondaRequirement, channel_url
from wisp.specs.controls import has_control
from wisp.values import replace

_Texts = tuple[str, ...]

#: No honest file comes near. Each is compared with all others, and asked for its packages.
_MOST_CHANNELS = 100
#: What conda's `defaults` stands for.
_DEFAULTS = ("main", "r", "msys2")
_SELECTOR = "sel("
#: One of these at least has to stand in a file of conda; other tools write YAML, too.
_KEYS = {"name", "channels", "dependencies", "variables", "prefix", "platforms"}
_NULL = "tag:yaml.org,2002:null"
#: What YAML reads as something else than a text where nothing is quoted: no name of a package.
_NO_TEXT = {
    "tag:yaml.org,2002:int": "a number",
    "tag:yaml.org,2002:float": "a number",
    "tag:yaml.org,2002:bool": "a boolean",
}
_KINDS = {yaml.ScalarNode: "a string", yaml.SequenceNode: "a list", yaml.MappingNode: "a mapping"}


def read_conda_environment(text: str, file: Path) -> ForeignEnvironment:
    """Read an `environment.yml`.

    Raises `ManifestError`, with its place, when the text is no YAML of that shape, or a
    requirement is wrong.
    """
    return _Reader(text, file).environment()


class _Reader:
    """One file; `place` tells where a node of it stands."""

    def __init__(self, text: str, file: Path) -> None:
        self.text = text
        self.file = file
        self.warnings: list[str] = []

    def environment(self) -> ForeignEnvironment:
        root = self._mapping(self._root(), "the file")
        if root and not root.keys() & _KEYS:
            raise ManifestError(
                f"`{self.file}` is not an environment file of conda",
                causes=["it has none of the keys `name`, `channels` and `dependencies`"],
            )
        items = self._list(root.get("dependencies"), "dependencies")
        conda, pip = self._sorted(items)
        lines = read_lines(pip, self.file.parent)
        name = root.get("name")
        return ForeignEnvironment(
            name=None if name is None or _is_null(name) else self._text(name, "name"),
            channels=self._channels(self._texts(root.get("channels"), "channels"), conda),
            conda=tuple(conda),
            pypi=tuple(lines.requirements),
            variables=dict(self._variables(root.get("variables"))),
            warnings=tuple(few([*self.warnings, *lines.warnings])),
        )

    def _root(self) -> yaml.Node:
        try:
            loader = yaml.SafeLoader(self.text)  # which looks at every character
            root = loader.get_single_node()
            if isinstance(root, yaml.MappingNode):
                loader.flatten_mapping(root)
        except yaml.MarkedYAMLError as error:
            raise self._no_yaml(error) from None
        except (yaml.YAMLError, RecursionError) as error:
            reason = str(error).partition("\n")[0]
            raise ManifestError(f"`{self.file}` is not YAML", causes=[reason]) from None
        if root is None:
            raise ManifestError(
                f"`{self.file}` is not an environment file of conda", causes=["it is empty"]
            )
        return root

    def _no_yaml(self, error: yaml.MarkedYAMLError) -> ManifestError:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        place = Place(str(self.file), line, column, text=self.text)
        reason = ", ".join(filter(None, (error.context, error.problem)))
        return ManifestError(f"`{self.file}` is not YAML", causes=[reason], place=place)

    def _wrong(self, what: str, expected: str, node: yaml.Node) -> ManifestError:
        found = "nothing" if _is_null(node) else _NO_TEXT.get(node.tag) or _KINDS[type(node)]
        hints = []
        if isinstance(node, yaml.ScalarNode) and expected.startswith("a list") and node.value:
            hints.append(f"write it as a list: `[{node.value}]`")
        return ManifestError(
            f"`{self.file}` is not an environment file of conda: expected {expected} for {what}, "
            f"found {found}",
            hints=hints,
            place=self._place(node),
        )

    def _place(self, node: yaml.Node) -> Place:
        start, end = node.start_mark, node.end_mark
        length = max(1, end.column - start.column) if end.line == start.line else 1
        place = Place(str(self.file), start.line + 1, start.column + 1, text=self.text)
        place.length = length
        return place

    def _mapping(self, node: yaml.Node, what: str) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self._wrong(what, "a mapping", node)
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = self._text(key, f"a key of {what}")
            if name in found:
                raise ManifestError(f"duplicate key `{name}`", place=self._place(key))
            found[name] = value
        return found

    def _list(self, node: yaml.Node | None, what: str) -> Sequence[yaml.Node]:
        if node is None or _is_null(node):
            return ()
        if not isinstance(node, yaml.SequenceNode):
            raise self._wrong(f"`{what}`", "a list", node)
        return list(node.value)

    def _texts(self, node: yaml.Node | None, what: str) -> list[str]:
        return [self._text(item, f"an item of `{what}`") for item in self._list(node, what)]

    def _channels(self, written: Sequence[str], conda: Sequence[CondaRequirement]) -> _Texts:
        found = _channels(written, conda)
        if len(found) > _MOST_CHANNELS:
            raise ManifestError(f"`{self.file}` names more than {_MOST_CHANNELS} channels")
        return found

    def _text(self, node: yaml.Node, what: str) -> str:
        text = self._any_text(node, what)
        if has_control(text.strip()):
            raise ManifestError(
                f"`{self.file}` has a control character in {what}", place=self._place(node)
            )
        return text

    def _any_text(self, node: yaml.Node, what: str) -> str:
        if not isinstance(node, yaml.ScalarNode) or _is_null(node):
            raise self._wrong(what, "a string", node)
        return str(node.value)

    def _sorted(
        self, items: Sequence[yaml.Node]
    ) -> tuple[list[CondaRequirement], list[tuple[str, Place]]]:
        """Tell packages of conda from the lines of pip."""
        conda: list[CondaRequirement] = []
        pip: list[tuple[str, Place]] = []
        for item in items:
            if isinstance(item, yaml.MappingNode):
                pip += self._pip(item)
                continue
            word = self._word(item, "an item of `dependencies`")
            if word.lstrip().startswith(_SELECTOR):
                self._skip(word, "has a selector")
            else:
                conda.append(self._conda(word, item))
        return conda, pip

    def _word(self, node: yaml.Node, what: str) -> str:
        """Take a node as a requirement, which no number or boolean is."""
        word = self._text(node, what)
        if node.tag in _NO_TEXT:
            raise self._wrong(what, "a string", node)
        return word

    def _conda(self, word: str, node: yaml.Node) -> CondaRequirement:
        try:
            requirement = conda_word(word)
        except ManifestError as error:
            message = error.message if word in error.message else f"`{word}`: {error.message}"
            raise ManifestError(
                message, hints=error.hints, causes=error.causes, place=self._place(node)
            ) from None
        channel = requirement.spec.channel
        if channel is None:
            return requirement
        return replace(requirement, spec=replace(requirement.spec, channel=_normal(channel)))

    def _pip(self, group: yaml.MappingNode) -> Iterator[tuple[str, Place]]:
        for name, node in self._mapping(group, "an item of `dependencies`").items():
            if name == "pip":
                for item in self._list(node, "pip"):
                    yield self._word(item, "an item of `pip`"), self._place(item)
            elif name.lstrip().startswith(_SELECTOR):
                written = f"{name}: {node.value}" if isinstance(node, yaml.ScalarNode) else name
                self._skip(written, "has a selector")
            else:
                self._skip(name, "is not known to conda")

    def _skip(self, line: str, reason: str) -> None:
        self.warnings.append(f"the line `{line}` {reason} and is skipped")

    def _variables(self, node: yaml.Node | None) -> Iterator[tuple[str, str]]:
        if node is None or _is_null(node):
            return
        if not isinstance(node, yaml.MappingNode):
            raise self._wrong("`variables`", "a mapping", node)
        for name, value in self._mapping(node, "`variables`").items():
            yield (
                name,
                "null" if _is_null(value) else self._any_text(value, f"the variable `{name}`"),
            )


def _is_null(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == _NULL


def _channels(written: Sequence[str], conda: Sequence[CondaRequirement]) -> tuple[str, ...]:
    found: list[str] = []
    for channel in written:
        found += _DEFAULTS if channel == "defaults" else [_normal(channel)]
    named = {_url(channel) for channel in found}
    for one in conda:
        url = None if one.spec.channel is None else _url(one.spec.channel)
        if url is not None and url not in named:
            named.add(url)
            found.append(url)
    return tuple(dict.fromkeys(found))


def _normal(channel: str) -> str:
    """Spell a URL without a slash at its end."""
    return channel.rstrip("/") if "://" in channel else channel


def _url(channel: str) -> str:
    """Return the URL of a channel that a spec names, under which it joins the list of channels."""
    return channel_url(channel, Path()).rstrip("/")
