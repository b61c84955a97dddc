"""What can be wrong with rules, their parts and what is to be published."""

from switchboard.core.errors import Conflict, Invalid, NotFound


class RuleNotFoundError(NotFound):
    """This rule does not exist in this workspace."""


class NoNameError(Invalid):
    """The rule has no name. Give it one by which your colleagues know it."""


class NoKeywordError(Invalid):
    """The rule listens for nothing. Add at least one keyword, or choose another trigger."""


class NoPayloadError(Invalid):
    """The rule waits for a button, but none is named. Add the payload of a button or of a list row."""


class TooManyKeywordsError(Invalid):
    """The rule has too many keywords."""

    def __init__(self, count: int, most: int) -> None:
        super().__init__(
            f"The rule has {count:,} keywords; at most {most:,} are possible. Split them over several rules.",
            field="keywords",
        )


class NoAnswerError(Invalid):
    """The rule says nothing. Add at least one step to its first answer."""


class RungTimerError(Invalid):
    """The time until a fuller answer must lie between 10 seconds and 24 hours."""


class DelayError(Invalid):
    """The delay must lie between 0 and 120 seconds, and its end not before its beginning."""


class ScopeError(Invalid):
    """The hours of the rule cannot be read. Write both as 09:00, or leave both empty."""


class UnknownVariableError(Invalid):
    """A text has a variable that does not exist."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The variable {{{{{name}}}}} does not exist. Use name, phone, email, country, number, question, order_link, "
            "field:… or coupon:….",
            field="steps",
        )


class UnknownPoolError(Invalid):
    """A text gives a coupon away from a pool that does not exist."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no pool of coupons “{name}”. Make it first, or choose another.", field="steps")


class StepIncompleteError(Invalid):
    """A step lacks what it needs: a tag, a field's name, a member, a template or a file. Choose it."""


class FileGoneError(Invalid):
    """The rule shows a file that does not exist any more. Choose another."""


class FileKindError(Invalid):
    """The chosen file is of another kind than this part of the answer. Choose a fitting file, or another kind of part."""


class TemplateGoneError(Invalid):
    """A template is not approved for these numbers."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The template “{name}” is not approved in any account of these numbers. Choose another template, or other "
            "numbers.",
            field="steps",
        )


class TemplateUnfilledError(Invalid):
    """A place of a template stays empty."""

    def __init__(self, name: str, places: str) -> None:
        super().__init__(f"The template “{name}” has places without a value: {places}. Fill them in.", field="steps")


class TemplateFileError(Invalid):
    """A template shows a file above its text, and none is chosen."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The template “{name}” shows a file above its text. Choose one.", field="steps")


class TagGoneError(Invalid):
    """The rule names a tag that does not exist any more. Choose another."""


class TagAutomaticError(Invalid):
    """This tag comes and goes by its own rule, so no answer can add or remove it. Choose one that is given by hand."""


class MemberGoneError(Invalid):
    """The rule assigns to somebody who is no member of this workspace any more. Choose another colleague."""


class SegmentGoneError(Invalid):
    """The rule names a segment that does not exist any more. Choose another."""


class WordsMissingError(Invalid):
    """A text that is said to people is empty. Write at least the one for all other languages, or switch it off."""


class WordsTooLongError(Invalid):
    """A text is too long to be said beside an answer."""

    def __init__(self, length: int, most: int) -> None:
        super().__init__(f"A text of the settings has {length:,} characters; at most {most:,} fit. Shorten it.")


class SettingOutOfRangeError(Invalid):
    """Counts go up to 100, and times up to 24 hours; asking again needs at least a minute."""


class OrderLinkError(Invalid):
    """The order link must begin with https:// and hold no blanks."""


class CouponPoolNameError(Invalid):
    """A pool of coupons needs a name of at most 60 letters, without braces, bars and colons."""


class CouponTooLongError(Invalid):
    """A code is too long."""

    def __init__(self, code: str, most: int) -> None:
        super().__init__(f"The code “{code}…” is longer than {most} characters. Paste one code on each line.")


class NoWayToAPersonError(Invalid):
    """No rule leads to a person. Add a step that hands over, for instance to what is said when nothing matches."""


class NothingToPublishError(Conflict):
    """Nothing has changed since these rules were last published."""


class RuleTooLargeError(Invalid):
    """The rules are too large to publish together (over 8 MB). Take some keywords or texts out."""


class CouponsEmptyError(Invalid):
    """There is no code among these lines. Paste one code on each line."""
