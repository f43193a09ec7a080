import pytest

from weighin.identity.comparison.tokenizers import TokenizerChanges, tokenizer_changes


def tokenizer(vocabulary=("a", "b", "ab"), merges=("a b",), added=(), **parts):
    return {
        "version": "1.0",
        "padding": None,
        "added_tokens": [{"id": 100 + n, "content": text} for n, text in enumerate(added)],
        "normalizer": None,
        "model": {
            "type": "BPE",
            "vocab": {token: number for number, token in enumerate(vocabulary)},
            "merges": list(merges),
        },
    } | parts


def test_one_tokenizer_differs_in_nothing():
    assert tokenizer_changes(tokenizer(), tokenizer()) == TokenizerChanges()


def test_tokens_and_merges_are_told_by_name():
    found = tokenizer_changes(
        tokenizer(), tokenizer(vocabulary=("a", "b"), merges=(), added=("<think>",))
    )
    assert (found.added, found.gone) == (("<think>",), ("ab",))
    assert (found.merges_added, found.merges_gone) == ((), ("a b",))
    assert not found.renumbered


def test_a_token_under_another_id_is_renumbered():
    found = tokenizer_changes(tokenizer(("a", "b", "ab")), tokenizer(("b", "a", "ab")))
    assert found.renumbered == ("a", "b")


def test_merges_are_one_whether_written_as_texts_or_as_pairs():
    assert tokenizer_changes(tokenizer(), tokenizer(merges=(["a", "b"],))) == TokenizerChanges()


def test_the_order_of_merges_is_told():
    ours = tokenizer(merges=("a b", "b a"))
    assert tokenizer_changes(ours, tokenizer(merges=("b a", "a b"))).is_reordered


def test_padding_which_every_call_sets_is_no_difference():
    assert tokenizer_changes(tokenizer(), tokenizer(padding={"pad_id": 1})) == TokenizerChanges()


def test_other_parts_are_named():
    theirs = tokenizer(normalizer={"type": "NFC"})
    theirs["model"]["byte_fallback"] = True
    assert tokenizer_changes(tokenizer(), theirs).parts == ("normalizer", "model.byte_fallback")


def test_the_ids_of_a_unigram_model_are_its_order():
    ours, theirs = tokenizer(), tokenizer()
    ours["model"] = {"type": "Unigram", "vocab": [["a", -1.0], ["b", -2.0]]}
    theirs["model"] = {"type": "Unigram", "vocab": [["b", -1.0], ["a", -2.0]]}
    assert tokenizer_changes(ours, theirs).renumbered == ("a", "b")


@pytest.mark.parametrize("odd", [None, [], {"model": 3}, {"model": {"vocab": [[]], "merges": 1}}])
def test_what_is_no_tokenizer_has_no_tokens(odd):
    assert tokenizer_changes(odd, odd) == TokenizerChanges()
