from __future__ import annotations

import re

import pytest

from wisp.errors import TaskError
from wisp.tasks.glob_patterns import translated


@pytest.mark.parametrize(
    ("pattern", "taken", "not_taken"),
    [
        ("a?c", "abc", "ac abbc a/c"),
        ("a*c", "ac abbc acc", "a/c abca"),
        ("*ab*cd", "abcd xabxcdcd abcdabcd", "abc cdab ab/cd"),
        ("*a?b", "aab xaaxb", "ab axxb"),
        ("**", "a a/b .h/c", ""),
        ("**/a", "a b/a b/c/a", "ba a/b"),
        ("a/**", "a/b a/b/c", "a b/a"),
        ("a/**/b", "a/b a/x/b a/x/y/b", "ab a/xb a/x/b/c"),
        ("a/**/b/c", "a/b/c a/x/b/c a/b/b/c", "a/b/x/c a/c"),
        ("a/**/b/**/c", "a/b/c a/x/b/y/c a/b/b/c", "a/c a/x/c b/c"),
        ("**/b*/**/c", "b/c x/bb/y/c", "c x/c xb/c"),
        ("a/**/**/b", "a/b a/x/b", "ab"),
        ("[ab]", "a b", "c ab"),
        ("[a-c]x", "ax bx cx", "dx -x"),
        ("[!a-c]x", "dx -x", "ax bx /x"),
        ("[^a]x", "bx ^x", "ax"),
        ("[]]x", "]x", "[x x"),
        ("[!]]x", "ax", "]x"),
        ("[-a]x", "-x ax", "bx"),
        ("[a-]x", "-x ax", "bx"),
        ("[!-a].txt", "B.txt b.txt", "-.txt a.txt /.txt"),
        ("[!a-].txt", "B.txt b.txt", "-.txt a.txt"),
        ("[!-+]x", "ax ,x", "-x +x"),
        ("[+--]x", "+x ,x -x", ".x ax"),
        ("[!--]x", "ax +x", "-x"),
        ("[--a]x", "-x .x 0x ax", "bx /x"),
        ("[a-c-e]x", "ax dx ex", "-x fx"),
        ("[&&a]x", "&x ax", "bx"),
        ("[~~|]x", "~x |x", "ax"),
        ("[[a]x", "[x ax", "]x"),
        (r"[\d]x", "\\x dx", "1x"),
        ("[*?]x", "*x ?x", "ax"),
        ("[{,}]x", "{x ,x }x", "ax"),
        ("[+-9]x", "+x .x 9x", "/x"),
        ("[a", "[a", "a"),
        ("{a,b}c", "ac bc", "c a b"),
        ("{a,}c", "ac c", "bc"),
        ("{a,b{c,d}}e", "ae bce bde", "be ace"),
        ("{{a,b},c}{d,e}", "ad be ce", "a d"),
        ("{*a,b?}c", "xac bxc", "bc xbc"),
        ("{a{b}", "{a{b}", "ab"),
        ("{a,b", "{a,b", "a b"),
        ("a},b", "a},b", "ab"),
    ],
)
def test_a_pattern_takes_these_paths_and_not_those(
    pattern: str, taken: str, not_taken: str
) -> None:
    expression = re.compile(translated(pattern), re.DOTALL)
    paths = [*taken.split(), *not_taken.split()]
    assert [path for path in paths if expression.fullmatch(path)] == taken.split()


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("[z-a]", "`[z-a]` of a pattern is no class of characters"),
        ("[a--]", "`[a--]` of a pattern is no class of characters"),
        ("[!z-a]", "`[z-a]` of a pattern is no class of characters"),
        ("{a,b}" * 30, "the braces of a pattern mean too many names: `" + "{a,b}" * 12 + "`"),
    ],
)
def test_a_pattern_without_sense_or_measure_is_told(pattern: str, told: str) -> None:
    with pytest.raises(TaskError) as caught:
        translated(pattern)
    assert caught.value.message == told


@pytest.mark.parametrize("pattern", ["\0", "[\0]", "*\0*"])
def test_a_character_that_no_path_has_is_no_wildcard(pattern: str) -> None:
    assert re.compile(translated(pattern), re.DOTALL).fullmatch("a") is None
