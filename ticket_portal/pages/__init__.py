"""What stands at an address; composition only. Here: which page at which, its title, and what it loads."""

from ticket_portal.addresses import PageTable
from ticket_portal.components.routing import Page
from ticket_portal.i18n import articles
from ticket_portal.i18n.catalogues import msg
from ticket_portal.pages.agent_ticket import agent_ticket
from ticket_portal.pages.change_email import change_email, change_email_code
from ticket_portal.pages.change_password import change_password
from ticket_portal.pages.check_message import check_message
from ticket_portal.pages.conversation import conversation
from ticket_portal.pages.delete_account import delete_account
from ticket_portal.pages.find_ticket import find_ticket
from ticket_portal.pages.forgot_password import forgot_password
from ticket_portal.pages.get_help import get_help
from ticket_portal.pages.guest import guest
from ticket_portal.pages.guest_conversation import guest_conversation
from ticket_portal.pages.guest_tickets import guest_tickets
from ticket_portal.pages.home import home
from ticket_portal.pages.new_ticket import new_ticket
from ticket_portal.pages.not_found import TITLE as NOT_FOUND_TITLE
from ticket_portal.pages.not_found import not_found
from ticket_portal.pages.own_data import own_data
from ticket_portal.pages.queue import queue
from ticket_portal.pages.reset_password import reset_password
from ticket_portal.pages.settings import settings
from ticket_portal.pages.share import share
from ticket_portal.pages.sign_in import sign_in
from ticket_portal.pages.sign_up import sign_up, sign_up_code
from ticket_portal.pages.tickets import tickets
from ticket_portal.pages.updates import updates
from ticket_portal.sets.audiences import Audience
from ticket_portal.states.check_message import CheckMessageState
from ticket_portal.states.claims import ClaimState
from ticket_portal.states.conversation import ConversationState
from ticket_portal.states.devices import DeviceState
from ticket_portal.states.drafts import DraftState
from ticket_portal.states.forms import FormState
from ticket_portal.states.guest import GuestState
from ticket_portal.states.guest_tickets import GuestTicketsState
from ticket_portal.states.new_ticket import NewTicketState
from ticket_portal.states.preferences import PreferencesState
from ticket_portal.states.profile import ProfileState
from ticket_portal.states.queue import QueueState
from ticket_portal.states.safety import SafetyState
from ticket_portal.states.settings import SettingsState
from ticket_portal.states.share import ShareState
from ticket_portal.states.sign_ins import SignInState
from ticket_portal.states.tickets import TicketsState
from ticket_portal.states.updates import UpdatesState

