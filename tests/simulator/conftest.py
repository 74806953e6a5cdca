"""A simulated world in virtual time with a tiny product behind it."""

import pytest
from twilio.rest import Client

from simulator import driver, sdk
from simulator.settings import Settings, Timing
from tests.simulator.product import Product

LINE = "+16175550100"
CALLER = "+16175550142"


@pytest.fixture
def settings() -> Settings:
    return Settings(numbers=(LINE,), public_base_url="https://product.test", seed=7, timing=Timing(calls_per_second=0))


@pytest.fixture
def product(settings: Settings) -> Product:
    return Product(settings)


@pytest.fixture
def sim(settings: Settings, product: Product) -> driver.Simulator:
    return driver.in_process(settings, product.app)


@pytest.fixture
def client(sim: driver.Simulator) -> Client:
    return sdk.in_process_client(sim.exchange)
