"""The whole product as one ASGI application: the API's rooms and the pages."""

from litestar import Router

from api.app import Application, build
from api.plumbing import garbage
from api.plumbing.settings import Settings
from frontend import pages
from frontend.pages.problems import answer_problem
from frontend.pages.static_files import send_static


def create_app() -> Application:
    """The application of `uvicorn --factory frontend.app:create_app`."""
    app = application(Settings.from_environment())
    garbage.settle()
    return app


def application(settings: Settings) -> Application:
    """The application under these settings: Chinese pages at the root, the same pages in English below /en."""
    chinese = Router("/", route_handlers=pages.PAGES, include_in_schema=False)
    english = Router("/en", route_handlers=pages.PAGES, include_in_schema=False)
    return build(settings, [chinese, english, send_static], answer_problem)
