"""Rooms' English sentences in the language of the page.

A sentence without figures is looked up as it is. One with figures in it was written into an error, or kept in a row,
with the figures already in place: it is recognised by its shape, and its figures are put into the translation.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache

from django.utils.translation import gettext, gettext_noop

from switchboard.cloudapi import drafts, limits
from switchboard.web import formats

# tests/web/test_sentences.py finds a sentence of a room that is missing here.
SHAPES = (
    gettext_noop(
        "No column holds phone numbers (the file has %(columns)s). Choose which column does, or add one to the file."
    ),
    gettext_noop("The file has no column “%(column)s”. Its columns are: %(columns)s."),
    gettext_noop("“%(target)s” is nothing that a column can be. Choose one of %(targets)s or field:<name>."),
    gettext_noop("“%(encoding)s” is no encoding we know. Choose one of: %(encodings)s."),
    gettext_noop(
        "Line %(number)s is longer than a million characters, so this is not a table of people. "
        "Save the list as CSV in your spreadsheet program and choose that file."
    ),
    gettext_noop(
        'From line %(line)s on the file cannot be read as a table: a quotation mark (") is opened there '
        "and never closed. Correct that line and import the file again."
    ),
    gettext_noop(
        "The uploaded file is no longer in %(folder)s. Upload it again; rows already imported stay as they are."
    ),
    gettext_noop(
        "The uploaded file cannot be kept in %(folder)s (%(error)s). Make room there or correct its permissions."
    ),
    gettext_noop(
        "The file is larger than %(limit)s MB. Split it into smaller files, "
        "or have the limit raised (SWITCHBOARD_IMPORT_LIMIT_MB)."
    ),
    gettext_noop(
        "The number %(number)s is connected in another workspace of this installation already. "
        "Disconnect it there first."
    ),
    gettext_noop("Meta did not take the header's file for %(number)s and %(count)s more: %(reason)s"),
    gettext_noop("Meta did not take the header's file for %(number)s: %(reason)s"),
    gettext_noop("No value and no fallback for %(names)s. Give each variable a field or a fallback text."),
    gettext_noop("The %(kind)s has %(size)s MB; at most %(limit)s MB are possible. Make it smaller."),
    gettext_noop(
        "No number of this broadcast has the template “%(name)s” approved any more. "
        "See why on the templates page; when it is approved again, press Resume."
    ),
    gettext_noop(
        "None of these numbers has the template “%(name)s” approved in its account. "
        "Choose other numbers, or submit the template there."
    ),
    gettext_noop("The template's variables %(names)s have no field and no fixed text. Choose what fills them."),
    gettext_noop("%(count)s keywords are more than one rule can hold: %(most)s. Split them over several rules."),
    gettext_noop("Shorten this keyword to %(most)s characters."),
    gettext_noop("“%(keyword)s” holds no letter, figure or sign to look for."),
    gettext_noop("“%(keyword)s” is one word. Write two or more with spaces between them, or choose “contains”."),
    gettext_noop("Shorten the regular expression to %(most)s characters."),
    gettext_noop("This regular expression can't be read: %(reason)s. Mend it, or choose another way of matching."),
    gettext_noop("The Cloud API cannot be reached (%(reason)s). Check the network and SWITCHBOARD_CLOUD_API_URL."),
    gettext_noop("The Cloud API did not answer properly (%(reason)s). Try again in a minute."),
    gettext_noop("%(sentence)s (Meta's error %(code)s)"),
    gettext_noop(
        "Meta has made its template a marketing template. Of %(waiting)s people who wait, %(allowed)s have agreed to "
        "marketing. Resume it for them, or cancel it; nobody else is written to."
    ),
    gettext_noop(
        "It has paused itself: %(failed)s of the last %(of)s messages failed. %(reason)s "
        "Mend the cause, then press Resume. Nothing that was sent is sent again."
    ),
    gettext_noop("The phone number id %(number)s is not one of our numbers."),
    gettext_noop("The phone number id %(number)s belongs to an account of another app."),
    gettext_noop("The field “%(name)s” is not known to this version of Switchboard."),
    gettext_noop("The body is not JSON: %(reason)s"),
    gettext_noop("The body is JSON, but not an object."),
    gettext_noop("The file has more than %(most)s bytes and was not kept. Ask for a smaller one."),
    gettext_noop("The account's calls are nearly used up. Try again in %(minutes)s min."),
    gettext_noop("The rule has %(count)s keywords; at most %(most)s are possible. Split them over several rules."),
    gettext_noop(
        "The variable {{%(name)s}} does not exist. Use name, phone, email, country, number, question, order_link, "
        "field:… or coupon:…."
    ),
    gettext_noop("There is no pool of coupons “%(name)s”. Make it first, or choose another."),
    gettext_noop(
        "The template “%(name)s” is not approved in any account of these numbers. Choose another template, or other "
        "numbers."
    ),
    gettext_noop("The template “%(name)s” has places without a value: %(places)s. Fill them in."),
    gettext_noop("The template “%(name)s” shows a file above its text. Choose one."),
    gettext_noop("A segment has at most %(most)s conditions. Split it into two."),
    gettext_noop("Groups are nested more than %(most)s deep. Save the inner ones as a segment of their own."),
    gettext_noop("The field “%(field)s” has been deleted. Remove the condition, or bring the field back."),
    gettext_noop("“%(text)s” is no day. Write it as 2026-03-31."),
    gettext_noop("“%(name)s” is nothing that a segment can ask about. Choose something from the list."),
    gettext_noop("“%(test)s” cannot be asked of “%(field)s”. Choose a test from the list."),
    gettext_noop("A segment needs a name of 1 to %(most)s characters."),
    gettext_noop("There is a segment “%(name)s” already. Choose another name."),
    gettext_noop("A tag needs a name of 1 to %(most)s characters."),
    gettext_noop("There is a tag “%(name)s” already. Choose another name, or merge the two."),
    gettext_noop("There is a tag “%(name)s” already. Rename it, then switch this on."),
    gettext_noop("There is a new tag “%(name)s”. Rename it first."),
    gettext_noop("“%(name)s” is asked for by %(users)s. Change that first."),
    gettext_noop("The file cannot be written to %(folder)s (%(reason)s). Make room there."),
    gettext_noop("The name is too long. At most %(most)s characters fit."),
    gettext_noop("“%(value)s” is no e-mail address. Write it as name@example.com, or leave it empty."),
    gettext_noop("“%(value)s” is no language that WhatsApp knows. Choose one from the list."),
    gettext_noop("“%(value)s” is no number for the field “%(field)s”. Write digits, for instance 1200.5."),
    gettext_noop("“%(value)s” is no date for the field “%(field)s”. Write it as 2026-03-31."),
    gettext_noop("“%(value)s” is none of the choices of the field “%(field)s”. Choose one of: %(choices)s."),
    gettext_noop("“%(value)s” is neither yes nor no for the field “%(field)s”. Write yes or no."),
    gettext_noop(
        "“%(value)s” is no amount of %(currency)s for the field “%(field)s”. Write digits, for instance 1200."
    ),
    gettext_noop("The text is too long for the field “%(field)s”. At most %(most)s characters fit."),
    gettext_noop("“%(kind)s” is no kind of field. Choose one of: %(kinds)s."),
    gettext_noop("%(count)s different values cannot become that, for instance %(values)s. Correct them first."),
    gettext_noop("%(count)s people have a value in this field. Say that these may be deleted as well."),
    gettext_noop("The file lacks %(columns)s. Choose which column holds it, or add one to the file."),
    gettext_noop("A text of the settings has %(length)s characters; at most %(most)s fit. Shorten it."),
    gettext_noop("The code “%(code)s…” is longer than %(most)s characters. Paste one code on each line."),
    gettext_noop(
        "This workbook unpacks to more than %(limit)s MB. Save the list as CSV in your spreadsheet program and import "
        "that file."
    ),
    *limits.SENTENCES,
    *drafts.SENTENCES,
    # What Meta did to an account.
    gettext_noop(
        "Meta restricted the account: %(restrictions)s. Numbers of this account have been stopped. "
        "They go on by themselves."
    ),
    gettext_noop(
        "Meta restricted the account: %(restrictions)s. Numbers of this account have been stopped. "
        "Resume them when the restriction has ended."
    ),
    gettext_noop(
        "Meta restricted the account: %(restrictions)s. Numbers of this account only answer. They go on by themselves."
    ),
    gettext_noop(
        "Meta restricted the account: %(restrictions)s. Numbers of this account only answer. "
        "Resume them when the restriction has ended."
    ),
    gettext_noop(
        "Meta restricted the account: %(restrictions)s. Numbers of this account do not answer. "
        "They go on by themselves."
    ),
    gettext_noop(
        "Meta restricted the account: %(restrictions)s. Numbers of this account do not answer. "
        "Resume them when the restriction has ended."
    ),
    gettext_noop("Meta restricted utility templates: %(restrictions)s."),
    gettext_noop(
        "Meta reports a violation of its rules (%(violation)s). Marketing waits. Look at Account Quality in Meta's "
        "Business Suite, then synchronise the templates to go on."
    ),
    gettext_noop(
        "Meta disabled the account on %(day)s. Numbers of this account have been stopped. "
        "Ask for a review in Meta's Business Suite."
    ),
    gettext_noop(
        "Meta disabled the account. Numbers of this account have been stopped. "
        "Ask for a review in Meta's Business Suite."
    ),
    gettext_noop("Meta will disable the account on %(day)s. Ask for a review before that."),
    gettext_noop("Meta will disable the account. Ask for a review before that."),
    gettext_noop("%(reason)s Numbers of this account have been stopped."),
    # The last resort: a sentence with Meta's own words behind it.
    gettext_noop("%(sentence)s (%(details)s)"),
)
# Looked up whole, alone or inside one of the shapes.
WHOLE = (
    gettext_noop("The account was deleted at Meta."),
    gettext_noop("The account left the Cloud API."),
    gettext_noop("The account's owner took our app's access away. Connect the account again."),
    gettext_noop("The account's owner removed our app. Connect the account again."),
    gettext_noop("Meta's review rejected the account."),
)
_LONGEST = 1000


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    patterns = []
    for shape in SHAPES:
        parts = re.split(r"%\((\w+)\)s", shape)
        text = "".join(f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
        patterns.append((shape, re.compile(text, re.DOTALL)))
    return patterns


def translate(sentence: str) -> str:
    """Return a room's sentence in the language of the page; one that nobody knows stays English."""
    whole = gettext(sentence) if sentence else ""
    if whole != sentence or len(sentence) > _LONGEST:
        return whole
    for shape, pattern in _patterns():
        found = pattern.fullmatch(sentence)
        if found:
            return gettext(shape) % {name: translate(value) for name, value in found.groupdict().items()}
    return sentence


def render(sentence: str, values: Mapping[str, str | int | timedelta]) -> str:
    """Return a room's sentence, whose values are still apart, in the language of the page."""
    if not sentence:
        return ""
    return gettext(sentence) % {key: _render_value(value) for key, value in values.items()}


def _render_value(value: str | int | timedelta) -> str:
    if isinstance(value, timedelta):
        return formats.render_span(value.total_seconds())
    return formats.render_count(value) if isinstance(value, int) else translate(value)
