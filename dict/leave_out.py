#!/usr/bin/env python3
"""leave_out.py TABLE PHUCDAU PAIRS...: how well documents of scanners are restored by models that were not taught them.

TABLE has lines as words.py reads them, documents named SOURCE/DOCUMENT. The documents of each source are restored by a model
whose channel was learnt from those of the others, ten times, and from PAIRS.
"""
import json, os, subprocess, sys, tempfile
from collections import defaultdict

table, phucdau, *pairs = sys.argv[1:]
here = os.path.dirname(os.path.abspath(__file__))
sources = defaultdict(lambda: defaultdict(list))
for line in open(table, encoding="utf-8"):
    document, read, meant = line.rstrip("\n").split("\t")
    sources[document.split("/")[0]][document.replace("/", "_")].append((read, meant))

words = wrong = before = 0
with tempfile.TemporaryDirectory() as folder:
    at = lambda name: os.path.join(folder, name)
    for source, documents in sources.items():
        with open(at("others.tsv"), "w", encoding="utf-8") as others:
            others.writelines(f"{name}\t{read}\t{meant}\n" for other, named in sources.items() if other != source
                              for name, lines in named.items() for read, meant in lines)
        with open(at("words.tsv"), "w", encoding="utf-8") as out:
            subprocess.run([sys.executable, os.path.join(here, "words.py"), at("others.tsv")], stdout=out, check=True)
        subprocess.run([phucdau, "train", "--base", os.path.join(here, "vietnamese.phucdau"), "--scanner", at("words.tsv:10"),
                        *pairs, "--overwrite", "-o", at("model")], stderr=subprocess.DEVNULL, check=True)
        os.makedirs(at(source))
        for name, lines in documents.items():
            for kind, column in ("ocr", 0), ("gold", 1):
                with open(at(f"{source}/{name}.{kind}.txt"), "w", encoding="utf-8") as out:
                    out.writelines(line[column] + "\n" for line in lines)
        figures = subprocess.run([phucdau, "eval", at(f"{source}/*.gold.txt"), at(f"{source}/*.ocr.txt"), "--json",
                                  "--model", at("model")], capture_output=True, text=True, check=True).stdout
        figures = json.loads(figures.splitlines()[0])
        print(f"{source}: {figures['words']} words, wrong {figures['wer_source']:.4f} -> {figures['wer']:.4f}")
        words += figures["words"]
        wrong += figures["words"] * figures["wer"]
        before += figures["words"] * figures["wer_source"]
print(f"all: {words} words, wrong {before / words:.4f} -> {wrong / words:.4f}")
