#!/usr/bin/env python3
"""Makes the plot and the table of docs/histograms.md from docs/histograms.csv, which the benchmark "forms" writes.

plot-forms.py          writes both
plot-forms.py --check  says whether both are up to date
"""
import csv
import math
import pathlib
import statistics
import sys

DOCS = pathlib.Path(__file__).resolve().parent.parent / "docs"
BEGIN, END = "<!-- figures: made by build/plot-forms.py -->", "<!-- end of figures -->"

SIZES = (100, 1_000, 10_000, 100_000)
# A quantile needs some values beyond it before its error means anything.
QUANTILES = {"p50": 1_000, "p95": 1_000, "p99": 1_000, "p999": 10_000}
AGGREGATIONS = {
    "exponential, 320": "square",
    "exponential, 160": "circle",
    "explicit, chosen bounds": "triangle",
    "explicit, default bounds": "cross",
    "none": "diamond",
}
FORMS = {
    ("Distribution", "DatadogAgent"): "#3b82d0",
    ("Histogram", "DatadogAgent"): None,
    ("Timing", "StatsDGraphite"): "#d98a00",
    ("Histogram", "Telegraf"): "#a45fc8",
    ("Summary", "Telegraf"): "#1f9d72",
    ("Buckets", "PrometheusStatsdExporter"): "#c8508c",
    ("Raw one a line", "DatadogAgent"): "#d2553a",
    ("Raw packed", "DatadogAgent"): "#8a7a5c",
    ("Streamed", "DatadogAgent"): "#6d83a0",
}
NAMES = {
    ("Distribution", "DatadogAgent"): "Distribution",
    ("Histogram", "DatadogAgent"): "Histogram, Timing (Agent)",
    ("Timing", "StatsDGraphite"): "Timing (StatsD)",
    ("Histogram", "Telegraf"): "Histogram, one value a line (Telegraf)",
    ("Summary", "Telegraf"): "Summary",
    ("Buckets", "PrometheusStatsdExporter"): "Buckets",
    ("Raw one a line", "DatadogAgent"): "raw, one value a line",
    ("Raw packed", "DatadogAgent"): "raw, packets full of values",
    ("Streamed", "DatadogAgent"): "streamed, evenly over 10 s",
}


