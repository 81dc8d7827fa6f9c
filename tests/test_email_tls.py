"""Mail servers that encrypt, and that let nobody send who has not signed in."""

import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from app import email
from app.extensions import queue
from tests.cast import Cast, Visitor
from tests.servers import post_office
from tests.servers.post_office import PostOffice
from tests.test_email import ADDRESS, forget, owed, sweep, work


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of a mail server, which no authority knows."""
    return post_office.certificate(tmp_path_factory.mktemp("certificate"))


def test_connection_is_encrypted_and_signed_in_to(
    certificate: Path, mails_to: Callable[..., None], cast: Cast, stranger: Visitor
) -> None:
    office = PostOffice(certificate, auth=True).open()
    try:
        mails_to(**office.settings(MAIL_CA_FILE=str(certificate)))
        mails_to(MAIL_USERNAME=post_office.USER, MAIL_PASSWORD=post_office.PASSWORD)
        cast.member("바다", email=ADDRESS)
        forget(stranger)
        work(cast.app)
    finally:
        office.close()
    assert [(letter.encrypted, letter.user) for letter in office.letters] == [(True, post_office.USER)]


def test_connection_is_encrypted_from_its_beginning(
    certificate: Path, mails_to: Callable[..., None], cast: Cast, stranger: Visitor
) -> None:
    office = PostOffice(certificate, tls=True).open()
    try:
        mails_to(**office.settings(MAIL_CA_FILE=str(certificate)))
        cast.member("바다", email=ADDRESS)
        forget(stranger)
        work(cast.app)
    finally:
        office.close()
    assert [letter.encrypted for letter in office.letters] == [True]


@pytest.mark.parametrize("tls", [True, False], ids=["from the beginning", "after STARTTLS"])
def test_server_that_nobody_vouches_for_gets_no_letter(
    certificate: Path, mails_to: Callable[..., None], cast: Cast, stranger: Visitor, tls: bool
) -> None:
    office = PostOffice(certificate, tls=tls).open()
    try:
        mails_to(**office.settings())
        cast.member("바다", email=ADDRESS)
        forget(stranger)
        work(cast.app)
    finally:
        office.close()
    assert office.letters == [] and owed(cast.app) == [1]


def test_server_that_does_not_encrypt_gets_no_letter(
    office: PostOffice, mails_to: Callable[..., None], cast: Cast, stranger: Visitor
) -> None:
    mails_to(**office.settings(MAIL_STARTTLS=True))
    cast.member("바다", email=ADDRESS)
    forget(stranger)
    work(cast.app)
    assert office.letters == [] and owed(cast.app) == [1]


def test_wrong_password_loses_no_letter(
    certificate: Path, mails_to: Callable[..., None], cast: Cast, stranger: Visitor
) -> None:
    office = PostOffice(certificate, auth=True).open()
    try:
        mails_to(**office.settings(MAIL_CA_FILE=str(certificate)))
        mails_to(MAIL_USERNAME=post_office.USER, MAIL_PASSWORD="틀린 비밀번호")
        cast.member("바다", email=ADDRESS)
        forget(stranger)
        work(cast.app)
        assert owed(cast.app) == [1]
        mails_to(MAIL_PASSWORD="wrong")
        queue.note_down(email.SERVICE, 0)
        sweep(cast.app)
        assert owed(cast.app) == [2]
        mails_to(MAIL_PASSWORD=post_office.PASSWORD)
        queue.note_down(email.SERVICE, 0)
        sweep(cast.app)
    finally:
        office.close()
    assert len(office.letters) == 1 and owed(cast.app) == []


def test_certificate_of_the_tests_is_one_that_programs_trust(certificate: Path) -> None:
    assert ssl.create_default_context(cafile=str(certificate)).cert_store_stats()["x509_ca"] == 1
