#!/usr/bin/env python3
"""Writes the access log of the incident example: one hour of a small shop whose checkout begins to fail.

The log is the same at every run, so that the example's result is.
"""
import random

LINES = 4_000
START = 9 * 3_600
ROUTES = ["/", "/products", "/products/17", "/cart", "/search?q=lamp", "/login", "/api/stock", "/api/checkout"]
WEIGHTS = [20, 18, 14, 10, 12, 6, 12, 8]


def status(route, second, chance):
    """Checkout fails after half an hour, because the stock service answers too late."""
    late = second > 1_800
    if route == "/api/checkout" and late:
        return chance.choices([200, 502, 504], [30, 50, 20])[0]
    if route == "/api/stock" and late:
        return chance.choices([200, 504], [70, 30])[0]
    return chance.choices([200, 304, 404, 500], [900, 70, 28, 2])[0]


def main():
    chance = random.Random(20_260_314)
    for number in range(LINES):
        second = number * 3_600 // LINES
        clock = START + second
        time = f"{clock // 3_600:02}:{clock // 60 % 60:02}:{clock % 60:02}"
        route = chance.choices(ROUTES, WEIGHTS)[0]
        code = status(route, second, chance)
        method = "POST" if route == "/api/checkout" else "GET"
        address = f"198.51.100.{chance.randrange(1, 255)}"
        size = chance.randrange(200, 9_000) if code == 200 else 162
        print(f'{address} - - [14/Mar/2026:{time} +0000] "{method} {route} HTTP/1.1" {code} {size}')


main()
