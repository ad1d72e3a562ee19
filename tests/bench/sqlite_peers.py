"""SQLite on the same agreements and the same questions, the ways one would reach for first.

ROWS is a tab-separated file with a header; the column `id` is the key, `text` what is searched
(company, e-mail and ids, joined), the others are fields to filter by. QUESTIONS has one question a
line: a kind, a tab, and its argument:

  search  TERM            the first 50 rows by id with TERM anywhere in `text`, and the exact count
  filter  FIELD=VALUE     the first 50 rows by id with that value, and the exact count
  jump    POSITION        50 rows from that position in the order of id

Prints one line per measurement: approach, question, nanoseconds, and how many rows match (for a
jump: how many came), separated by tabs.

Usage: sqlite_peers.py ROWS QUESTIONS [ROUNDS]
"""

import csv
import os
import sqlite3
import sys
import tempfile
import time

PAGE = 50
ROUNDS = 20
# FTS5's trigram tokenizer finds nothing shorter.
TRIGRAM_MIN = 3


def main(rows, questions, rounds):
    """Measures every approach that can answer, on every question."""
    with tempfile.TemporaryDirectory(prefix="bindery-bench-") as folder:
        database = sqlite3.connect(os.path.join(folder, "peers.db"))
        fields = load(database, rows)
        with open(questions, encoding="utf-8") as lines:
            for line in lines:
                kind, argument = line.rstrip("\n").split("\t", 1)
                for approach, statements, parameters in approaches(kind, argument, fields):
                    question = f"{kind} {argument}"
                    measure(database, approach, question, statements, parameters, rounds)


def load(database, path):
    """Fills a plain table, an index per field and a trigram index. Returns the fields' names."""
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        header = next(reader)
        columns = ", ".join(f'"{name}" TEXT' for name in header)
        database.execute(f'CREATE TABLE agreement ({columns}, PRIMARY KEY ("id")) WITHOUT ROWID')
        places = ", ".join("?" * len(header))
        database.executemany(f"INSERT INTO agreement VALUES ({places})", reader)
    # The same without indexes: SQLite ignores NOT INDEXED where there is no row number.
    database.execute(f'CREATE TABLE bare ({columns}, PRIMARY KEY ("id")) WITHOUT ROWID')
    database.execute("INSERT INTO bare SELECT * FROM agreement ORDER BY id")
    database.execute(
        "CREATE VIRTUAL TABLE words USING fts5(id UNINDEXED, text, tokenize = 'trigram')"
    )
    # In this order the row numbers, which FTS5 sorts by without effort, sort like the ids.
    database.execute("INSERT INTO words SELECT id, text FROM agreement ORDER BY id")
    fields = [name for name in header if name not in ("id", "text")]
    for field in fields:
        database.execute(f'CREATE INDEX "by_{field}" ON agreement ("{field}", id)')
    database.commit()
    database.execute("ANALYZE")
    return fields


def approaches(kind, argument, fields):
    """The ways to answer a question: a name, the statements, and their parameters."""
    if kind == "search":
        like = f"%{argument}%"
        yield "SQLite, LIKE", both("agreement", "text LIKE ?"), [like]
        if TRIGRAM_MIN <= len(argument):
            quoted = '"' + argument.replace('"', '""') + '"'
            yield "SQLite, FTS5 trigram", both("words", "words MATCH ?", "rowid"), [quoted]
    elif kind == "filter":
        field, value = argument.split("=", 1)
        if field not in fields:
            sys.exit(f"there is no field {field}, only {', '.join(fields)}")
        yield "SQLite, indexed", both("agreement", f'"{field}" = ?'), [value]
        yield "SQLite, not indexed", both("bare", f'"{field}" = ?'), [value]
    elif kind == "jump":
        statement = f"SELECT * FROM agreement ORDER BY id LIMIT {PAGE} OFFSET ?"
        yield "SQLite, OFFSET", [statement], [int(argument)]
    else:
        sys.exit(f"there is no question of the kind {kind}")


def both(table, condition, order="id"):
    """The first page and the exact count."""
    return [
        f"SELECT * FROM {table} WHERE {condition} ORDER BY {order} LIMIT {PAGE}",
        f"SELECT count(*) FROM {table} WHERE {condition}",
    ]


def measure(database, approach, question, statements, parameters, rounds):
    """Answers the question many times and prints how long each took."""
    for round_number in range(rounds + 1):
        started = time.perf_counter_ns()
        for statement in statements:
            rows = database.execute(statement, parameters).fetchall()
        took = time.perf_counter_ns() - started
        # The last statement counts, if there is more than one.
        matched = rows[0][0] if 1 < len(statements) else len(rows)
        # The first fills the page cache.
        if 0 < round_number:
            print(approach, question, took, matched, sep="\t")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) == 4 else ROUNDS)
