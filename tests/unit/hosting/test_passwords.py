from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from runfold.hosting.passwords import AT_A_TIME, PasswordChecker, hash_password, is_password

PASSWORD = "correct horse bättery"


def test_a_password_fits_what_was_stored_of_it_and_nothing_else_does() -> None:
    stored = hash_password(PASSWORD)
    assert is_password(PASSWORD, stored)
    assert not is_password(PASSWORD + " ", stored)
    assert PASSWORD not in stored
    assert hash_password(PASSWORD) != stored


@pytest.mark.parametrize("password", ["", PASSWORD, "\ud800"])
def test_nothing_fits_where_nothing_is_stored(password: str) -> None:
    assert not is_password(password, "")


def test_a_right_password_is_worked_for_once_and_a_wrong_one_each_time() -> None:
    checker, stored = PasswordChecker(), hash_password(PASSWORD)

    def takes_s(password: str) -> float:
        began = time.process_time()
        assert checker.is_right(password, stored) is (password == PASSWORD)
        return time.process_time() - began

    first, again = takes_s(PASSWORD), takes_s(PASSWORD)
    wrong, wrong_again = takes_s("wrong"), takes_s("wrong")
    assert again < first / 5
    assert again < min(wrong, wrong_again) / 5


def test_what_is_remembered_of_an_old_password_is_worth_nothing_for_a_new_one() -> None:
    checker = PasswordChecker()
    assert checker.is_right(PASSWORD, hash_password(PASSWORD))
    assert not checker.is_right(PASSWORD, hash_password(PASSWORD + "!"))
    assert not checker.is_right(PASSWORD, "")


def test_a_flood_of_passwords_takes_the_memory_of_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    lock, at_once, most = threading.Lock(), 0, 0
    is_full = threading.Event()

    class Counted:
        def __init__(self, **parameters: Any) -> None:
            self._function = Argon2id(**parameters)

        def derive(self, key_material: bytes) -> bytes:
            nonlocal at_once, most
            with lock:
                at_once += 1
                most = max(most, at_once)
                if at_once == AT_A_TIME:
                    is_full.set()
            is_full.wait(30)  # so that as many are there as are let in
            derived = self._function.derive(key_material)
            with lock:
                at_once -= 1
            return derived

    monkeypatch.setattr("cryptography.hazmat.primitives.kdf.argon2.Argon2id", Counted)
    with ThreadPoolExecutor(6 * AT_A_TIME) as strangers:
        assert not any(strangers.map(is_password, ["guess"] * 6 * AT_A_TIME, [""] * 6 * AT_A_TIME))
    assert most == AT_A_TIME
