"""Templates as pages show them: one entry a name, with its languages and the accounts that have them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from switchboard.templates import rules
from switchboard.templates.models import Template, TemplateState
from switchboard.templates.types import Shape


@dataclass(slots=True)
class Family:
    """Every language and account of one template name."""

    name: str
    members: list[Template] = field(default_factory=list)

    @property
    def languages(self) -> list[str]:
        """Return the languages it exists in."""
        return sorted({row.language for row in self.members})

    @property
    def approved_languages(self) -> list[str]:
        """Return the languages in which some account has it approved."""
        return sorted({row.language for row in self.members if row.state == TemplateState.APPROVED})

    @property
    def approved(self) -> list[Template]:
        """Return the languages and accounts in which it is approved."""
        return [row for row in self.members if row.state == TemplateState.APPROVED]

    @property
    def account_ids(self) -> set[int]:
        """Return the accounts that have it approved."""
        return {row.account_id for row in self.members if row.state == TemplateState.APPROVED}

    def pick(self, language: str) -> Template:
        """Return the variant to show for a language: approved before others, that language before others."""
        return min(
            self.members, key=lambda row: (row.language != language, row.state != TemplateState.APPROVED, row.pk)
        )


def list_families(workspace_id: int, *, search: str = "", account_ids: Sequence[int] | None = None) -> list[Family]:
    """Return the templates of a workspace by name."""
    found = Template.objects.filter(workspace_id=workspace_id)
    if search.strip():
        found = found.filter(name__icontains=search.strip())
    if account_ids is not None:
        found = found.filter(account_id__in=account_ids)
    families: dict[str, Family] = {}
    for row in found.order_by("name", "language", "account_id"):
        families.setdefault(row.name, Family(row.name)).members.append(row)
    return list(families.values())


def find_family(workspace_id: int, name: str) -> Family | None:
    """Return one template by name, with every language and account; None when there is none."""
    members = list(Template.objects.filter(workspace_id=workspace_id, name=name).order_by("language", "account_id"))
    return Family(name, members) if members else None


def list_plain(workspace_id: int, account_id: int) -> list[Template]:
    """Return an account's approved templates that need no value and no file, by name."""
    approved = Template.objects.filter(workspace_id=workspace_id, account_id=account_id, state=TemplateState.APPROVED)
    plain = []
    for template in approved.exclude(category="authentication").order_by("name", "language"):
        shape = get_shape(template)
        if not shape.variables and shape.header in {"", "text"}:
            plain.append(template)
    return plain


def map_templates(workspace_id: int, template_ids: Iterable[int]) -> dict[int, Template]:
    """Return templates by id; those that are gone are left out."""
    return Template.objects.filter(workspace_id=workspace_id).in_bulk(list(template_ids))


def get_shape(template: Template) -> Shape:
    """Return a template taken apart."""
    return rules.parse_shape(template.components, template.parameter_format)
