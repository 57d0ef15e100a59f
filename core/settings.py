"""Every environment variable, typed, read once, refused at the start if wrong."""

import base64
import binascii
import re
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit, urlunsplit

from pydantic import BaseModel, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as PydanticSettingsError

MAIN_CELL = "main"
HOST_NAME = re.compile(r"^(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$")


class SettingsError(Exception):
    """The environment cannot be right; the message is one sentence for the operator."""


class Cell(BaseModel):
    """One database (and Redis) that holds some of the resellers."""

    database_url: str
    database_app_url: str | None = None
    redis_url: str


class Settings(BaseSettings):
    """What the operator may set. Names of variables are the names here in upper case."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    data_dir: Path = Path(".data")
    port: Annotated[int, Field(ge=1, le=65_000)] = 8000
    base_host: str = "localhost"
    public_scheme: str = "http"
    trusted_proxies: Annotated[int, Field(ge=0, le=10)] = 0
    """Proxies of yours in front of us: so many addresses of X-Forwarded-For are believed."""
    secret_key: Annotated[str, Field(min_length=32)]
    ticket_signing_key: str
    """32 random bytes in base64: the Ed25519 private key that signs ticket codes."""

    database_url: str
    """The owner of the schemas: migrates, opens resellers."""
    database_app_url: str | None = None
    """What serves requests. Left out: the same server with a login role made for it."""
    redis_url: str
    cells: dict[str, Cell] = {}
    """Further cells by name, as JSON. The cell 'main' is the three variables above."""
    pool_size: Annotated[int, Field(ge=1, le=200)] = 20
    box_office_batch: Annotated[int, Field(ge=1, le=1000)] = 256
    """Most orders that are placed in one transaction; 1 is for the benchmark that says why not."""

    waiting_room_opens_at: Annotated[int, Field(ge=0, le=100_000)] = 50
    """Visits a second from which a show gets a waiting room by itself; 0 for never."""

    stripe_secret_key: str
    stripe_publishable_key: str
    stripe_webhook_secret: str
    stripe_api_base: str | None = None
    stripe_js_url: str = "https://js.stripe.com/v3/"
    stripe_timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 8.0
    stripe_payments_per_second: Annotated[int, Field(ge=1, le=10_000)] = 25
    """How often any one endpoint of Stripe is asked; 25 is what every account may at first."""

    smtp_url: str
    mail_from: str = "tickets@ticket-to-serve.example"
    mailbox_dir: Path | None = None
    """Where the sandbox keeps letters; set only in the demo, and only then is `mail.` a host."""

    failpoints_dir: Path | None = None
    """Tests only: a file of a failpoint's name in here kills the process that gets there."""

    @field_validator("base_host")
    @classmethod
    def _is_host(cls, host: str) -> str:
        host = host.lower().rstrip(".")
        if not HOST_NAME.match(host):
            raise ValueError("is not a host name")
        return host

    @field_validator("public_scheme")
    @classmethod
    def _is_scheme(cls, scheme: str) -> str:
        if scheme not in {"http", "https"}:
            raise ValueError("must be http or https")
        return scheme

    @field_validator("database_url", "database_app_url")
    @classmethod
    def _is_postgres(cls, url: str | None) -> str | None:
        if url is not None and urlsplit(url).scheme not in {"postgresql", "postgres"}:
            raise ValueError("must begin with postgresql://")
        return url

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, url: str) -> str:
        if urlsplit(url).scheme not in {"redis", "rediss", "unix"}:
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return url

    @field_validator("smtp_url")
    @classmethod
    def _is_smtp(cls, url: str) -> str:
        parts = urlsplit(url)
        try:
            has_port = parts.port is None or parts.port > 0
        except ValueError:
            has_port = False
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or not has_port:
            raise ValueError("must look like smtp://user:password@host:587")
        return url

    @field_validator("mail_from")
    @classmethod
    def _is_address(cls, address: str) -> str:
        if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", address):
            raise ValueError("must look like tickets@example.org")
        return address

    @field_validator("ticket_signing_key")
    @classmethod
    def _is_ed25519_seed(cls, text: str) -> str:
        try:
            seed = base64.b64decode(text, validate=True)
        except binascii.Error:
            seed = b""
        if len(seed) != 32:
            raise ValueError("must be 32 random bytes in base64")
        return text

    @cached_property
    def all_cells(self) -> dict[str, Cell]:
        main = Cell(
            database_url=self.database_url,
            database_app_url=self.database_app_url,
            redis_url=self.redis_url,
        )
        return {**self.cells, MAIN_CELL: main}

    @cached_property
    def is_secure(self) -> bool:
        return self.public_scheme == "https"

    @cached_property
    def public_port(self) -> str:
        """':8000', or nothing where the scheme's own port is meant."""
        usual = {"http": 80, "https": 443}[self.public_scheme]
        return "" if self.is_secure or self.port == usual else f":{self.port}"

    def origin(self, host: str) -> str:
        """The address people use for one of our hosts: 'http://dashboard.localhost:8000'."""
        return f"{self.public_scheme}://{host}{self.public_port}"

    @cached_property
    def stripe_js_origin(self) -> str:
        parts = urlsplit(self.stripe_js_url)
        return urlunsplit((parts.scheme, parts.netloc, "", "", ""))


def explain(error: ValidationError) -> str:
    """One sentence that names the variable and what is wrong with it."""
    first = error.errors()[0]
    name = str(first["loc"][0]).upper() if first["loc"] else "The environment"
    if first["type"] == "missing":
        return f"{name} is not set."
    reason = first["msg"].removeprefix("Value error, ")
    return f"{name} is wrong: {reason[0].lower()}{reason[1:]}."


@lru_cache(maxsize=1)
def load() -> Settings:
    """Read the environment. Raises SettingsError with one sentence."""
    try:
        return Settings()  # type: ignore[call-arg]  # values come from the environment
    except PydanticSettingsError as error:
        raise SettingsError(f"A setting cannot be read: {error}.") from None
    except ValidationError as error:
        raise SettingsError(explain(error)) from None
