"""What a customer takes of the memory, at the end and on the way there."""

import tracemalloc

import numpy as np
import pytest

from simulation import records
from simulation.benchmarks import bytes_per_customer, market
from simulation.population import people_of
from simulation.scenario.limits import BYTES_PER_CUSTOMER
from simulation.world import empty_links, outcomes_for, world_of

GOAL = 400  # bytes a customer in a market of four retailers


def test_a_customer_of_four_retailers_takes_no_more_than_the_goal():
    assert bytes_per_customer(4) <= GOAL


def test_what_check_reckons_with_is_more_than_a_customer_with_every_link_takes():
    outcomes = sum(column.itemsize for column in outcomes_for(1) if column.size == 1)
    assert bytes_per_customer(records.SLOTS) + outcomes <= BYTES_PER_CUSTOMER


def test_drawing_traits_takes_less_memory_than_the_customers_will():
    scenario = market(20_000)
    people_of(market(2), 0)
    tracemalloc.start()
    people_of(scenario, 0)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most / 20_000 < bytes_per_customer(records.SLOTS)


def test_levels_kept_in_steps_are_levels_again():
    links = empty_links(1, 2)
    links.trust[0] = (0, 65535)
    assert links.level("trust").tolist() == [[0.0, 1.0]]


@pytest.mark.parametrize("name", records.IN_STEPS)
def test_a_level_kept_in_steps_takes_two_bytes(name: str):
    assert getattr(world_of(market(2), 0).links, name).dtype == np.uint16
