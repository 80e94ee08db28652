#!/usr/bin/env python3
"""draw.py CORPUS_DIR > render.txt: the text of the pages that were rendered for more pairs; see README.md.

CORPUS_DIR holds admin.txt, legal.txt, wiki.txt and news.txt, decompressed. Blocks of ten lines are drawn from them; eight
stretches that were kept for measuring are left out.
"""
import random, sys

HELD = [("admin", 3000), ("admin", 12000), ("admin", 28000), ("admin", 38000),
        ("legal", 555000), ("wiki", 100000), ("wiki", 250000), ("news", 700000)]
BLOCKS = [("admin", 500), ("legal", 300), ("wiki", 300), ("news", 300)]

lines = {name: open(f"{sys.argv[1]}/{name}.txt", encoding="utf-8").read().split("\n") for name, _ in BLOCKS}
held = {name: set() for name in lines}
for name, at in HELD:
    size = 0
    while size < 14000:
        size += len(lines[name][at]) if len(lines[name][at]) > 30 else 0
        held[name].add(at)
        at += 1
chance = random.Random(7)
blocks = []
for name, number in BLOCKS:
    for _ in range(number):
        at = chance.randrange(len(lines[name]) - 12)
        if not any(i in held[name] for i in range(at, at + 12)):
            blocks.append("\n".join(line for line in lines[name][at:at + 10] if len(line) > 20))
chance.shuffle(blocks)
print("\n".join(blocks))
