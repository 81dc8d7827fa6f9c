"""Makes an empty database on a PostgreSQL server: ``python .ci/database.py [--drop] URL NAME`` prints its address."""

import sys

import psycopg
from psycopg import sql
from sqlalchemy import make_url


def main(server: str, name: str, drop: bool) -> None:
    """Removes the database of that name, and makes it anew unless it is only to be removed."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        if not drop:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            print(make_url(server).set(database=name).render_as_string(hide_password=False))


if __name__ == "__main__":
    asked = [argument for argument in sys.argv[1:] if argument != "--drop"]
    main(asked[0], asked[1], "--drop" in sys.argv)
