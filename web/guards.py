"""Who may open what: deny by default, sign-in, roles, CSRF, and the headers every page carries."""

import secrets
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter, RouteLimit
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, UserMixin, current_user, login_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from routing.vocabulary import Role
from services.sign_in import BROWSER_LASTS, SESSION_LASTS, Person, confirm_password, person_signed_in
from web import live_pass
from web.house import house

# Open to strangers. Webhooks check Twilio's signature themselves, the API its keys, the pages of a text the key in its
# link, which no other site knows; a structure test walks the others.
PUBLIC_PATHS = (
    *("/voice/", "/sms/", "/status/", "/healthz", "/readyz", "/metrics", "/assets/", "/api/v1/"),
    *("/consent/", "/referral/"),
)
PUBLIC_ENDPOINTS = frozenset(
    {f"signing.{name}" for name in ("sign_in", "code", "passkey", "passkey_options", "choose_language")}
    | {"users.set_password"}
)
# What somebody may open whose second factor is asked for and not set up yet.
ENROLMENT = frozenset(
    {"second_factor.page", "second_factor.begin", "second_factor.confirm", "signing.step_up", "signing.sign_out"}
    | {"passkeys.options", "passkeys.add", "passkeys.step_up_options"}
)

EVERYBODY = frozenset(Role)
ANSWERING = frozenset({Role.COUNSELOR, Role.SUPERVISOR, Role.ADMIN})  # those who work with contacts
LEADING = frozenset({Role.SUPERVISOR, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})
AUDITING = frozenset({Role.ADMIN, Role.AUDITOR})  # who read what was done; an auditor changes nothing of the line
REPORTING = frozenset({Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR})
SIGN_IN_LIMIT = "20 per minute"  # the brake for one account is in services.sign_in
# Posts that a window sends with nobody there
BY_ITSELF = frozenset(f"softphone.{post}" for post in ("begin", "heard", "leave", "renew", "token"))

login = LoginManager()
csrf = CSRFProtect()
# Counted in this process alone, so that signing in never waits for Redis.
limiter = Limiter(get_remote_address, storage_uri="memory://")


class Visitor(UserMixin):  # type: ignore[misc]
    """Flask-Login's view of a person: the cookie holds the id of the sign-in, never of the person."""

    def __init__(self, person: Person) -> None:
        self.person = person

    def get_id(self) -> str:
        return str(self.person.sign_in_id)


View = TypeVar("View", bound=Callable[..., Any])


def allow(roles: frozenset[Role]) -> Callable[[View], View]:
    """Say which roles may use a view; a view without this is closed to everybody."""

    def mark(view: View) -> View:
        view.allowed_roles = roles  # type: ignore[attr-defined]
        return view

    return mark


def person() -> Person:
    """Whoever is signed in; only for views that the guard let pass."""
    return cast(Visitor, current_user).person


def is_public(path: str, endpoint: str) -> bool:
    """Whether a route is open to strangers, by the named lists above."""
    return endpoint in PUBLIC_ENDPOINTS or path.startswith(PUBLIC_PATHS)


def guard() -> ResponseReturnValue | None:
    """Runs before every request: a stranger is sent to sign in, the wrong role is refused, a post needs its token."""
    rule = request.url_rule
    if rule is None or request.endpoint is None or rule.rule.startswith(PUBLIC_PATHS):
        return None
    if is_public(rule.rule, request.endpoint):
        csrf.protect()
        return None
    if not current_user.is_authenticated:
        return _to_sign_in()
    if not may_open(request.endpoint):
        abort(403)
    if person().must_enrol and request.endpoint not in ENROLMENT:
        return _to("second_factor.page")
    csrf.protect()
    return None


def may_open(endpoint: str) -> bool:
    """Whether whoever is signed in has a role for this endpoint."""
    view = current_app.view_functions.get(endpoint)
    return person().role in getattr(view, "allowed_roles", frozenset())


def _to_sign_in() -> ResponseReturnValue:
    """Strangers go to the sign-in page, and from there back to theirs; anything but a page gets a bare 401."""
    if request.headers.get("HX-Request"):
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        return _to("signing.sign_in", next=page.path if page.netloc == request.host else None)
    if request.method == "GET":
        return _to("signing.sign_in", next=request.path)
    abort(401)


def _to(endpoint: str, **values: Any) -> ResponseReturnValue:
    """To another page, also when HTMX asks for a part of this one."""
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": url_for(endpoint, **values)})
    return redirect(url_for(endpoint, **values))