def read():
    """All rows, by form and aggregation."""
    groups = {(form, aggregation): [] for form in FORMS for aggregation in AGGREGATIONS}
    with open(DOCS / "histograms.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            groups[(row["form"], row["receiver"]), row["aggregation"]].append(row)
    return {key: rows for key, rows in groups.items() if rows}


def of_size(rows, size):
    return [row for row in rows if int(row["values"]) == size]


def mean(rows, column):
    return statistics.fmean(float(row[column]) for row in rows)


def errors(rows, names):
    """What is typical, the median over all data and columns; and the worst."""
    typical = statistics.median(float(row[f"{name}_typical"]) for row in rows for name in names)
    return typical, max(float(row[f"{name}_worst"]) for row in rows for name in names)


def percent(share):
    if share < 0.0005:
        return "0"
    return f"{share * 100:.1f} %" if share < 0.1 else f"{share * 100:.0f} %" if share < 10 else f"×{share + 1:.0f}"


# The table


def table(groups):
    head = ["form", "aggregation", *(f"{size:,}" for size in SIZES), "lines", "packets", "p50", "p95", "p99", "p99.9", "mean"]
    lines = [f"| {' | '.join(head)} |", "| --- | --- |" + " --: |" * (len(head) - 2)]
    for (form, aggregation), rows in groups.items():
        usual = of_size(rows, 10_000)
        cells = [NAMES[form], aggregation if aggregation != "none" else "–"]
        cells += [f"{mean(of_size(rows, size), 'bytes'):,.0f}" for size in SIZES]
        cells += [f"{mean(usual, 'lines'):,.0f}", f"{mean(usual, 'packets'):,.0f}"]
        for name, least in QUANTILES.items():
            typical, worst = errors([row for row in rows if int(row["values"]) >= least], [name])
            cells.append(f"{percent(typical)}, {percent(worst)}")
        typical, worst = errors([row for row in rows if int(row["values"]) >= 1_000], ["sum"])
        cells.append("exact" if worst < 1e-5 else f"{percent(typical)}, {percent(worst)}")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


# The plot

PANEL_WIDTH, PANEL_HEIGHT, LEFT, TOP, GAP = 400, 330, 62, 34, 26
X_RANGE, Y_RANGE = (300, 2e7), (0.004, 1.5)
LEGEND_TOP = TOP + PANEL_HEIGHT + 62


def scaled(value, bounds, length):
    low, high = map(math.log10, bounds)
    return (math.log10(min(max(value, bounds[0]), bounds[1])) - low) / (high - low) * length


def marker(shape, x, y, colour):
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>'
    if shape == "square":
        return f'<rect x="{x - 4.5:.1f}" y="{y - 4.5:.1f}" width="9" height="9" fill="{colour}"/>'
    if shape == "triangle":
        return f'<path d="M{x:.1f} {y - 5.5:.1f}l5.5 10h-11z" fill="{colour}"/>'
    if shape == "diamond":
        return f'<path d="M{x:.1f} {y - 6.5:.1f}l6.5 6.5-6.5 6.5-6.5-6.5z" fill="{colour}"/>'
    return f'<path d="M{x - 4.5:.1f} {y - 4.5:.1f}l9 9m0-9l-9 9" stroke="{colour}" stroke-width="2.6" fill="none"/>'


def text(x, y, content, css="", anchor="start", more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{css}" text-anchor="{anchor}"{more}>{content}</text>'


def panel(groups, size, left, shows_y):
    out = [f'<rect class="frame" x="{left}" y="{TOP}" width="{PANEL_WIDTH}" height="{PANEL_HEIGHT}"/>']
    out.append(text(left + PANEL_WIDTH / 2, TOP - 12, f"{size:,} values a histogram and interval", "title", "middle"))
    bottom = TOP + PANEL_HEIGHT
    for value, name in ((1e3, "1 kB"), (1e4, "10 kB"), (1e5, "100 kB"), (1e6, "1 MB"), (1e7, "10 MB")):
        x = left + scaled(value, X_RANGE, PANEL_WIDTH)
        out.append(f'<path class="grid" d="M{x:.1f} {TOP}v{PANEL_HEIGHT}"/>')
        out.append(text(x, bottom + 17, name, "", "middle"))
    for value in (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1):
        y = bottom - scaled(value, Y_RANGE, PANEL_HEIGHT)
        out.append(f'<path class="grid" d="M{left} {y:.1f}h{PANEL_WIDTH}"/>')
        if shows_y:
            out.append(text(left - 7, y + 4, f"{value * 100:g} %", "", "end"))
    out.append(text(left + PANEL_WIDTH / 2, bottom + 37, "bytes on the wire, per histogram and interval", "", "middle"))
    for (form, aggregation), rows in groups.items():
        colour = FORMS[form]
        if colour is None:
            continue
        rows = of_size(rows, size)
        typical, worst = errors(rows, ["p50", "p95", "p99"])
        x = left + scaled(mean(rows, "bytes"), X_RANGE, PANEL_WIDTH)
        y, end = (bottom - scaled(error, Y_RANGE, PANEL_HEIGHT) for error in (worst, typical))
        out.append(f'<path d="M{x:.1f} {y:.1f}V{end:.1f}m-3 0h6" stroke="{colour}" stroke-opacity=".55" stroke-width="1.4" fill="none"/>')
        out.append(marker(AGGREGATIONS[aggregation], x, y, colour))
    return out


def plot(groups):
    width = LEFT + 2 * PANEL_WIDTH + GAP + 14
    forms = [(NAMES[form], colour) for form, colour in FORMS.items() if colour is not None]
    rows = math.ceil(len(forms) / 3)
    height = LEGEND_TOP + rows * 20 + 48
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img">',
        "<title>Error of quantiles against bytes on the wire, by form of histogram</title>",
        "<style>text{font:12px system-ui,sans-serif;fill:#7d8590}.title{font-weight:600;font-size:13px}"
        ".frame{fill:none;stroke:#7d8590;stroke-opacity:.6}.grid{stroke:#7d8590;stroke-opacity:.22}</style>",
    ]
    out += panel(groups, 1_000, LEFT, True)
    out += panel(groups, 100_000, LEFT + PANEL_WIDTH + GAP, False)
    middle = TOP + PANEL_HEIGHT / 2
    out.append(text(14, middle, "relative error of p50, p95 and p99", "", "middle", f' transform="rotate(-90 14 {middle:.1f})"'))
    for i, (name, colour) in enumerate(forms):
        x, y = LEFT + (i // rows) * 285, LEGEND_TOP + (i % rows) * 20
        out.append(f'<rect x="{x}" y="{y - 9}" width="16" height="10" rx="2" fill="{colour}"/>')
        out.append(text(x + 23, y, name))
    y = LEGEND_TOP + rows * 20 + 8
    x = LEFT
    for name, shape in AGGREGATIONS.items():
        out.append(marker(shape, x + 7, y - 4, "#7d8590"))
        name = "not aggregated" if name == "none" else name
        out.append(text(x + 20, y, name))
        x += 44 + 6.6 * len(name)
    out.append(text(LEFT, y + 24, "Marker: the worst of five distributions and ten intervals. Foot of its line: the typical error, or the edge of the plot if that is less."))
    out.append("</svg>")
    return "\n".join(out) + "\n"


def main():
    groups = read()
    page, picture = DOCS / "histograms.md", DOCS / "histograms.svg"
    written = page.read_text(encoding="utf-8")
    before, _, rest = written.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        sys.exit(f"{page} has no place for the table, between '{BEGIN}' and '{END}'")
    made = {page: f"{before}{BEGIN}\n\n{table(groups)}\n\n{END}{after}", picture: plot(groups)}
    if sys.argv[1:] == ["--check"]:
        stale = [path.name for path, content in made.items() if not path.exists() or path.read_text(encoding="utf-8") != content]
        if stale:
            sys.exit(f"not what build/plot-forms.py makes of docs/histograms.csv: {', '.join(stale)}")
        print("docs: table and plot are what build/plot-forms.py makes of docs/histograms.csv")
    elif sys.argv[1:]:
        sys.exit(__doc__)
    else:
        for path, content in made.items():
            path.write_text(content, encoding="utf-8")


main()
