"""Why a file of the directory is refused, or an import not undone; pages say each in the reader's language."""

from routing.sentence import Sentence, cut, sentence

SENTENCES = {
    "missing": "{path} does not exist. Check the path.",
    "unreadable": "{name} cannot be read: {why}.",
    "empty": "{name} is empty.",
    "old_excel": "{name} is an old or encrypted Excel file. Save it as .xlsx and try again.",
    "no_known_header": "{name} has no known header; against {nearest}, {difference}.",
    "not_utf8": "{name} is not UTF-8 text. Save it as UTF-8 and try again.",
    "csv_not_utf8": "{name} is not UTF-8 text. Save it as CSV UTF-8 and try again.",
    "no_text": "{name} is no text file. Save it as CSV UTF-8 and try again.",
    "csv_broken": "{name} is no complete CSV file ({why}). Export it again.",
    "csv_wide": "{name} has {columns} columns, more than any known directory file.",
    "cells": "{name}, line {line}: {cells} cells where the header has {columns}. Export it again.",
    "unknown_json": "{name} is JSON, but neither of FindTreatment.gov's locator nor HSDS.",
    "json_download": "{name} cannot be taken: {why}. Download it again.",
    "json_export": "{name} cannot be taken: {why}. Export it again.",
    "workbook_closed": "{name} cannot be opened as a workbook: {why}. Download it again.",
    "workbook_broken": "{name} is no complete workbook ({why}). Download it again.",
    "workbook_locked": "{name} is locked by a password. Save it without one and try again.",
    "unpacks": "{name} unpacks to {bytes} bytes, more than a directory has. Check it.",
    "macros": "{name} carries macros. Save it as a plain .xlsx workbook and try again.",
    "formulas": "{name} holds formulas. Save it with values only and try again.",
    "workbook_wide": "{name} has {columns} columns; a SAMHSA directory has {most}.",
    "no_workbook": "{name} is no SAMHSA directory workbook: {difference} in its first row.",
    "only_package": "{package} only says which tables its folder holds. Name the folder instead.",
    "archive_locked": "{name} has a password. Pack it again without one.",
    "no_directory": "{name} holds no directory that is known: no {package} and no HSDS in JSON files.",
    "damaged": "{name} is damaged. Download it again.",
    "no_disk": "{name} cannot be joined on the temporary disk: {why}. Free some space.",
    "package_broken": "{package} is no complete JSON. Export it again.",
    "no_package": "{package} is no description of a data package. Export it again.",
    "tables_missing": "{name} is no whole HSDS package: {tables} is missing.",
    "json_deep": "it is nested too deeply",
    "json_cut": "it ends in the middle or is no JSON",
    "json_no_object": "it holds something that is no object",
    "json_no_list": "it has no list {list}",
    "json_list_no_object": "its list holds something that is no object",
    "json_ends": "it ends in the middle",
    "lacks": "it lacks {missing}",
    "has": "it has {extra}",
    "lacks_and_has": "it lacks {missing} and it has {extra}",
    "order": "its columns stand in another order",
    "column_twice": "a column stands there twice",
    "of_ours": "our plain CSV",
    "of_california": "California's licence list",
    "of_locator": "FindTreatment.gov's CSV of {year}",
    "busy": "Another import of the directory is running. Try again when it is done.",
    "no_row": "{name} has no row that can be taken.",
    "no_row_first": "{name} has no row that can be taken. The first: line {line}, {why}.",
    "retires": (
        "{name} would retire {retired} of {inside} rows in {scope}, more than {cap}. "
        "Check that it is the whole list, or import it again with --confirm-retire."
    ),
    "to_come": "{name} would speak of {day}, which is still to come. Say the right day with --as-of.",
    "scope": "The scope {scope} is not known: say national, list, or state:MA.",
    "not_newest": "Import {id} cannot be undone: only the newest one that changed something can.",
    "not_newest_but": (
        "Import {id} cannot be undone: only the newest one that changed something can. The newest is {newest}."
    ),
    "joins_since": "Import {id} cannot be undone: places were joined or taken apart since. Take the joins back.",
}


class UnreadableFileError(Exception):
    """The file cannot be taken; `why` is one sentence that says so and what to do."""

    def __init__(self, why: Sentence) -> None:
        super().__init__(why)
        self.why = why


def why(code: str, /, **values: object) -> Sentence:
    """One of the sentences above with its values, cut to what a page can show. KeyError: no such code, a bug."""
    return sentence(f"file_refused.{code}", SENTENCES[code], cut(values, 300))


def unreadable(code: str, /, **values: object) -> UnreadableFileError:
    """The refusal of a file, to be raised."""
    return UnreadableFileError(why(code, **values))
