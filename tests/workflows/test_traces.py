"""What is exported of a transfer: names, workflow, run and number of an activity, and nothing that anybody said."""

from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from adapters.temporal_client import transfers_plugin
from models.errors import LastingError
from tests.builders import consent, exploration, family_sharing
from tests.workflows.conftest import KEYS, House, Transfer
from worker.tracing import tracing

SAID = "Zwetschge"
WORKFLOW = {"temporalWorkflowID"}
RUN = WORKFLOW | {"temporalRunID"}
EXPORTED = {
    "StartWorkflow": WORKFLOW,
    "RunWorkflow": RUN,
    "CompleteWorkflow": RUN,
    "StartWorkflowUpdate": WORKFLOW,
    "ValidateUpdate": RUN,
    "HandleUpdate": RUN,
    "StartActivity": RUN,
    "RunActivity": RUN | {"temporalActivityID"},
    "SignalWorkflow": WORKFLOW,
    "HandleSignal": RUN,
    "QueryWorkflow": WORKFLOW,
    "HandleQuery": RUN,
}
"""The attributes of each kind of span; the span's name goes on with that of the workflow, activity or message."""


async def stuck(house: House) -> Transfer:
    """With texts in a step, in a refused one, in a signal that cannot be taken, and in the error of an activity."""
    house.mosaic.troubles.before("share", LastingError("locked", SAID))
    transfer = await house.start()
    await transfer.record(exploration(needs=SAID))
    await transfer.refused(family_sharing())
    await transfer.record(consent(explained_how=SAID), family_sharing())
    await transfer.attention()
    await transfer.handle.signal("step", {"step": SAID})
    await transfer.until(lambda now: len(now.attention) == 2)
    return transfer


async def test_spans_name_workflow_activity_and_message_by_their_ids_and_repeat_no_text(
    server: WorkflowEnvironment,
) -> None:
    kept = InMemorySpanExporter()
    traced = tracing(kept)
    address = server.client.service_client.config.target_host
    client = await Client.connect(address, plugins=[transfers_plugin(KEYS)], interceptors=[traced])
    house = House(client)
    async with house.worker():
        transfer = await stuck(house)
    traced.tracer.span_processor.force_flush()
    spans = kept.get_finished_spans()
    told = {(span.name.partition(":")[0], frozenset(span.attributes or ())) for span in spans}
    assert told == {(kind, frozenset(attributes)) for kind, attributes in EXPORTED.items()}
    assert {"HandleUpdate:record_consent", "RunActivity:share_document"} <= {span.name for span in spans}
    values = {value for span in spans for value in (span.attributes or {}).values() if not str(value).isdigit()}
    assert values == {transfer.handle.id, transfer.first_run}
    assert not [span.name for span in spans if span.events or span.status.description or SAID in span.to_json()]
