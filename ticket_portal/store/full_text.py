"""The full text index beside `searchentry`: what each kind of database needs for it.

Both keep it by themselves, in the transaction that changes an entry. The words arrive split and folded
(`store/search.py`), so that both find the same.
"""

from sqlalchemy import DDL, Connection, Table, event, text

# `ascii` splits at spaces and leaves every other letter as it is. Positions and sizes are of no use to us.
SQLITE = (
    """CREATE VIRTUAL TABLE searchtext USING fts5(
        owner, words, content='searchentry', content_rowid='id',
        tokenize='ascii', detail='column', columnsize=0, prefix='1 2 3')""",
    """CREATE TRIGGER searchentry_added AFTER INSERT ON searchentry BEGIN
        INSERT INTO searchtext(rowid, owner, words) VALUES (new.id, new.owner, new.words);
    END""",
    """CREATE TRIGGER searchentry_removed AFTER DELETE ON searchentry BEGIN
        INSERT INTO searchtext(searchtext, rowid, owner, words)
            VALUES ('delete', old.id, old.owner, old.words);
    END""",
    """CREATE TRIGGER searchentry_changed AFTER UPDATE OF owner, words ON searchentry BEGIN
        INSERT INTO searchtext(searchtext, rowid, owner, words)
            VALUES ('delete', old.id, old.owner, old.words);
        INSERT INTO searchtext(rowid, owner, words) VALUES (new.id, new.owner, new.words);
    END""",
    # A guest's ticket may become an account's; what finds it follows.
    """CREATE TRIGGER ticket_owner AFTER UPDATE OF account_id, address ON ticket BEGIN
        UPDATE searchentry SET owner =
            CASE WHEN new.account_id IS NULL THEN 'g' || lower(hex(new.address)) ELSE 'a' || new.account_id END
        WHERE ticket_id = new.id;
    END""",
)
SQLITE_GONE = (
    "DROP TRIGGER IF EXISTS ticket_owner",
    "DROP TABLE searchtext",
)

POSTGRESQL = (
    "CREATE INDEX ix_searchentry_words ON searchentry USING gin (words)",
    """CREATE FUNCTION ticket_owner() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE searchentry SET owner = CASE WHEN new.account_id IS NULL
            THEN 'g' || encode(convert_to(new.address, 'UTF8'), 'hex') ELSE 'a' || new.account_id END
        WHERE ticket_id = new.id;
        RETURN NULL;
    END $$""",
    """CREATE TRIGGER ticket_owner AFTER UPDATE OF account_id, address ON ticket
        FOR EACH ROW EXECUTE FUNCTION ticket_owner()""",
)
POSTGRESQL_GONE = (
    "DROP TRIGGER ticket_owner ON ticket",
    "DROP FUNCTION ticket_owner",
)


def attach(table: Table) -> None:
    """Make the index wherever the table is made."""
    for dialect, statements in (("sqlite", SQLITE), ("postgresql", POSTGRESQL)):
        for statement in statements:
            event.listen(table, "after_create", DDL(statement).execute_if(dialect=dialect))


def create(connection: Connection) -> None:
    """Make the index, in a migration."""
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.execute(text(statement))


def drop(connection: Connection) -> None:
    """Take it away again, before its table."""
    for statement in SQLITE_GONE if connection.dialect.name == "sqlite" else POSTGRESQL_GONE:
        connection.execute(text(statement))


def belongs(kind: str, name: str | None) -> bool:
    """Whether something in a database is a part of the index, of which the tables' description knows nothing."""
    if kind == "table":
        return bool(name) and str(name).startswith("searchtext")
    return kind == "index" and name == "ix_searchentry_words"
