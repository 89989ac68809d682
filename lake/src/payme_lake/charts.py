"""What the lake shows at a glance: volume, success, latency, float and fraud, day by day, as one
page that needs nothing else. It has sums of a day only, and nobody's id.
"""

import xml.etree.ElementTree as xml

from pyspark.sql import Window
from pyspark.sql import functions as F

DAYS = 90
WIDTH, HEIGHT, LEFT, TOP = 760, 180, 90, 20
COLOURS = ("#0b6e4f", "#c8553d", "#3d5a80")
STYLE = "font: 13px sans-serif; max-width: 900px; margin: 2em auto"


def volume(tables):
    def dollars(kind):
        return F.sum(F.when(F.expr(kind), F.col("amount_cents")).otherwise(0)) / 100

    return tables.read("transfers").groupBy("day").agg(
        dollars("kind = 'payment'").alias("paid to shops"),
        dollars("from_type = 'user' and to_type = 'user'").alias("between people"),
        dollars("from_type = 'bank' or to_type = 'bank'").alias("from and to banks"))


def _requests(tables):
    day = F.to_date(F.from_utc_timestamp("created_at", "Asia/Hong_Kong"))
    return tables.read("payment_requests").where("status <> 'open'").withColumn("day", day)


def success(tables):
    share = 100 * F.count_if(F.expr("status = 'paid'")) / F.count("*")
    return _requests(tables).groupBy("day").agg(share.alias("paid, of those that ended"))


def latency(tables):
    seconds = (F.unix_millis("closed_at") - F.unix_millis("created_at")) / 1000
    paid = _requests(tables).where("status = 'paid'").withColumn("seconds", seconds)
    return paid.groupBy("day").agg(
        F.percentile_approx("seconds", 0.5).alias("half of them by"),
        F.percentile_approx("seconds", 0.95).alias("95 % of them by"))


def float_held(tables):
    came = F.expr("case when from_type = 'bank' then amount_cents"
                  " when to_type = 'bank' then -amount_cents else 0 end")
    days = tables.read("transfers").groupBy("day").agg(F.sum(came).alias("came"))
    until = Window.orderBy("day").rowsBetween(Window.unboundedPreceding, 0)
    return days.select("day", (F.sum("came").over(until) / 100).alias("held"))


def fraud(tables):
    return tables.read("person_score").groupBy("day").agg(
        F.count_if("is_alert").alias("above the cut-off"))


# What each is called, with its unit, and the table without which there is none.
CHARTS = {
    "Volume, HK$ a day": (volume, "transfers"),
    "Requests of shops that were paid, %": (success, "payment_requests"),
    "From a request to its payment, seconds": (latency, "payment_requests"),
    "Float: what came from banks less what went to them, HK$": (float_held, "transfers"),
    "Days of people that look like a ring's": (fraud, "person_score"),
}


def figures(tables):
    """Of each chart its last days in order, with a value of each line; none without its table."""
    found = {}
    for title, (figure, source) in CHARTS.items():
        if tables.exists(source):
            rows = figure(tables).orderBy(F.desc("day")).limit(DAYS).collect()
            found[title] = [row.asDict() for row in reversed(rows)]
    return found


def _text(parent, x, y, words, **more):
    place = {name: str(value) for name, value in {"x": x, "y": y, **more}.items()}
    xml.SubElement(parent, "text", place).text = words


def _chart(rows):
    """An SVG of the rows: a line for each value, from 0, or from the least if that is negative."""
    names = [name for name in rows[0] if name != "day"]
    values = [float(row[name]) for row in rows for name in names if row[name] is not None]
    low, high = min(0.0, *values), max(1.0, *values)
    size = f"0 0 {LEFT + WIDTH + 20} {TOP + HEIGHT + 50}"
    svg = xml.Element("svg", {"viewBox": size, "role": "img"})

    def across(number):
        return LEFT + WIDTH * (number + 0.5) / len(rows)

    def down(value):
        return TOP + HEIGHT * (high - value) / (high - low)

    for value in (low, high):
        _text(svg, LEFT - 8, down(value) + 4, f"{value:,.0f}", **{"text-anchor": "end"})
        line = {"x1": LEFT, "x2": LEFT + WIDTH, "y1": down(value), "y2": down(value)}
        xml.SubElement(svg, "line", {k: str(v) for k, v in line.items()} | {"stroke": "#ccc"})
    for place, (name, colour) in enumerate(zip(names, COLOURS)):
        points = [(across(number), down(float(row[name])))
                  for number, row in enumerate(rows) if row[name] is not None]
        xml.SubElement(svg, "polyline", {
            "points": " ".join(f"{x:.1f},{y:.1f}" for x, y in points), "fill": "none",
            "stroke": colour, "stroke-width": "2"})
        for row, (x, y) in zip((row for row in rows if row[name] is not None), points):
            dot = xml.SubElement(svg, "circle", {
                "cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "2.5", "fill": colour})
            xml.SubElement(dot, "title").text = f"{row['day']}: {float(row[name]):,.2f}"
        _text(svg, LEFT + 190 * place, TOP + HEIGHT + 42, name, fill=colour)
    for row, x in ((rows[0], LEFT), (rows[-1], LEFT + WIDTH - 70)):
        _text(svg, x, TOP + HEIGHT + 18, str(row["day"]))
    return svg


def page(found):
    """The charts as a page of HTML."""
    html = xml.Element("html", {"lang": "en"})
    head = xml.SubElement(html, "head")
    xml.SubElement(head, "meta", {"charset": "utf-8"})
    xml.SubElement(head, "title").text = "The wallet, day by day"
    body = xml.SubElement(html, "body", {"style": STYLE})
    xml.SubElement(body, "h1").text = "The wallet, day by day"
    for title, rows in found.items():
        xml.SubElement(body, "h2").text = title
        if rows:
            body.append(_chart(rows))
        else:
            xml.SubElement(body, "p").text = "Nothing yet."
    return "<!doctype html>\n" + xml.tostring(html, encoding="unicode", method="html")
