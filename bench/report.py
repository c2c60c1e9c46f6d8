# SPDX-License-Identifier: Apache-2.0
"""Medians, ratios, the verdict on each bar, the table and the JSON."""

import json
import os
import statistics

NUMBERS = {  # metric: (heading, format)
    "rate": ("rate", "{:,.0f}"), "p50": ("p50 ms", "{:.2f}"), "p99": ("p99 ms", "{:.2f}"),
    "cpu": ("CPU", "{:.3g}"), "rss": ("RSS MB", "{:.1f}"), "ms": ("ms", "{:.1f}"),
    "cores": ("cores", "{:.4f}"), "left": ("left", "{:.0f}"), "lost": ("lost", "{:.0f}"), "ratio": ("ratio", "{:.2f}"),
    "kept": ("rate kept", "{:.2f}"),
}


def median_of(rounds, server, metric):
    values = [r[server][metric] for r in rounds if metric in r.get(server, {})]
    return statistics.median(values) if values else None


def spread(rounds, server):
    """{metric: {median, min, max}} of one server over the rounds of a row."""
    found = {}
    for metric, value in rounds[0].get(server, {}).items():
        if isinstance(value, (int, float)):
            values = [r[server][metric] for r in rounds]
            found[metric] = {"median": statistics.median(values), "min": min(values),
                             "max": max(values)}
    return found


def pairwise(rounds, metric, peer):
    """Median over the rounds of wharf's value divided by the peer's of the same round."""
    ratios = [r["wharf"][metric] / r[peer][metric] for r in rounds
              if metric in r.get("wharf", {}) and r.get(peer, {}).get(metric)]
    return statistics.median(ratios) if ratios else None


def judge(row, rounds):
    """The bars of a row with their values; value None when it could not be measured."""
    verdicts = []
    for bar in row.bars:
        value = (pairwise(rounds, bar.metric, bar.against) if bar.against
                 else median_of(rounds, "wharf", bar.metric))
        verdicts.append({"metric": bar.metric, "against": bar.against, "op": bar.op,
                         "limit": bar.limit, "value": value,
                         "met": None if value is None else bar.met(value)})
    return verdicts


def row_result(row, rounds):
    servers = [name for name in row.servers if name in rounds[0]]
    ratios = {}
    for peer in servers:
        if peer != "wharf" and "wharf" in servers:
            ratios[peer] = {metric: pairwise(rounds, metric, peer)
                            for metric in ("rate", "cpu", "p50", "p99", "rss", "ms")
                            if metric in rounds[0]["wharf"]}
    return {"id": row.id, "title": row.title, "rate_unit": row.rate_unit, "cpu_unit": row.cpu_unit,
            "servers": {name: spread(rounds, name) for name in servers}, "ratios": ratios,
            "bars": judge(row, rounds), "rounds": rounds}


def cell(row, metric, values):
    if metric not in values:
        return ""
    text = NUMBERS[metric][1].format(values[metric]["median"])
    if metric == "rate":
        low, high = values[metric]["min"], values[metric]["max"]
        form = NUMBERS[metric][1] if high >= 100 else "{:.1f}"
        text = form.format(values[metric]["median"])
        return f"{text} {row['rate_unit']} [{form.format(low)}-{form.format(high)}]"
    return f"{text} {row['cpu_unit']}" if metric == "cpu" else text


def bar_text(bar):
    name = NUMBERS[bar["metric"]][0]
    subject = f"{name} / {bar['against']}" if bar["against"] else name
    if bar["value"] is None:
        return f"{subject} {bar['op']} {bar['limit']:g}: not measured"
    verdict = "met" if bar["met"] else "MISSED"
    return f"{subject} = {bar['value']:.3g} (bar {bar['op']} {bar['limit']:g}): {verdict}"


def print_row(row, out=print):
    out(f"\n{row['title']}")
    for name, values in row["servers"].items():
        parts = []
        for metric, (heading, _) in NUMBERS.items():
            text = cell(row, metric, values)
            if text:
                parts.append(text if metric == "rate" else f"{heading} {text}")
        notes = {r[name]["note"] for r in row["rounds"] if r[name].get("note")}
        out(f"  {name:<9}" + "  ".join(parts + sorted(notes)))
    for bar in row["bars"]:
        out(f"     bar   {bar_text(bar)}")
    busy = max((r[name].get("other_cores", 0) + r[name].get("steal_cores", 0)
                for r in row["rounds"] for name in row["servers"]), default=0)
    if busy > 0.2:
        out(f"     note  others used up to {busy:.1f} cores meanwhile")


def summary(rows):
    bars = [bar for row in rows for bar in row["bars"]]
    met = sum(1 for bar in bars if bar["met"])
    missed = [f"{row['id']}: {bar_text(bar)}" for row in rows for bar in row["bars"]
              if bar["met"] is False]
    unknown = sum(1 for bar in bars if bar["met"] is None)
    lines = [f"{met} bars met, {len(missed)} missed, {unknown} not measured"]
    return "\n".join(lines + ["  " + line for line in missed])


def write(path, document):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "w") as file:
        json.dump(document, file, indent=1)
        file.write("\n")
    os.rename(path + ".new", path)
