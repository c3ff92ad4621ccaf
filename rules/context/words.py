#!/usr/bin/env python3
"""Counts the words of source trees and writes the commonest, one a line: the word list of the token model.

usage: words.py TREE… > words.txt

The list in the project was counted over Python's and Go's standard libraries and Debian's /usr/share/doc (identifiers,
comments and texts), a file counting a word once, so that no single file can bring one in. Names of default accounts
and keyboard rows follow, which no library has and every password list does.
"""

import collections
import os
import re
import sys

MANY = 2400
FEW = 260
WORD = re.compile(r"[A-Z]?[a-z]{2,12}|[A-Z]{3,12}")
TEXT = (".py", ".go", ".c", ".h", ".js", ".ts", ".txt", ".md", ".rst", ".html", ".json", ".yaml", "README", "copyright")
EXTRA = """
    admin administrator asdf azerty changeme default demo docker dragon example foobar grafana guest hunter iloveyou
    jenkins kafka letmein login mariadb master minio mongo mysql nginx oracle pass passphrase passwd password postgres
    pwd qaz qwe qwerty rabbitmq redis root scott secret secure service sample summer superuser sysadmin test tiger token tomcat
    user vagrant wachtwoord wsx welcome winter wordpress zaq passwort
""".split()


def main():
    counts = collections.Counter()
    for tree in sys.argv[1:]:
        for folder, folders, files in os.walk(tree):
            folders[:] = [folder for folder in folders if folder != "site-packages"]
            for name in files:
                if name.endswith(TEXT):
                    with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                        text = file.read(1 << 20)
                    counts.update({word.lower() for word in WORD.findall(text)})
    # Three letters stand by chance in every random value, so only the commonest of them count as a word, and none
    # that hexadecimal literals made.
    long = [word for word, _ in counts.most_common() if len(word) > 3][:MANY]
    short = [word for word, _ in counts.most_common() if len(word) == 3 and not set(word) <= set("abcdefx")][:FEW]
    print("\n".join(sorted({*long, *short, *EXTRA})))


main()