PAGES = [
    Page(
        "/",
        home,
        msg("Help"),
        msg("Get help from {company}: submit a ticket and follow the replies."),
        on_load=[FormState.load],
        audience=Audience.EVERYBODY,
    ),
    Page(
        "/get-help",
        get_help,
        msg("Get help"),
        msg("Check your tickets at {company}, submit a new one, or find one you lost."),
        audience=Audience.EVERYBODY,
    ),
    Page(
        "/sign-in",
        sign_in,
        msg("Sign in"),
        msg("Sign in to {company} Support to read and answer your tickets."),
        on_load=[FormState.load],
        audience=Audience.EVERYBODY,
    ),
    Page(
        "/sign-up",
        sign_up,
        msg("Create account"),
        msg("Create a {company} Support account and keep all your tickets in one place."),
        on_load=[FormState.load],
        audience=Audience.EVERYBODY,
    ),
    Page(
        "/sign-up/code",
        sign_up_code,
        msg("Check your email"),
        on_load=[FormState.load],
        audience=Audience.UNLISTED,
    ),
    Page(
        "/forgot-password",
        forgot_password,
        msg("Forgot your password?"),
        msg("Choose a new password for your {company} Support account."),
        on_load=[FormState.load],
        audience=Audience.EVERYBODY,
    ),
    Page(
        "/reset-password",
        reset_password,
        msg("Choose a new password"),
        on_load=[FormState.load],
        audience=Audience.UNLISTED,
    ),
    Page(
        "/find-ticket",
        find_ticket,
        msg("Find my ticket"),
        msg("Lost the link to your ticket at {company}? We'll send it again."),
        on_load=[FormState.load],
        audience=Audience.EVERYBODY,
    ),
    Page(
        "/guest/[token]",
        guest,
        msg("Your ticket"),
        on_load=[
            GuestState.load,
            DraftState.load,
            ConversationState.watch,
        ],
        audience=Audience.LINK,
    ),
    Page(
        "/guest/tickets",
        guest_tickets,
        msg("Your tickets"),
        on_load=[GuestTicketsState.load, GuestTicketsState.watch],
        audience=Audience.GUESTS,
    ),
    Page(
        "/guest/tickets/[number]",
        guest_conversation,
        msg("Ticket details"),
        on_load=[
            GuestState.load,
            DraftState.load,
            ConversationState.watch,
        ],
        audience=Audience.GUESTS,
    ),
    Page(
        "/tickets/new",
        new_ticket,
        msg("Submit a ticket"),
        msg("Tell {company} Support what happened. We reply in your language."),
        on_load=[NewTicketState.load, DraftState.load],
        audience=Audience.EVERYBODY,
    ),
    Page(
        "/check-message",
        check_message,
        msg("Is this message really from us?"),
        msg("Use its reference to check whether {company} Support sent you an email."),
        on_load=[CheckMessageState.load],
        audience=Audience.EVERYBODY,
    ),
    Page(
        "/settings",
        settings,
        msg("Settings"),
        on_load=[
            SettingsState.load,
            ClaimState.load,
            DeviceState.load,
            SafetyState.load,
            ProfileState.load,
            SignInState.load,
            FormState.load,
            PreferencesState.load,
            PreferencesState.watch,
        ],
        audience=Audience.ACCOUNTS,
    ),
    Page(
        "/settings/password",
        change_password,
        msg("Change password"),
        on_load=[SettingsState.load, FormState.load],
        audience=Audience.ACCOUNTS,
    ),
    Page(
        "/settings/data",
        own_data,
        msg("Download your data"),
        on_load=[SettingsState.load, FormState.load],
        audience=Audience.ACCOUNTS,
    ),
    Page(
        "/settings/delete",
        delete_account,
        msg("Delete your account"),
        on_load=[SettingsState.load, FormState.load],
        audience=Audience.ACCOUNTS,
    ),
    Page(
        "/settings/email",
        change_email,
        msg("Change email address"),
        on_load=[SettingsState.load, FormState.load],
        audience=Audience.ACCOUNTS,
    ),
    Page(
        "/settings/email/code",
        change_email_code,
        msg("Check your email"),
        on_load=[SettingsState.load, FormState.load],
        audience=Audience.ACCOUNTS,
    ),
    Page(
        "/updates",
        updates,
        msg("Updates"),
        on_load=[UpdatesState.load, UpdatesState.watch],
        audience=Audience.ACCOUNTS,
    ),
    Page(
        "/tickets",
        tickets,
        msg("My tickets"),
        on_load=[TicketsState.load, ClaimState.load, TicketsState.watch],
        audience=Audience.ACCOUNTS,
    ),
    Page(
        "/tickets/[number]",
        conversation,
        msg("Ticket details"),
        on_load=[ConversationState.load, DraftState.load, ConversationState.watch],
        audience=Audience.ACCOUNTS,
        shows_session_over=True,
    ),
    Page("/share", share, msg("Share with support"), on_load=[ShareState.load], audience=Audience.BROWSER),
    Page("/agent", queue, msg("Queue"), on_load=[QueueState.load, QueueState.watch], audience=Audience.TEAM),
    Page(
        "/agent/tickets/[number]",
        agent_ticket,
        msg("Ticket details"),
        on_load=[ConversationState.load, DraftState.load, ConversationState.watch],
        audience=Audience.TEAM,
        shows_session_over=True,
    ),
]
TABLE = PageTable(PAGES)
INDEXED = [page.path for page in PAGES if page.indexed] + [
    articles.path_of(slug) for slug in articles.slugs()
]
NOT_FOUND = Page("404", not_found, NOT_FOUND_TITLE, audience=Audience.UNLISTED)
