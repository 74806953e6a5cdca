"""A small load generator: N keep-alive connections that post prepared requests as fast as they are answered."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """What came back: requests a second, and latencies in milliseconds, sorted."""

    rate: float
    latencies: list[float]
    failures: int

    def percentile(self, share: float) -> float:
        """The latency that this share (0 to 1) of the requests did not exceed."""
        return self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))]


async def _connection(
    host: str, port: int, requests: Iterator[bytes], until: float, times: list[float], pause: float
) -> int:
    reader, writer = await asyncio.open_connection(host, port)
    failures = 0
    while time.perf_counter() < until:
        await asyncio.sleep(pause)
        began = time.perf_counter()
        writer.write(next(requests))
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        times.append((time.perf_counter() - began) * 1000)
        failures += b" 200 " not in head[:16]
    writer.close()
    return failures


async def _run(host: str, port: int, requests: Iterator[bytes], seconds: float, connections: int, pause: float) -> Load:
    times: list[float] = []
    until = time.perf_counter() + seconds
    failed = await asyncio.gather(*(_connection(host, port, requests, until, times, pause) for _ in range(connections)))
    return Load(len(times) / seconds, sorted(times), sum(failed))


def drive(
    host: str, port: int, requests: Iterator[bytes], seconds: float, connections: int = 16, pause: float = 0.0
) -> Load:
    """Post for some seconds over `connections` keep-alive connections that rest `pause` seconds before each request."""
    return asyncio.run(_run(host, port, requests, seconds, connections, pause))
