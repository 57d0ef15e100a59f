"""Ready-made tokens: one set for each kind of house; the demo resellers wear them."""

from themes.tokens import DEFAULT, Tokens

PRESETS: dict[str, Tokens] = {
    "lindenhof": Tokens(
        accent="#8c1d2f", tint="#8a6f4d", radius="sharp", display="serif", poster_style="concert"
    ),
    "basement": Tokens(
        accent="#6a2bff", tint="#5a4a8a", radius="round", display="grotesque", poster_style="club"
    ),
    "harbour": Tokens(
        accent="#0b4fd8", tint="#4a6585", radius="soft", display="condensed", poster_style="arena"
    ),
}


def preset(name: str) -> Tokens:
    """The preset of that name, else the default look."""
    return PRESETS.get(name, DEFAULT)
