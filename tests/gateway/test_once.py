"""Nothing is lost and nothing is doubled over HTTP, whatever goes away meanwhile."""

from tests import builders
from tests.gateway.house import GatewayHouse, Http


async def test_a_transfer_is_started_once_and_shown(house: GatewayHouse, http: Http) -> None:
    request = house.request()
    begun = await http.start(request)
    again = await http.start(request)
    assert (begun.status_code, again.status_code) == (201, 200), begun.text + again.text
    assert begun.json()["register"] == "shown"
    taken = await http.record(request.id, builders.family_record(*(c.ref for c in request.children)))
    assert taken.status_code == 201, taken.text
