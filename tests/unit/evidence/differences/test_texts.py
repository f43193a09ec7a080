from weighin.evidence.differences.words.texts import unified_diff


def test_equal_texts_have_no_diff():
    assert unified_diff("a\nb", "a\nb") == ()


def test_a_changed_line_stands_between_its_neighbours():
    assert unified_diff("a\nb\nc", "a\nB\nc") == ("@@ -1,3 +1,3 @@", " a", "-b", "+B", " c")


def test_of_a_long_line_the_part_that_differs_is_told():
    before = "x" * 5000
    removed, added = unified_diff(f"{before} one", f"{before} two")[1:]
    assert len(removed) < 300
    assert removed.startswith("-…")
    assert removed.endswith("one")
    assert added.endswith("two")


def test_a_break_at_the_end_of_a_text_is_a_difference():
    assert unified_diff("a", "a\n") == ("-'a'", "+'a\\n'")


def test_of_a_long_diff_the_beginning_is_told_and_how_much_more_there_is():
    lines = unified_diff("\n".join(map(str, range(900))), "")
    assert len(lines) == 61
    assert lines[-1] == "… and 841 lines more"


def test_texts_of_very_many_lines_are_compared_where_they_first_differ():
    many = [str(number) for number in range(50_000)]
    other = [*many[:30_000], "other", *many[30_001:]]
    lines = unified_diff("\n".join(many), "\n".join(other))
    assert "-30000" in lines
    assert "+other" in lines
