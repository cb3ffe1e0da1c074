"""Writes the marked regions of a slide as the TUDP corpus does: .csv, and ImageScope's .xml."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

from datasets.pathology.standin.layout import Region

VERSION = "csv_v1.0.0"
COLUMNS = "index,region_id,tissue,label,coord_index,row,column,depth,confidence"
TISSUE = "breast"


def write_csv(path: Path, regions: Sequence[Region], shape: tuple[int, int], mpp: float) -> None:
    """One row per vertex. shape: (rows, columns) of level 0. mpp: micrometres a pixel."""
    lines = [
        f"# version = {VERSION}",
        f"# MicronsPerPixel = {mpp:.4f}",
        f"# bname = {path.stem}",
        f"# width = {shape[1]} pixels, height = {shape[0]} pixels",
        f"# tissue = {TISSUE}",
        "# STAND-IN: made up, no patient's tissue",
        "#",
        COLUMNS,
    ]
    for index, region in enumerate(regions):
        lines += [
            f"{index},{index + 1},{TISSUE},{region.label},{k},{row},{column},0,1.0000"
            for k, (row, column) in enumerate(region.vertices)
        ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def write_xml(path: Path, regions: Sequence[Region], shape: tuple[int, int], mpp: float) -> None:
    """The same regions as ImageScope saves them: Annotations/Annotation/Regions/Region/Vertices/Vertex."""
    root = ET.Element("Annotations", MicronsPerPixel=f"{mpp:.6f}")
    root.append(ET.Comment("STAND-IN: made up, no patient's tissue"))
    annotation = ET.SubElement(root, "Annotation", Id="1", Name="", ReadOnly="0", Type="4", Visible="1")
    attributes = ET.SubElement(annotation, "Attributes")
    for number, (name, value) in enumerate((("Width", shape[1]), ("Height", shape[0]))):
        ET.SubElement(attributes, "Attribute", Name=name, Id=str(number), Value=str(value))
    group = ET.SubElement(annotation, "Regions")
    for index, region in enumerate(regions, start=1):
        element = ET.SubElement(group, "Region", Id=str(index), Type="0", Text=region.label, Analyze="1")
        own = ET.SubElement(element, "Attributes")
        ET.SubElement(own, "Attribute", Name="Tissue Value", Id="0", Value=TISSUE)
        vertices = ET.SubElement(element, "Vertices")
        for row, column in region.vertices:
            ET.SubElement(vertices, "Vertex", X=str(column), Y=str(row), Z="0")
    ET.indent(root)
    path.write_bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")
