"""Why a roster file is refused; pages say each in the reader's language."""

from routing.sentence import Sentence, cut, sentence

SENTENCES = {
    "in_row": "Row {row}: {what}",
    "columns": "The first row must name the columns {columns}; missing: {missing}.",
    "unknown_column": "Unknown column: {columns}. Take it out of the file.",
    "column_twice": "The first row names a column twice.",
    "nobody": "The file has no people in it. Write one row for each, below the column names.",
    "cells": "it does not have {cells} cells. Put quotes around cells with commas in them.",
    "no_name": "the name is missing.",
    "no_address": '"{given}" is not an e-mail address.',
    "no_role": '"{given}" is not a role. Write {roles}.',
    "no_phone": '"{given}" is not a phone number. Write it like +16175550123.',
    "phone_missing": "the phone is missing: a counselor needs one to be rung.",
    "no_zone": '"{given}" is not a time zone. Write one like America/New_York.',
    "no_languages": 'the languages are missing. Write them, for example, "English, Spanish".',
    "no_language": (
        '"{given}" is not a language known here. Write its name in English or Spanish, or its code: '
        '"English, Vietnamese" or "en vi".'
    ),
    "no_skill": '"{given}" is not a skill. Write, for example, "Veterans, Dual diagnosis, fentanyl".',
    "address_twice": "the e-mail address is also in row {other}.",
    "phone_twice": "the phone is also in row {other}.",
    "last_admin": (
        "this is the last admin who can sign in. Leave the role admin, or make somebody else an admin first."
    ),
    "phone_taken": (
        "the phone already belongs to somebody who is not in this file. Add their row with their new phone, "
        "or give this person another one."
    ),
}


def wrong(code: str, /, **values: object) -> Sentence:
    """One of the sentences above with its values, cut to what a page can show. KeyError: no such code, a bug."""
    return sentence(f"roster_wrong.{code}", SENTENCES[code], cut(values, 200))


def in_row(row: int, what: Sentence) -> Sentence:
    """What is wrong in one row of the spreadsheet, the header being row 1."""
    return wrong("in_row", row=row, what=what)
