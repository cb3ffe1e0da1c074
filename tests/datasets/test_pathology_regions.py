"""Regions are read as TUDP and ImageScope write them; a damaged file is refused, never guessed at."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasets.pathology import region_csv, region_xml
from datasets.pathology.regions import LABELS, read_regions
from datasets.preparation import BadFile

sys.path.insert(0, str(Path(__file__).parent))
from pathology_fixtures import csv_text, rectangle, xml_text

SIZE = (4000, 3000)
POLYGONS = [
    ("null", [(10.5, 20.25), (300.0, 20.0), (150.0, 400.0)]),
    ("indc", rectangle(500, 600, 1500, 2500)),
    ("dcis", rectangle(2000, 100, 4200, 900)),
]
CSV = csv_text("slide", SIZE, POLYGONS)
XML = xml_text(POLYGONS, SIZE)


def read(folder: Path, csv: str | bytes | None = None, xml: str | bytes | None = None) -> list:
    for text, ending in ((csv, ".csv"), (xml, ".xml")):
        if text is not None:
            (folder / f"slide{ending}").write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_regions(folder / "slide.svs", SIZE)


@pytest.mark.parametrize("texts", [{"csv": CSV}, {"xml": XML}, {"csv": CSV, "xml": "broken"}])
def test_both_formats_give_the_polygons_in_order(tmp_path: Path, texts: dict[str, str]) -> None:
    regions = read(tmp_path, **texts)
    assert [region.label for region in regions] == ["null", "indc", "dcis"]
    for region, (_, vertices) in zip(regions, POLYGONS, strict=True):
        np.testing.assert_array_equal(region.vertices, vertices)
        assert region.vertices.dtype == np.float64


def test_row_is_y_and_column_is_x(tmp_path: Path) -> None:
    rows = ["0,1,breast,indc,0,7,100,0,1.0", "0,1,breast,indc,1,7,200,0,1.0", "0,1,breast,indc,2,9,150,0,1.0"]
    head = csv_text("slide", SIZE, [])
    (region,) = read(tmp_path, csv=head + "\n".join(rows) + "\n")
    np.testing.assert_array_equal(region.vertices, [[100, 7], [200, 7], [150, 9]])


def test_every_label_of_the_corpus_is_known(tmp_path: Path) -> None:
    polygons = [(label, rectangle(0, 0, 10, 10)) for label in LABELS]
    assert [region.label for region in read(tmp_path, csv=csv_text("slide", SIZE, polygons))] == list(LABELS)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("bname = slide", "bname = other", "names another slide"),
        ("width = 4000", "width = 4001", "another size"),
        ("height = 3000", "height = 300", "another size"),
        (",dcis,", ",dics,", "unknown label"),
        (",dcis,1,", ",indc,1,", "two labels"),
        ("1,2,breast,indc,1,600,1500,0,1.0000\n", "", "vertices of a region are missing"),
        (",600,1500,", ",nan,1500,", "not finite"),
        (",600,1500,", ",1e999,1500,", "not finite"),
        (",600,1500,", ",six,1500,", "not a number"),
        (",600,1500,", ",600,", "missing or surplus columns"),
        (",600,1500,", ",600,15000,", "far beyond"),
        ("index,region_id", "region_id,index", "column names"),
        ("2,3,breast,dcis,3,900,2000,0,1.0000\n", "2,3,breast,dcis,3,900,2000,0,1.0000", "cut off"),
        ("2,3,breast,dcis,3,900,2000,0,1.0000\n", "2,3,breast,dcis,3,900\n", "missing or surplus columns"),
    ],
)
def test_a_wrong_csv_is_refused(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert CSV.count(old) >= 1
    with pytest.raises(BadFile, match=reason):
        read(tmp_path, csv=CSV.replace(old, new))


def test_rows_of_one_region_stand_together(tmp_path: Path) -> None:
    lines = CSV.splitlines(keepends=True)
    torn = [*lines, lines[7]]
    with pytest.raises(BadFile, match="torn apart"):
        read(tmp_path, csv="".join(torn))


def test_a_missing_header_line_is_no_error(tmp_path: Path) -> None:
    bare = "".join(line for line in CSV.splitlines(keepends=True) if not line.startswith("#"))
    assert len(read(tmp_path, csv=bare)) == 3


def test_a_region_outside_is_refused_and_one_over_the_edge_kept(tmp_path: Path) -> None:
    over = csv_text("slide", SIZE, [("indc", rectangle(-200, -50, 100, 100))])
    assert len(read(tmp_path, csv=over)) == 1
    for outside in (rectangle(4000, 0, 4100, 50), rectangle(0, -80, 10, 0)):
        with pytest.raises(BadFile, match="outside the slide"):
            read(tmp_path, csv=csv_text("slide", SIZE, [("indc", outside)]))


def test_two_clicks_are_no_region(tmp_path: Path) -> None:
    clicks = csv_text("slide", SIZE, [("indc", [(5, 5), (9, 9)]), ("dcis", rectangle(0, 0, 50, 50))])
    assert [region.label for region in read(tmp_path, csv=clicks)] == ["dcis"]


def test_no_region_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="no region file"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('Text="dcis"', 'Text="ductal"', "unknown label"),
        ('Text="dcis"', "", "unknown label"),
        ('Type="0"', 'Type="2"', "neither a polygon"),
        ('NegativeROA="0"', 'NegativeROA="1"', "cut out"),
        ('X="500"', 'X="inf"', "not finite"),
        ('X="500"', 'X="5oo"', "not a number"),
        ('X="500"', "", "not a number"),
        ('Value="4000"', 'Value="40000"', "another size"),
        ('Value="4000"', 'Value="wide"', "size that is no number"),
        ("</Annotations>", "", "well-formed"),
        ("Annotations", "Notes", "no ImageScope"),
    ],
)
def test_a_wrong_xml_is_refused(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert old in XML
    with pytest.raises(BadFile, match=reason):
        read(tmp_path, xml=XML.replace(old, new))


def test_entities_are_refused_before_they_grow(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]>\n<Annotations>&c;</Annotations>'
    secret = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>\n<Annotations>&b;</Annotations>'
    for text in (bomb, secret):
        with pytest.raises(BadFile, match="document type"):
            read(tmp_path, xml=text)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\x00\xff\xfe" * 50, b"\xef\xbb\xbf#\n", b"a,b\n1,2\n", b'"\n']
)
def test_what_is_no_region_file_is_refused(tmp_path: Path, content: bytes) -> None:
    for ending in ("csv", "xml"):
        folder = tmp_path / ending
        folder.mkdir()
        with pytest.raises(BadFile):
            read(folder, **{ending: content})


@given(cut=st.integers(0, len(XML.rstrip()) - 1))
def test_a_truncated_xml_is_refused(cut: int) -> None:
    with pytest.raises(BadFile):
        region_xml.parse(XML[:cut])


@given(cut=st.integers(0, len(CSV) - 1))
def test_a_truncated_csv_is_refused_or_loses_whole_rows_only(cut: int) -> None:
    try:
        regions = region_csv.parse(CSV[:cut]).regions
    except BadFile:
        return
    for region, (label, vertices) in zip(regions, POLYGONS, strict=False):
        assert region.label == label
        np.testing.assert_array_equal(region.vertices, vertices[: len(region.vertices)])


BYTES = st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), min_size=1, max_size=8)


@settings(max_examples=60)
@given(changes=BYTES)
def test_damaged_bytes_never_make_another_error_or_a_label_out_of_nothing(
    changes: list[tuple[int, int]],
) -> None:
    for text, parse in ((CSV, region_csv.parse), (XML, region_xml.parse)):
        content = bytearray(text.encode())
        for place, value in changes:
            content[place % len(content)] = value
        try:
            regions = parse(content.decode("utf-8", "replace")).regions
        except BadFile:
            continue
        for region in regions:
            assert region.label in LABELS
            assert np.isfinite(region.vertices).all() and len(region.vertices) >= 3
