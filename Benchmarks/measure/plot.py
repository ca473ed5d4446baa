"""A drawing of the classes: how many times faster than qemu-user, as SVG."""

import math
from html import escape

from .targets import class_results

COLOURS = ("#1f5f99", "#d9822b", "#4d8f4d", "#8f4d8f")
LABELS, CHART, VALUES = 250, 520, 70
BAR, GAP, TOP, BOTTOM = 12, 14, 64, 44
FONT = 'font-family="sans-serif" font-size="12"'


class Scale:
    """Ratios to horizontal places, logarithmic, with the powers of two as marks."""

    def __init__(self, values):
        self.low = min(-1, math.floor(math.log2(min(values))))
        self.high = max(1, math.ceil(math.log2(max(values))))

    def place(self, value):
        return LABELS + CHART * (math.log2(value) - self.low) / (self.high - self.low)

    def marks(self):
        return [2.0 ** power for power in range(self.low, self.high + 1)]


def text(x, y, content, anchor="start", colour="#222"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" {FONT}>{escape(content)}</text>'


def line(x, top, bottom, colour, width=1):
    return f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}" stroke="{colour}" stroke-width="{width}"/>'


def rectangle(x, y, width, height, colour):
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{height}" fill="{colour}"/>'


def series(results):
    """[(legend, {class: (ratio, target)})]: one for each architecture and rival."""
    found = []
    for architecture, report in results["architectures"].items():
        classes = list(class_results(architecture, report))
        for rival in report["rivals"]:
            found.append((f"{architecture}, {rival}",
                          {c.title: (c.faster[rival], c.target and c.target.faster) for c in classes if c.faster[rival]}))
    return found


def drawing(results):
    """The text of the SVG file."""
    groups = series(results)
    titles = list(dict.fromkeys(title for _, classes in groups for title in classes))
    values = [value for _, classes in groups for pair in classes.values() for value in pair if value]
    scale = Scale(values or [1])
    height = TOP + len(titles) * (len(groups) * BAR + GAP) + BOTTOM
    bottom = height - BOTTOM
    parts = [rectangle(0, 0, LABELS + CHART + VALUES, height, "#fff"),
             text(12, 20, "bsduser: times faster than qemu-user (to the right of 1). Black marks: targets")]
    for index, (legend, _) in enumerate(groups):
        place = 12 + index * 180
        parts += [rectangle(place, 32, BAR, BAR, COLOURS[index % len(COLOURS)]), text(place + 18, 42, legend)]
    for mark in scale.marks():
        parts += [line(scale.place(mark), TOP - 6, bottom, "#222" if mark == 1 else "#ddd"),
                  text(scale.place(mark), bottom + 18, f"{mark:g}", "middle")]
    y = TOP
    for title in titles:
        parts.append(text(LABELS - 10, y + len(groups) * BAR / 2 + 4, title, "end"))
        for index, (_, classes) in enumerate(groups):
            if title in classes:
                parts += bar(scale, y + index * BAR, COLOURS[index % len(COLOURS)], *classes[title])
        y += len(groups) * BAR + GAP
    size = f'width="{LABELS + CHART + VALUES}" height="{height}"'
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" {size}>', *parts, "</svg>", ""])


def bar(scale, y, colour, value, target):
    start, end = sorted((scale.place(1), scale.place(value)))
    after = max(end, scale.place(target or 1)) + 6
    parts = [rectangle(start, y, end - start, BAR - 1, colour), text(after, y + BAR - 2, f"{value:.2f}")]
    if target:
        parts.append(line(scale.place(target), y - 1, y + BAR, "#000", 2))
    return parts
