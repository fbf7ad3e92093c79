"""The composition root of the worker: adapters are built here and nowhere else in this process."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError
from temporalio import activity

from activities.clocks import AlertActivities, ClockActivities
from activities.consent import ConsentActivities
from activities.contact_conversation import ContactConversationActivities
from activities.correspondence import CorrespondenceActivities
from activities.digest import DigestActivities
from activities.early_help_contact import EarlyHelpContactActivities
from activities.effect import Effects
from activities.final_meeting import FinalMeetingActivities
from activities.help_request import HelpRequestActivities
from activities.links import LinkActivities
from activities.mosaic import MosaicActivities
from activities.ports import (
    Calendars,
    CaseManagement,
    Channels,
    ComparedRegister,
    Directory,
    EffectBook,
    Invitations,
    OpenTransfers,
    Post,
    TransferRegister,
    TransferWorkflows,
)
from activities.reconcile import ReconcileActivities
from activities.register import RegisterActivities
from activities.showing import Shows
from activities.significant_harm import SignificantHarmActivities
from activities.step_up import StepUpActivities
from adapters.alert_channels import AppriseChannels, ChannelSettings
from adapters.calendar_ics import IcsInvitations
from adapters.emergency import EmergencySettings, phones
from adapters.england import EnglishCalendar
from adapters.keyring import Cipher
from adapters.letters import LetterSettings, writing
from adapters.mosaic_http import HttpMosaic, MosaicSettings, http_client
from adapters.policy_file import PolicySettings, read_deployment
from adapters.register.comparison import SqlComparison
from adapters.register.directory import SqlDirectory
from adapters.register.effect_book import SqlEffectBook
from adapters.register.keys import SqlKeys
from adapters.register.reports import SqlReports
from adapters.register.running import SqlRunning
from adapters.register.store import RegisterSettings, Store, pooled, register_engine
from adapters.register.transfers import SqlTransfers
from adapters.signing import SignedInKeys, SignedInSettings
from adapters.smtp import PostSettings, SmtpPost
from models.operations.figures import Figures
from models.operations.keys import What
from models.policy import Deployment, Policy
from worker.lanes import Calls
from worker.metrics import Connections
from workflows.timeouts import ALERT, CHANNEL, MAIL, MOSAIC


@dataclass(frozen=True)
class Outside:
    """Everything that activities reach."""

    mosaic: CaseManagement
    post: Post
    channels: Channels
    register: TransferRegister
    book: EffectBook
    directory: Directory
    invitations: Invitations
    calendars: Calendars
    transfers: OpenTransfers
    compared: ComparedRegister
    connections: Callable[[], Connections] = lambda: Connections(0, 0)
    """Those to the register, at this moment."""


@contextmanager
def outside(cipher: Cipher) -> Iterator[Outside]:
    """The real outside, as the settings say."""
    deployment = read_deployment(PolicySettings())
    policy = policy_of(deployment)
    store = Store(register_engine(RegisterSettings()), cipher)
    with http_client(MosaicSettings()) as client:
        post = SmtpPost(PostSettings())
        yield Outside(
            mosaic=HttpMosaic(client),
            post=post,
            channels=AppriseChannels(ChannelSettings()),
            register=SqlTransfers(store, policy),
            book=SqlEffectBook(store),
            directory=SqlDirectory(store),
            invitations=IcsInvitations(post.settings.sender),
            calendars=EnglishCalendar(deployment.calendar),
            transfers=SqlRunning(store),
            compared=SqlComparison(store),
            connections=lambda: Connections(*pooled(store.engine)),
        )
    store.engine.dispose()


def policy_of(deployment: Deployment) -> Policy:
    """The policy of transfers that start now: what the policy file says, and what the settings say alone.

    In production nobody acts without signing in, whatever the file says (SD-23c).
    """
    said = {
        "phones": phones(EmergencySettings()),
        "writing": writing(LetterSettings()),
        "acts_need_sign_in": deployment.policy.acts_need_sign_in or not SignedInSettings().mode.is_rehearsal,
    }
    return deployment.policy.model_copy(update=said)


NOBODY_COULD_ACT = (
    "TRANSFERS_SIGNED_IN_KEYS: is missing; it names the public key of the gateway (`transfers keys signing` makes a "
    "pair): without one nobody could authorise anything"
)


def signed_in_keys() -> SignedInKeys:
    """By what is known that who acts was signed in.

    Raises:
        ValueError: who acts has to be, and there is no key; or something that is no key.
    """
    keys = SignedInKeys.from_settings(SignedInSettings())
    if not keys.ids and policy_of(read_deployment(PolicySettings())).acts_need_sign_in:
        raise ValueError(NOBODY_COULD_ACT)
    return keys


FOR_FIGURES = 2
"""Connections to the register beside those of the work, which may all be in use when somebody has to see it."""


def figures(cipher: Cipher) -> Callable[[], Figures]:
    """What Prometheus is told, counted in the register as the settings say."""
    settings = RegisterSettings().model_copy(update={"connections": FOR_FIGURES})
    return SqlReports(Store(register_engine(settings), cipher)).figures


def note_keys(cipher: Cipher) -> Sequence[str]:
    """Note from when on the first key seals; returns those that sealed before, were not retired, and are not here.

    Where the register does not answer, the next start notes it.

    Raises:
        ValueError: the first key was retired; nobody else could open what it seals.
    """
    keys = SqlKeys(Store(register_engine(RegisterSettings()), cipher))
    first = cipher.ids[0]
    try:
        noted = keys.noted()
        retired = {one.key_id for one in noted if one.what == What.RETIRED}
        if first in retired:
            raise ValueError(
                f"TRANSFERS_KEYS: the key {first} stands first, and was retired: it may open, and not seal"
            )
        keys.note(first, What.SEALS, "worker")
    except SQLAlchemyError:
        return ()
    finally:
        keys.store.engine.dispose()
    gone = retired | set(cipher.ids)
    return [one.key_id for one in noted if one.what == What.SEALS and one.key_id not in gone]


def transfer_time() -> datetime:
    """Now, as the transfer sees it: its clock runs ahead of ours where somebody skips time (the demo, tests)."""
    return max(datetime.now(UTC), activity.info().started_time)


def activities(things: Outside, effects: Effects, workflows: TransferWorkflows) -> Calls:
    """Every activity."""
    mosaic = MosaicActivities(things.mosaic, effects)
    contact = EarlyHelpContactActivities(things.mosaic, effects)
    shows = Shows(things.register, things.directory, things.calendars, transfer_time, workflows)
    conversation = ContactConversationActivities(things.post, things.directory, shows, effects)
    meeting = FinalMeetingActivities(things.post, things.mosaic, things.directory, things.invitations, shows, effects)
    harm = SignificantHarmActivities(shows)
    correspondence = CorrespondenceActivities(things.post, things.mosaic, things.directory, effects)
    register = RegisterActivities(things.register, things.book, things.calendars, shows, transfer_time)
    requests = HelpRequestActivities(things.register, things.calendars, shows)
    referrals = StepUpActivities(things.register, things.calendars, shows)
    links = LinkActivities(things.register, workflows, effects)
    consent = ConsentActivities(shows)
    clocks = ClockActivities(things.calendars, transfer_time)
    alerts = AlertActivities(things.post, things.channels, things.directory, effects, things.calendars, transfer_time)
    digest = DigestActivities(things.transfers, things.calendars, things.directory, things.post, effects)
    reconcile = ReconcileActivities(things.compared, workflows, things.mosaic)
    return {
        None: [
            register.open_transfer,
            register.show_in_register,
            register.note_result,
            register.look_up_service,
            register.look_up_people,
            register.reserve_child,
            requests.open_request,
            requests.show_request,
            referrals.open_referral,
            referrals.show_referral,
            links.open_journey,
            links.tell_journey,
            consent.capture_consent,
            consent.capture_withdrawal,
            conversation.capture_conversation,
            meeting.capture_meeting,
            harm.capture_harm_report,
            clocks.calculate_due_date,
            digest.plan_digests,
            reconcile.list_transfers,
            reconcile.read_register,
            reconcile.ask_workflows,
            reconcile.tell_transfer,
            reconcile.restore_in_register,
            reconcile.show_differences,
        ],
        MOSAIC.lane: [
            mosaic.look_at_children,
            mosaic.share_document,
            mosaic.close_child,
            mosaic.reopen_child,
            contact.write_contact,
            reconcile.look_in_mosaic,
        ],
        MAIL.lane: [
            conversation.request_conversation,
            conversation.tell_service,
            meeting.invite_to_meeting,
            meeting.cancel_invitation,
            meeting.enter_meeting,
            meeting.remove_meeting,
            meeting.send_meeting_outcome,
            correspondence.mail_document,
            correspondence.send_pack,
            correspondence.send_advice_summary,
            correspondence.tell_safety,
            correspondence.tell_practitioner,
            correspondence.recommend_families_first,
            correspondence.send_letter,
        ],
        ALERT.lane: [alerts.mail_alert, digest.mail_digest],
        CHANNEL.lane: [alerts.post_alert],
    }


def all_activities(things: Outside, workflows: TransferWorkflows) -> Calls:
    """Every activity, with each effect carried out by the protocol."""
    return activities(things, Effects(things.book, transfer_time), workflows)
