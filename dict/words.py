#!/usr/bin/env python3
"""words.py TABLE... > scanners.tsv

Makes a list of words, as they were meant and as they were read, of tables of lines: document, line read, line meant, parted by
tabs. The words of a line are paired by a cheapest alignment; what was cut in two or glued is left out, and so are numbers.
"""
import sys
from collections import Counter

EDGES = ".,;:()[]\"'“”‘’-–…/"


def distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        corner, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            corner, row[j] = row[j], min(corner + (x != y), row[j] + 1, row[j - 1] + 1)
    return row[-1]


def part(a, b):
    return distance(a.lower(), b.lower()) / max(len(a), len(b), 1)


def align(gold, read):
    """Pairs one word with one, one with two, two with one, or one with none."""
    best = {(0, 0): (0.0, None)}
    for i in range(len(gold) + 1):
        for j in range(len(read) + 1):
            if (i, j) not in best:
                continue
            here = best[i, j][0]
            for di, dj, toll in ((1, 1, 0.0), (1, 2, 0.4), (2, 1, 0.4), (1, 0, 0.9), (0, 1, 0.9)):
                if i + di > len(gold) or j + dj > len(read):
                    continue
                cost = toll + (part("".join(gold[i:i + di]), "".join(read[j:j + dj])) if di and dj else 0.0)
                if here + cost < best.get((i + di, j + dj), (1e9,))[0]:
                    best[i + di, j + dj] = (here + cost, (i, j))
    at = (len(gold), len(read))
    while best[at][1]:
        before = best[at][1]
        if at[0] - before[0] == 1 and at[1] - before[1] == 1:
            yield gold[before[0]], read[before[1]]
        at = before


def bare(gold, read):
    """Both without the signs that they begin and end with alike."""
    while gold and read and gold[0] == read[0] and gold[0] in EDGES:
        gold, read = gold[1:], read[1:]
    while gold and read and gold[-1] == read[-1] and gold[-1] in EDGES:
        gold, read = gold[:-1], read[:-1]
    return gold.rstrip(EDGES), read


words = Counter()
for table in sys.argv[1:]:
    for line in open(table, encoding="utf-8"):
        cells = line.rstrip("\n").split("\t")
        if len(cells) == 3:
            for gold, read in align(cells[2].split(), cells[1].split()):
                gold, read = bare(gold, read)
                if gold and read and not any(c.isdigit() for c in gold):
                    words[gold, read] += 1
print("gold", "ocr", "count", sep="\t")
for (gold, read), count in sorted(words.items()):
    print(gold, read, count, sep="\t")
