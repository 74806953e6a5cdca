"""A world that was forgotten stays so: a webhook that was under way answers nobody any more."""

import threading

from simulator import driver
from simulator.clock import RealClock
from simulator.settings import Settings
from simulator.transport import WsgiTransport
from tests.simulator.conftest import CALLER
from tests.simulator.product import Product


def test_nothing_of_before_a_reset_happens_after_it(settings: Settings, product: Product) -> None:
    asked, late, answered = threading.Event(), threading.Event(), threading.Event()

    def slow(_: dict[str, str]) -> str:
        asked.set()
        late.wait(60)
        return "<Response><Redirect>/zombie</Redirect></Response>"

    def handle(request: object) -> object:
        answer = straight(request)
        answered.set()
        return answer

    product.voice(voice__inbound=slow)
    straight = WsgiTransport(product.app)
    sim = driver.in_process(settings, transport=handle, clock=RealClock())  # type: ignore[arg-type]
    sim.exchange.engine.start()
    try:
        before = sim.phone(CALLER).dial()
        assert asked.wait(60)
        sim.reset()
        product.voice(voice__inbound="<Hangup/>")
        late.set()
        assert answered.wait(60)
        after = sim.phone(CALLER).dial().wait_over()
        assert after.sid == before.sid, "as in any world of this seed"
        sim.phone(CALLER).dial().wait_over()
        assert product.asked("/zombie") == []
    finally:
        late.set()
        sim.exchange.engine.stop()
