import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.merge import Clashes, three_way_merge
from core.domain.merge_draft import END_MARK, LOCAL_MARK, REMOTE_MARK, draft_of_both, has_open_choices
from core.text.content import clean, leaf_blocks, readable
from tests.text.strategies import HTML, PLAIN, documents, plain_texts, prove


@prove
@given(st.sampled_from([HTML, PLAIN]), st.data())
def test_a_draft_holds_every_block_of_both_sides_that_either_wrote(kind, data):
    drawn = documents if kind is HTML else plain_texts
    baseline, local, remote = (data.draw(drawn) for _ in range(3))
    result = three_way_merge(baseline, local, remote, kind)
    if not isinstance(result, Clashes):
        return
    draft = draft_of_both(result, kind)

    said = readable(draft, kind)
    base = {block.text for block in leaf_blocks(baseline, kind)}
    for block in (*leaf_blocks(local, kind), *leaf_blocks(remote, kind)):
        assert block.text in base or block.text in said
    assert clean(draft, kind) == draft
    assert has_open_choices(draft, kind)


@pytest.mark.parametrize("shape", ["<p>{}</p>", "<li>{}</li>", "<tr><td>{}</td></tr>"])
def test_a_draft_names_both_versions_where_they_stand(shape):
    holder = {"<p>": "{}", "<li>": "<ul>{}</ul>", "<tr>": "<table>{}</table>"}[shape.partition(">")[0] + ">"]
    before, local, remote = (
        holder.format("".join(shape.format(word) for word in ("first", middle, "last")))
        for middle in ("middle", "middle by local", "middle by remote")
    )
    result = three_way_merge(before, local, remote, HTML)
    assert isinstance(result, Clashes)

    draft = draft_of_both(result, HTML)

    assert [block.text for block in leaf_blocks(draft, HTML)] == [
        "first", LOCAL_MARK, "middle by local", REMOTE_MARK, "middle by remote", END_MARK, "last",
    ]  # fmt: skip
    assert len({block.path[0].tag for block in leaf_blocks(draft, HTML) if block.path}) <= 1


def test_a_text_without_lines_of_a_draft_has_no_open_choices():
    assert not has_open_choices("<p>one</p>", HTML)