def enter(entered: Person) -> None:
    """This browser's session is that of `entered` from now on; its cookie is new, its pages' tokens stay good."""
    session.permanent = True
    login_user(Visitor(entered))


def by_person() -> str:
    """Whom a limit counts where people are signed in: the person, as a whole office may come from one address."""
    return f"person {person().id}" if current_user.is_authenticated else get_remote_address()


def person_limit(**options: Any) -> RouteLimit:
    """As a decorator or in a `with`: at most `SIGN_IN_LIMIT` for each person."""
    return limiter.limit(SIGN_IN_LIMIT, key_func=by_person, **options)


def browser() -> str:
    """This browser's secret: it says that somebody was signed in here before; a new one when it has none."""
    if "browser" not in g:
        g.browser = request.cookies.get(_browser_cookie()) or secrets.token_urlsafe(32)
    return cast(str, g.browser)


def keep_browser(response: AnyResponse) -> None:
    """After a sign-in: the browser keeps its secret."""
    secure_only = current_app.extensions["settings"].app_env == "production"
    lasts = int(BROWSER_LASTS.total_seconds())
    response.set_cookie(_browser_cookie(), browser(), lasts, httponly=True, samesite="Lax", secure=secure_only)


def _browser_cookie() -> str:
    return f"harborline_known{current_app.extensions['settings'].cookie_suffix}"


def step_up(password: str) -> bool:
    """The password again: True when it is right, and the session goes on under a new id."""
    renewed = confirm_password(house(), person().sign_in_id, password, now(), browser())
    if renewed is not None:
        enter(renewed)
    return renewed is not None


def events_origin() -> str:
    """Where this page's live events come from: our own origin, or in development the events process's port."""
    settings = current_app.extensions["settings"]
    if settings.app_env == "production":
        return ""
    return f"{request.scheme}://{request.host.partition(':')[0]}:{settings.events_port}"


def policy(*, connect: Iterable[str] = (), script: str = "") -> str:
    """The Content-Security-Policy of a page that may also `connect` to these origins and load scripts from another."""
    return (
        f"default-src 'none'; script-src {_also(script)}; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"media-src 'self'; connect-src {_also(*connect)}; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


def _also(*origins: str) -> str:
    return " ".join(("'self'", *filter(None, origins)))


def permissions(*, microphone: str = "()") -> str:
    """The Permissions-Policy of a page: nothing of the device, unless it says so."""
    return f"camera=(), geolocation=(), microphone={microphone}, payment=(), usb=()"


def secure(response: Response) -> Response:
    """The headers of every page: nothing from elsewhere, no inline script or style, no framing, nothing cached.

    A page may bring a stricter policy of its own.
    """
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if response.status_code < 400 and request.url_rule and not request.path.startswith(PUBLIC_PATHS):
        _renew_live_pass(response)
    if response.mimetype != "text/html":
        return response
    response.headers.setdefault("Content-Security-Policy", policy(connect=(events_origin(),)))
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", permissions())
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Cache-Control"] = "no-store"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def _renew_live_pass(response: Response) -> None:
    if current_user.is_authenticated and request.endpoint != "signing.sign_out":
        live_pass.renew(response, str(person().sign_in_id))


def now() -> datetime:
    """This request's one moment, aware and UTC."""
    if "now" not in g:
        g.now = datetime.now(UTC)
    return cast(datetime, g.now)


def _by_hand() -> bool:
    """Whether a person's hand is behind this request, and not a page that refreshes itself."""
    refreshed = request.method == "GET" and bool(request.headers.get("HX-Request"))
    return not refreshed and request.endpoint not in BY_ITSELF


@login.user_loader  # type: ignore[untyped-decorator]
def _load(sign_in_id: str) -> Visitor | None:
    try:
        found = person_signed_in(house(), uuid.UUID(sign_in_id), now(), by_hand=_by_hand())
    except ValueError:
        return None
    return Visitor(found) if found else None


def register(app: Flask) -> None:
    """Put the guards in front of every route of the application."""
    settings = app.extensions["settings"]
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME=f"harborline{settings.cookie_suffix}",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.app_env == "production",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=SESSION_LASTS,
        WTF_CSRF_CHECK_DEFAULT=False,  # the guard checks, so that webhooks are left alone
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session
        RATELIMIT_HEADERS_ENABLED=False,
    )
    login.init_app(app)
    login.session_protection = None  # phones change their address in the middle of a shift
    csrf.init_app(app)
    limiter.init_app(app)
    app.before_request(guard)
    app.after_request(secure)
