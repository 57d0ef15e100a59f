"""One call of the API, as its endpoint sees it."""

from collections.abc import Collection
from dataclasses import dataclass, field

from sandbox.stripe import reading
from sandbox.stripe.refusing import Missing
from sandbox.stripe.store import Json, Store

ALWAYS = ("expand",)
LIST_PARAMS = ("limit", "starting_after", "ending_before", "created", "expand")


@dataclass(frozen=True)
class Call:
    store: Store
    params: Json = field(default_factory=dict)
    origin: str = ""
    """The stand-in's own address, as the caller wrote it: 'http://127.0.0.1:4242'."""
    from_browser: bool = False
    """Made with the publishable key."""

    def only(self, *known: str, unsupported: Collection[str] = ()) -> None:
        reading.only(self.params, (*known, *ALWAYS), unsupported=unsupported)

    def get(self, kind: str, object_id: str, *, param: str = "id") -> Json:
        """An object of this kind. Raises Missing."""
        found = self.store.find(object_id, kind)
        if found is None:
            raise Missing(kind.rpartition(".")[2], object_id, param=param)
        return found
