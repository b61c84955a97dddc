"""May we write to somebody, by what the ledger says of them now: pure decisions."""

OPTED_OUT = "opted_out"
NO_BASIS = "no_basis"

MARKETING = "marketing"
ALL = "all"
# Which basis holds for which category that a person may agree to.
BASES = {MARKETING: ("opt_in",), "utility": ("transaction", "opt_in"), ALL: ("opt_in",)}


def is_basis_for(category: str, basis: str) -> bool:
    """Tell whether a basis can hold for a category."""
    return basis in BASES.get(category, ())


def bases_granted(category: str, basis: str) -> tuple[str, str]:
    """Return what a grant adds to a standing: the basis for marketing, and the one for utility."""
    return (basis if category in {MARKETING, ALL} else "", basis if category in {"utility", ALL} else "")


def render_bits(marketing_basis: str, utility_basis: str) -> str:
    """Return what the facts of a person say of these bases (`contacts.models.Activity.consents`)."""
    return str(bool(marketing_basis) + 2 * bool(utility_basis))


def refuse(category: str, *, marketing_basis: str, utility_basis: str, is_opted_out: bool) -> str:
    """Return why a template of this category may not be sent; empty when it may.

    Whoever agreed to marketing may also be told what a utility template says, never the reverse.
    """
    if is_opted_out:
        return OPTED_OUT
    basis = marketing_basis if category == MARKETING else utility_basis or marketing_basis
    return "" if basis else NO_BASIS
