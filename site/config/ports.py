"""Says in a sentence that a port is taken. `./run` starts this file itself, before anything is installed."""

from __future__ import annotations

import socket
import sys


def is_free(port: int) -> bool:
    with socket.socket() as listener:
        # As the servers do: an address whose last connection closed a moment ago is free.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def complaint(ports: list[int]) -> str:
    """Empty when all are free."""
    if any(not 1024 <= port <= 65535 for port in ports):
        return "PORT must be between 1024 and 65534."
    taken = [port for port in ports if not is_free(port)]
    if not taken:
        return ""
    other = next((port for port in range(ports[0] + 100, 65000, 100) if is_free(port) and is_free(port + 1)), 8100)
    which = f"Port {taken[0]} is" if len(taken) == 1 else f"Ports {taken[0]} and {taken[1]} are"
    return (
        f"{which} taken (the demo needs {ports[0]} and {ports[-1]}). "
        f"Stop what uses it, or choose another: PORT={other} ./run demo"
    )


if __name__ == "__main__":
    if problem := complaint([int(port) for port in sys.argv[1:]]):
        sys.exit(problem)
